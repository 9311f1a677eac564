//! The audit log's entries and their chain (invariant 12): pure, so that `wardroom audit verify`
//! and the database writer cannot disagree.
//!
//! `hash = SHA-256(prev_hash ‖ canonical entry)`. Personal text (whom it concerns, a reason, a
//! note) is in the entry only as a commitment, SHA-256(salt ‖ text), with the plain text beside
//! the log, so that erasing it keeps the chain valid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ids::{CaseId, OperationId};

/// The hash before the first entry: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The length of a salt as it is stored: 16 bytes in hex.
pub const SALT_LENGTH: usize = 32;

/// An entry before it has its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it, [`super::fact::Actor::name`].
    pub actor: String,
    /// What: `case.claimed`, `operation.ended`, `authority.refused`, `stop.set`, …
    pub verb: String,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The operation it belongs to.
    pub operation: Option<OperationId>,
    /// What may stand in the log for ever: never a person's name or words from the Fediverse.
    pub detail: Value,
    /// Personal text by name (`subject`, `reason`, `note`, `tell`, …).
    pub texts: BTreeMap<String, String>,
}

/// An entry with its place; what is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// When, RFC 3339 with milliseconds.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub verb: String,
    /// The case.
    pub case: Option<CaseId>,
    /// The operation.
    pub operation: Option<OperationId>,
    /// What may stand for ever.
    pub detail: Value,
    /// Commitments to personal text, by name, in hex.
    pub texts: BTreeMap<String, String>,
}

/// One personal text with the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaltedText {
    /// 16 random bytes in hex ([`SALT_LENGTH`]).
    pub salt: String,
    /// The text.
    pub text: String,
}

impl SaltedText {
    /// SHA-256(salt ‖ text) in hex.
    pub fn commitment(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.salt.as_bytes());
        hash.update(self.text.as_bytes());
        hex::encode(hash.finalize())
    }
}

impl Entry {
    /// Gives `new` its place, with commitments for its texts.
    pub fn place(new: &NewEntry, seq: i64, texts: &BTreeMap<String, SaltedText>) -> Self {
        Self {
            seq,
            at: new.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            actor: new.actor.clone(),
            verb: new.verb.clone(),
            case: new.case,
            operation: new.operation,
            detail: new.detail.clone(),
            texts: texts
                .iter()
                .map(|(name, text)| (name.clone(), text.commitment()))
                .collect(),
        }
    }

    /// The text that is hashed and stored: JSON without white space, keys in the order of this
    /// type, keys of `detail` and `texts` sorted.
    pub fn canonical(&self) -> String {
        // A struct of strings, numbers and a Value with string keys always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The hash of an entry that follows `prev_hash`, in hex.
pub fn chain(prev_hash: &str, canonical: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(prev_hash.as_bytes());
    hash.update(canonical.as_bytes());
    hex::encode(hash.finalize())
}

/// One row of the log as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    pub seq: i64,
    /// The canonical entry.
    pub entry: String,
    /// The hash of the row before.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// A point of the log written down outside the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The place of the last entry then.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry's content does not fit its hash.
    #[error("entry {seq} was changed: its content does not fit its hash")]
    Changed {
        /// Which.
        seq: i64,
    },
    /// A place in the log is empty.
    #[error("entries {from} to {to} are missing")]
    Missing {
        /// From here.
        from: i64,
        /// To here.
        to: i64,
    },
    /// An entry does not follow the one before it.
    #[error("entry {seq} does not follow the one before it: something was inserted or reordered")]
    OutOfOrder {
        /// Which.
        seq: i64,
    },
    /// The log ends before the head or an anchor.
    #[error("the log ends at entry {ends}, but it reached {reached}: it was cut short")]
    Truncated {
        /// The last entry there is.
        ends: i64,
        /// The last entry there was.
        reached: i64,
    },
    /// An entry is not the one an anchor outside the database names.
    #[error("entry {seq} is not the one that was anchored: the log was rewritten")]
    Rewritten {
        /// Which.
        seq: i64,
    },
    /// A personal text does not fit its commitment.
    #[error("the text '{name}' of entry {seq} was changed: it does not fit its commitment")]
    TextChanged {
        /// Which entry.
        seq: i64,
        /// Which text.
        name: String,
    },
    /// The columns that entries are looked up by say something else than the entry: a filtered
    /// list would hide it.
    #[error("entry {seq} is filed under another actor, verb or case than it names")]
    Misfiled {
        /// Which.
        seq: i64,
    },
}

/// What an entry is looked up by: outside the chain, so it is held against the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The entry's place.
    pub seq: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub verb: String,
    /// The case.
    pub case_id: Option<CaseId>,
}

