//! Webhooks of Mastodon 4.0 to 4.6: is it authentic ([`signature`]), may it be stored
//! ([`storable`]), and what does it mean ([`parse`]).
//!
//! The three outcomes of reading a body follow invariant 3. A body that is not
//! `{event, created_at, object}` (a payload template is set, or it is not JSON, not UTF-8, or nested
//! deeper than 128 levels, which Mastodon never sends) is [`NotOurs`]: answered 503, so that the
//! server retries and nothing is lost. The native shape with an unknown event or without a required
//! field is [`Parsed::Quarantine`]: stored, answered 200. Anything else is an event.

pub mod signature;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::wire::{self, Missing, Node, Seen};
use crate::domain::ServerEvent;
use crate::domain::event::AccountEvent;
use crate::domain::status::Visibility;

/// The body is not Mastodon's own shape: answer 503 with this text. It quotes nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the body is not {{event, created_at, object}}: {why}. Empty the payload template of this webhook (Administration, Webhooks); Mastodon will then send the same event again"
)]
pub struct NotOurs {
    why: String,
}

/// What a body means.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Not our shape at all.
    NotOurs(NotOurs),
    /// Our shape, but not understood: kept for a person to look at.
    Quarantine(Unread),
    /// Understood.
    Event(ServerEvent),
}

/// Why a delivery of our shape was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// An event that this version of Wardroom does not know.
    #[error("event: '{0}' is unknown to this version of Wardroom")]
    UnknownEvent(String),
    /// A required field is missing.
    #[error("{0}")]
    Missing(#[from] Missing),
}

/// What may be kept of a body before anything else is done with it (invariant 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storable<'a> {
    /// The event's name, as sent.
    pub event: String,
    /// The body to store: as received, or for a status that is not public or unlisted a rest of
    /// event, time, ids and visibility, which [`parse`] reads as well.
    pub body: Cow<'a, str>,
}

/// Says what of `body` may be stored. The duplicate key stays the hash of the body as received.
///
/// # Errors
/// [`NotOurs`]: store nothing, answer 503.
pub fn storable(body: &[u8]) -> Result<Storable<'_>, NotOurs> {
    let envelope = Envelope::read(body)?;
    let body = if envelope.may_be_closed_status() {
        Cow::Owned(envelope.rest().to_string())
    } else {
        Cow::Borrowed(std::str::from_utf8(body).map_err(|_| not_ours("it is not UTF-8"))?)
    };
    Ok(Storable {
        event: envelope.event,
        body,
    })
}

/// What may be kept for a person of a body that could not be handled: the same without e-mail and
/// IP addresses, sign-up answers and closed statuses (invariant 10). [`parse`] reads it as well.
/// Nothing of a body that cannot be read.
pub fn without_personal_data(body: &[u8]) -> Vec<u8> {
    match wire::read(body) {
        Ok(body) => wire::without_personal_data(&body).to_string().into_bytes(),
        Err(_) => Vec::new(),
    }
}

/// Reads a body, as received or as [`storable`] left it.
pub fn parse(body: &[u8]) -> Parsed {
    let envelope = match Envelope::read(body) {
        Ok(envelope) => envelope,
        Err(not_ours) => return Parsed::NotOurs(not_ours),
    };
    match envelope.meaning() {
        Ok(event) => Parsed::Event(event),
        Err(unread) => Parsed::Quarantine(unread),
    }
}

/// A body of the native shape.
struct Envelope {
    event: String,
    /// Kept whole, so that nodes can name paths from the body's root.
    body: Value,
}

impl Envelope {
    fn read(bytes: &[u8]) -> Result<Self, NotOurs> {
        let body = wire::read(bytes).map_err(|error| {
            // serde's text may quote the body; its category and place do not.
            not_ours(&format!(
                "it cannot be read as JSON ({:?} error at line {}, column {})",
                error.classify(),
                error.line(),
                error.column()
            ))
        })?;
        let root = Node::root(&body, "");
        let event = root
            .at("event")
            .needed_text()
            .map_err(|missing| not_ours(&missing.to_string()))?;
        root.at("created_at")
            .needed_text()
            .map_err(|missing| not_ours(&missing.to_string()))?;
        if !body.get("object").is_some_and(Value::is_object) {
            let missing = root.at("object").missing("an object");
            return Err(not_ours(&missing.to_string()));
        }
        Ok(Self { event, body })
    }

    fn object(&self) -> Node<'_> {
        Node::root(&self.body, "").at("object")
    }

    fn meaning(&self) -> Result<ServerEvent, Unread> {
        match self.event.as_str() {
            "report.created" | "report.updated" => self.report(),
            "account.created" => self.account(AccountEvent::Created),
            "account.approved" => self.account(AccountEvent::Approved),
            "account.updated" => self.account(AccountEvent::Updated),
            "status.created" | "status.updated" => self.status(),
            other => Err(Unread::UnknownEvent(other.chars().take(80).collect())),
        }
    }

    /// When the server wrote the event.
    fn written_at(&self) -> Result<DateTime<Utc>, Missing> {
        Node::root(&self.body, "").at("created_at").needed_time()
    }

    fn report(&self) -> Result<ServerEvent, Unread> {
        let report = wire::report(&self.object(), self.written_at()?)?;
        Ok(ServerEvent::Report(Box::new(report)))
    }

    fn account(&self, what: AccountEvent) -> Result<ServerEvent, Unread> {
        let object = self.object();
        let account = wire::admin_account(&object)?;
        object.at("username").needed_text()?;
        Ok(ServerEvent::Account {
            what,
            account: Box::new(account),
            at: self.written_at()?,
        })
    }

    fn status(&self) -> Result<ServerEvent, Unread> {
        Ok(match wire::status(&self.object())? {
            Seen::Open(status) => ServerEvent::Status(status),
            Seen::Closed(id, visibility) => ServerEvent::ClosedStatus { id, visibility },
        })
    }

    /// Whether the object is, or may be, a status that is not for everyone: every `status.*` without
    /// an open visibility, and anything else that says a closed one.
    fn may_be_closed_status(&self) -> bool {
        match self.object().at("visibility").text() {
            Some(word) => !Visibility::from(word).is_open(),
            None => self.event.starts_with("status."),
        }
    }

    /// Event, time, ids and visibility: all that is kept of a closed status.
    fn rest(&self) -> Value {
        let object = self.object();
        let mut kept = Map::new();
        if let Some(id) = object.at("id").id() {
            kept.insert("id".to_owned(), Value::String(id));
        }
        if let Some(visibility) = object.at("visibility").words() {
            kept.insert("visibility".to_owned(), Value::String(visibility));
        }
        if let Some(author) = object.at("account").at("id").id() {
            kept.insert("account".to_owned(), json!({"id": author}));
        }
        json!({
            "event": self.event,
            "created_at": self.body.get("created_at"),
            "object": kept,
        })
    }
}

fn not_ours(why: &str) -> NotOurs {
    NotOurs {
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests;
