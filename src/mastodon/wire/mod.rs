//! Reading Mastodon's JSON, of webhooks and of the API alike, into `domain` types.
//!
//! Mastodon adds, drops and retypes keys between versions (4.0 sends a role's id as a number, later
//! ones as a string), so nothing here is a derived struct: a [`Node`] looks for one key at a time,
//! takes what it understands, and only a *required* field that is missing is an error, which names
//! its path. Pure: no clock, no network.

mod account;
mod block;
mod report;
mod scrub;
mod status;

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, Utc};
use serde_json::Value;

pub(super) use account::{account, admin_account};
pub use block::{EmailDomainBlock, IpBlock};
pub(super) use block::{domain_block, email_domain_block, ip_block};
pub(super) use report::report;
pub(super) use scrub::without_personal_data;
pub(super) use status::{Seen, status};

/// A required field that is missing or of a kind that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: expected {expected}, found {found}")]
pub struct Missing {
    /// Where, such as `object.target_account.id`.
    pub path: String,
    /// What should be there.
    pub expected: &'static str,
    /// The kind of value that is there; never the value, which may be personal data.
    pub found: &'static str,
}

/// Parses JSON and strips control characters from every text in it.
///
/// # Errors
/// What serde says of bytes that are not UTF-8, not JSON, or nested deeper than 128 levels: that
/// limit keeps foreign JSON from overflowing the stack, here and wherever the value is walked.
pub(super) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::from_slice(bytes)?;
    scrub::strip_controls(&mut value);
    Ok(value)
}

/// One place in a JSON document, which may hold nothing.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    value: Option<&'a Value>,
    path: String,
}

impl<'a> Node<'a> {
    /// The document itself; `path` is what errors call it.
    pub(super) fn root(value: &'a Value, path: &str) -> Self {
        Self {
            value: Some(value),
            path: path.to_owned(),
        }
    }

    /// What is there.
    pub(super) fn value(&self) -> Option<&'a Value> {
        self.value
    }

    /// The member `key`, there or not.
    pub(super) fn at(&self, key: &str) -> Self {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Self {
            value: self.value.and_then(|value| value.get(key)),
            path,
        }
    }

    /// The members of a list; none if this is no list.
    pub(super) fn items(&self) -> Vec<Self> {
        let members = self.value.and_then(Value::as_array);
        members
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(n, value)| Self::root(value, &format!("{}[{n}]", self.path)))
            .collect()
    }

    /// Itself, if something other than null is there.
    pub(super) fn present(self) -> Option<Self> {
        self.value
            .is_some_and(|value| !value.is_null())
            .then_some(self)
    }

    /// A text.
    pub(super) fn text(&self) -> Option<String> {
        self.value.and_then(Value::as_str).map(str::to_owned)
    }

    /// A text that says something: blank counts as absent.
    pub(super) fn words(&self) -> Option<String> {
        self.text().filter(|text| !text.trim().is_empty())
    }

    /// An id: a text, or a whole number (older versions).
    pub(super) fn id(&self) -> Option<String> {
        match self.value? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => None,
        }
    }

    /// A boolean.
    pub(super) fn flag(&self) -> Option<bool> {
        self.value.and_then(Value::as_bool)
    }

    /// A whole number, also as decimal text.
    pub(super) fn number(&self) -> Option<i64> {
        match self.value? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A time in RFC 3339, or a date alone (midnight), cut to milliseconds.
    pub(super) fn time(&self) -> Option<DateTime<Utc>> {
        let text = self.value.and_then(Value::as_str)?;
        let exact = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
        exact
            .ok()
            .or_else(|| {
                let day: NaiveDate = text.parse().ok()?;
                Some(day.and_time(NaiveTime::MIN).and_utc())
            })
            .map(|time| time.trunc_subsecs(3))
    }

    /// An id that must be there.
    pub(super) fn needed_id(&self) -> Result<String, Missing> {
        self.id().ok_or_else(|| self.missing("an id"))
    }

    /// A text that must be there.
    pub(super) fn needed_text(&self) -> Result<String, Missing> {
        self.words().ok_or_else(|| self.missing("a text"))
    }

    /// A boolean that must be there.
    pub(super) fn needed_flag(&self) -> Result<bool, Missing> {
        self.flag().ok_or_else(|| self.missing("true or false"))
    }

    /// A time that must be there.
    pub(super) fn needed_time(&self) -> Result<DateTime<Utc>, Missing> {
        self.time().ok_or_else(|| self.missing("a time"))
    }

    /// The error that this place does not hold what is needed.
    pub(super) fn missing(&self, expected: &'static str) -> Missing {
        let found = match self.value {
            None => "nothing",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "a boolean",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "another text",
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
        };
        Missing {
            path: self.path.clone(),
            expected,
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missing_field_is_named_by_its_path_and_never_quoted() {
        let value = json!({"target_account": {"id": ["alice@example.com"]}});
        let error = Node::root(&value, "object")
            .at("target_account")
            .at("id")
            .needed_id()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "object.target_account.id: expected an id, found a list"
        );
    }

    #[test]
    fn ids_and_numbers_come_as_text_or_as_numbers() {
        let value = json!({"a": 7, "b": "7", "c": 7.5, "d": "", "e": null});
        let node = Node::root(&value, "");
        assert_eq!(node.at("a").id().as_deref(), Some("7"));
        assert_eq!(node.at("b").id().as_deref(), Some("7"));
        assert_eq!(node.at("b").number(), Some(7));
        for key in ["c", "d", "e", "f"] {
            assert_eq!(node.at(key).id(), None, "{key}");
        }
    }

    #[test]
    fn times_are_taken_as_exact_or_as_days() {
        let value = json!(["2026-11-21T08:25:00.469896Z", "2026-11-21", "soon", 5]);
        let times: Vec<_> = Node::root(&value, "")
            .items()
            .iter()
            .map(|node| node.time().map(|time| time.to_rfc3339()))
            .collect();
        assert_eq!(
            times,
            [
                Some("2026-11-21T08:25:00.469+00:00".to_owned()),
                Some("2026-11-21T00:00:00+00:00".to_owned()),
                None,
                None
            ]
        );
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(read(deep.as_bytes()).is_err());
    }
}