/// Checks a log row by row, in order of `seq`, without holding it in memory.
#[derive(Debug)]
pub struct Verifier {
    anchors: BTreeMap<i64, BTreeSet<String>>,
    next: i64,
    prev_hash: String,
    found: Vec<Broken>,
}

impl Verifier {
    /// A verifier for a log from its first entry, with the anchors known from outside.
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Self {
        // Whoever rewrote the log may have anchored it again: each anchor of a place counts.
        let mut by_place: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for anchor in anchors {
            by_place.entry(anchor.seq).or_default().insert(anchor.hash);
        }
        Self {
            anchors: by_place,
            next: 1,
            prev_hash: GENESIS.to_owned(),
            found: Vec::new(),
        }
    }

    /// Takes the next row.
    pub fn row(&mut self, row: &Row) {
        if row.seq > self.next {
            self.found.push(Broken::Missing {
                from: self.next,
                to: row.seq - 1,
            });
        }
        // The place is part of what is hashed, so a row moved to another place is caught too.
        let place = serde_json::from_str::<Entry>(&row.entry).map(|entry| entry.seq);
        let fits = chain(&row.prev_hash, &row.entry) == row.hash;
        if !fits || !matches!(place, Ok(seq) if seq == row.seq) {
            self.found.push(if fits {
                Broken::OutOfOrder { seq: row.seq }
            } else {
                Broken::Changed { seq: row.seq }
            });
        } else if row.seq < self.next || (row.seq == self.next && row.prev_hash != self.prev_hash) {
            self.found.push(Broken::OutOfOrder { seq: row.seq });
        }
        if self
            .anchors
            .remove(&row.seq)
            .is_some_and(|hashes| hashes.iter().any(|hash| *hash != row.hash))
        {
            self.found.push(Broken::Rewritten { seq: row.seq });
        }
        self.next = row.seq + 1;
        self.prev_hash.clone_from(&row.hash);
    }

    /// Takes one personal text of an entry whose row was taken.
    pub fn text(&mut self, seq: i64, name: &str, text: &SaltedText, entry: &Entry) {
        // A salt of another length could have taken letters from the text, or lent it some.
        let is_whole = text.salt.len() == SALT_LENGTH;
        if !is_whole || entry.texts.get(name) != Some(&text.commitment()) {
            self.found.push(Broken::TextChanged {
                seq,
                name: name.to_owned(),
            });
        }
    }

    /// Takes what an entry whose row was taken is looked up by.
    pub fn filed(&mut self, filed: &Filed, entry: &Entry) {
        let says = (&entry.actor, &entry.verb, entry.case);
        if says != (&filed.actor, &filed.verb, filed.case_id) {
            self.found.push(Broken::Misfiled { seq: filed.seq });
        }
    }

    /// Ends with the head that the database holds (last place and hash), and says what is wrong.
    /// In a log that grows meanwhile, read the head last and then the rows up to it.
    pub fn finish(mut self, head: Option<&Anchor>) -> Vec<Broken> {
        let ends = self.next - 1;
        let reached = self
            .anchors
            .keys()
            .copied()
            .chain(head.map(|head| head.seq))
            .max();
        if let Some(reached) = reached.filter(|reached| *reached > ends) {
            self.found.push(Broken::Truncated { ends, reached });
        } else if let Some(head) = head {
            if head.seq < ends {
                let seq = head.seq + 1;
                self.found.push(Broken::OutOfOrder { seq });
            } else if head.hash != self.prev_hash {
                self.found.push(Broken::Rewritten { seq: ends });
            }
        }
        self.found
    }
}

#[cfg(test)]
mod tests;
