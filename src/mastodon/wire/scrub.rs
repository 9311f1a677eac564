//! What never gets further than the wire: control characters, e-mail and IP addresses, sign-up
//! answers inside reports, and statuses that are not public (invariants 10 and 11).

use serde_json::Value;

use crate::domain::Visibility;

/// Members of `Admin::Account` that are personal data (Mastodon 4.0 to 4.6).
const PERSONAL: [&str; 4] = ["email", "ip", "ips", "invite_request"];

/// Strips control characters except line feed and tab from every text and key. NUL would be refused
/// by PostgreSQL; the others can forge lines in logs and terminals.
pub(super) fn strip_controls(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.contains(is_unwanted) {
                text.retain(|c| !is_unwanted(c));
            }
        }
        Value::Array(members) => members.iter_mut().for_each(strip_controls),
        Value::Object(members) => {
            if members.keys().any(|key| key.contains(is_unwanted)) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(key, value)| (key.replace(is_unwanted, ""), value))
                    .collect();
            }
            members.values_mut().for_each(strip_controls);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_unwanted(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// A copy without personal data and without closed statuses at any depth: one in a list is left
/// out, one elsewhere (`reblog`, `quoted_status`) becomes null.
pub(in crate::mastodon) fn without_personal_data(value: &Value) -> Value {
    match value {
        Value::Array(members) => members
            .iter()
            .filter(|member| !is_closed_status(member))
            .map(without_personal_data)
            .collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !PERSONAL.contains(&key.as_str()))
            .map(|(key, member)| {
                let kept = if is_closed_status(member) {
                    Value::Null
                } else {
                    without_personal_data(member)
                };
                (key.clone(), kept)
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Whether this is a status that may not be held. A status is known by its `content` or
/// `visibility`; without a visibility that we know to be open it counts as closed.
fn is_closed_status(value: &Value) -> bool {
    let visibility = value.get("visibility");
    if visibility.is_none() && (value.get("content").is_none() || value.get("uri").is_none()) {
        return false;
    }
    let word = visibility.and_then(Value::as_str).unwrap_or_default();
    !Visibility::from(word.to_owned()).is_open()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn control_characters_end_here() {
        let mut value = json!({"a\u{0}b": ["x\u{0}y\u{1b}[31m\u{85}", "line\nnext\ttab\r"]});
        strip_controls(&mut value);
        assert_eq!(value, json!({"ab": ["xy[31m", "line\nnext\ttab"]}));
    }

    #[test]
    fn personal_data_and_closed_statuses_go_at_any_depth() {
        let value = json!({
            "account": {"id": "1", "email": "a@b.example", "ip": "192.0.2.1", "ips": [{"ip": "192.0.2.1"}],
                        "invite_request": "hi", "account": {"note": "n", "moved": {"email": "x"}}},
            "statuses": [
                {"id": "1", "visibility": "public", "content": "a",
                 "reblog": {"visibility": "private", "content": "secret"}},
                {"id": "2", "visibility": "direct", "content": "secret"},
                {"id": "3", "visibility": "galactic", "content": "secret"},
                {"id": "4", "uri": "u", "content": "secret"},
                {"id": "5", "visibility": "unlisted", "content": "b",
                 "quote": {"state": "accepted", "quoted_status": {"visibility": "direct", "content": "secret"}}}
            ]
        });
        assert_eq!(
            without_personal_data(&value),
            json!({
                "account": {"id": "1", "account": {"note": "n", "moved": {}}},
                "statuses": [
                    {"id": "1", "visibility": "public", "content": "a", "reblog": null},
                    {"id": "5", "visibility": "unlisted", "content": "b",
                     "quote": {"state": "accepted", "quoted_status": null}}
                ]
            })
        );
    }
}
