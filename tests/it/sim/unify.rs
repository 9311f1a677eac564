//! Compares two JSON values that may differ in ids and times, but consistently.
//!
//! Long numbers (ids of statuses and sign-ups) and times are bound when they are first seen: from
//! then on the same recorded value must come with the same simulated one. Everything else must be
//! equal.

use std::collections::HashMap;

use chrono::DateTime;
use serde_json::{Value, json};

/// What was bound so far.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    ids: HashMap<String, String>,
    times: HashMap<String, String>,
}

impl Bindings {
    /// Recorded text with the ids of the simulation.
    pub(crate) fn translate(&self, recorded: &str) -> String {
        pieces(recorded)
            .into_iter()
            .map(|piece| self.ids.get(piece).map_or(piece, String::as_str))
            .collect()
    }

    /// A recorded value with the ids of the simulation.
    pub(crate) fn translate_value(&self, recorded: &Value) -> Value {
        serde_json::from_str(&self.translate(&recorded.to_string())).unwrap()
    }

    /// The first difference, as a sentence.
    pub(crate) fn compare(
        &mut self,
        path: &str,
        recorded: &Value,
        found: &Value,
    ) -> Option<String> {
        match (recorded, found) {
            (Value::String(recorded), Value::String(found)) => self.texts(path, recorded, found),
            (Value::Array(recorded), Value::Array(found)) if recorded.len() == found.len() => {
                let mut pairs = recorded.iter().zip(found).enumerate();
                pairs.find_map(|(n, (r, f))| self.compare(&format!("{path}[{n}]"), r, f))
            }
            (Value::Object(recorded), Value::Object(found)) => {
                for key in recorded.keys().chain(found.keys()) {
                    let path = format!("{path}.{key}");
                    let difference = match (recorded.get(key), found.get(key)) {
                        (Some(recorded), Some(found)) => self.compare(&path, recorded, found),
                        (Some(_), None) => Some(format!("{path} is missing")),
                        (None, _) => Some(format!("{path} should not be there")),
                    };
                    if difference.is_some() {
                        return difference;
                    }
                }
                None
            }
            _ if recorded == found => None,
            _ => Some(format!("{path}: recorded {recorded}, found {found}")),
        }
    }

    fn texts(&mut self, path: &str, recorded: &str, found: &str) -> Option<String> {
        // The recorded 4.2 ran on a Ruby that adds a guess at what a missing name should be.
        let recorded = recorded.split("\nDid you mean?").next().unwrap_or_default();
        let difference = || Some(format!("{path}: recorded {recorded:?}, found {found:?}"));
        if is_time(recorded) && is_time(found) {
            if recorded.ends_with("T00:00:00.000Z") && recorded != found {
                return difference();
            }
            let bound = self
                .times
                .entry(recorded.to_owned())
                .or_insert_with(|| found.to_owned());
            return if bound == found { None } else { difference() };
        }
        let (recorded_pieces, found_pieces) = (pieces(recorded), pieces(found));
        if recorded_pieces.len() != found_pieces.len() {
            return difference();
        }
        for (r, f) in recorded_pieces.into_iter().zip(found_pieces) {
            let same = if is_long(r) && is_long(f) {
                self.ids.entry(r.to_owned()).or_insert_with(|| f.to_owned()) == f
            } else {
                r == f
            };
            if !same {
                return difference();
            }
        }
        None
    }
}

fn is_time(text: &str) -> bool {
    text.len() >= 20 && DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_long(piece: &str) -> bool {
    piece.len() >= 15 && piece.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text cut into runs of digits and runs of everything else.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[test]
fn differences_are_found_and_bindings_are_kept() {
    let compare =
        |recorded: Value, found: Value| Bindings::default().compare("", &recorded, &found);
    let (old, new) = ("117653455137531413", "117653455190998952");
    let (before, after) = ("2026-11-21T08:20:54.481Z", "2026-11-21T08:20:55.000Z");
    assert_eq!(compare(json!([old, old]), json!([new, new])), None);
    assert!(compare(json!([old, old]), json!([new, old])).is_some());
    assert_eq!(compare(json!({"at": before}), json!({"at": after})), None);
    assert!(compare(json!([before, before]), json!([before, after])).is_some());
    let midnight = "2026-11-21T00:00:00.000Z";
    assert!(compare(json!(midnight), json!(after)).is_some());
    for (recorded, found) in [
        (json!({"a": 1}), json!({})),
        (json!({}), json!({"a": 1})),
        (json!([1]), json!([1, 2])),
        (json!("suspend"), json!("silence")),
        (json!(null), json!(false)),
        (json!("report 1"), json!("report 2")),
    ] {
        assert!(compare(recorded, found).is_some());
    }
}
