//! JSON with the order of its keys, to compare what two servers write.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value whose objects keep the order of their keys; leaves are not kept.
#[derive(Debug)]
pub(crate) enum Ordered {
    Leaf,
    Object(Vec<(String, Ordered)>),
    List(Vec<Ordered>),
}

/// Every object in a document: its path, and the keys it was seen with.
pub(crate) type Shapes = BTreeMap<String, BTreeSet<Vec<String>>>;

/// Keys that a local account has only when it came by an app or an invitation.
const OPTIONAL: [&str; 2] = ["created_by_application_id", "invited_by_account_id"];

impl Ordered {
    pub(crate) fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap()
    }

    /// Adds this document's objects to `shapes`.
    pub(crate) fn collect(&self, path: &str, shapes: &mut Shapes) {
        match self {
            Self::Leaf => {}
            Self::List(items) => {
                for item in items {
                    item.collect(&format!("{path}[]"), shapes);
                }
            }
            Self::Object(entries) => {
                let keys = entries.iter().map(|(key, _)| key.clone());
                let keys = keys
                    .filter(|key| !OPTIONAL.contains(&key.as_str()))
                    .collect();
                shapes.entry(path.to_owned()).or_default().insert(keys);
                for (key, value) in entries {
                    value.collect(&format!("{path}.{key}"), shapes);
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Ordered;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Ordered, E> {
        Ok(Ordered::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Ordered::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered::Object(entries))
    }
}
