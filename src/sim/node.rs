//! JSON whose keys keep the order in which they were written, as Mastodon's serialisers do.
//!
//! Pure. `serde_json::Value` sorts its keys; a receiver must not care, and the simulated server
//! keeps the real order so that nobody starts to rely on another one.

use chrono::{DateTime, NaiveTime, SecondsFormat, Utc};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// One JSON value.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// A value without keys of its own, or one whose order does not matter.
    Value(Value),
    Object(Object),
    List(Vec<Node>),
}

/// A JSON object under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct Object(Vec<(&'static str, Node)>);

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a key at the end.
    #[must_use]
    pub(super) fn with(mut self, key: &'static str, value: impl Into<Node>) -> Self {
        self.0.push((key, value.into()));
        self
    }

    /// Adds a key at the end where `applies` holds: for keys that came with a version.
    #[must_use]
    pub(super) fn with_if(self, applies: bool, key: &'static str, value: impl Into<Node>) -> Self {
        if applies { self.with(key, value) } else { self }
    }
}

impl Node {
    pub(super) const NULL: Self = Self::Value(Value::Null);

    /// The JSON text, minified.
    pub(super) fn text(&self) -> String {
        // Every key is a string and every leaf is a JSON value already: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.0.len()))?;
                for (key, value) in &object.0 {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Self::List(items)
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NULL, Into::into)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Value(Value::from(text))
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Value(Value::from(text.as_str()))
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Value(Value::from(text))
    }
}

impl From<bool> for Node {
    fn from(claim: bool) -> Self {
        Self::Value(Value::from(claim))
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Value(Value::from(number))
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<DateTime<Utc>> for Node {
    fn from(time: DateTime<Utc>) -> Self {
        Self::from(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Items as a JSON array.
pub(super) fn list<T: Into<Node>>(items: impl IntoIterator<Item = T>) -> Node {
    Node::List(items.into_iter().map(Into::into).collect())
}

/// The day of `time` at midnight, as public account entities show when an account was made.
pub(super) fn midnight(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive().and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order() {
        let object = Object::new()
            .with("z", 1_i64)
            .with_if(false, "left_out", true)
            .with("a", list(["x"]))
            .with("n", None::<bool>);
        assert_eq!(Node::from(object).text(), r#"{"z":1,"a":["x"],"n":null}"#);
    }
}
