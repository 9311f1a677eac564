//! What people do, and what they hear at once: the same values from every platform.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::case::Seen;
use crate::domain::{CaseId, ChannelName, NoteId, OperationId};

/// Where an identity is known, and where a reply goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Wardroom's own web page.
    Room,
    /// The scripting API.
    Api,
    /// The command line on the host.
    Host,
    /// Discord.
    Discord,
    /// Matrix.
    Matrix,
    /// Mattermost.
    Mattermost,
}

impl Platform {
    /// The word in database and audit log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Api => "api",
            Self::Host => "host",
            Self::Discord => "discord",
            Self::Matrix => "matrix",
            Self::Mattermost => "mattermost",
        }
    }

    /// Whether what is said there passes through other people's servers (invariant 10).
    pub fn is_third_party(self) -> bool {
        matches!(self, Self::Discord | Self::Matrix | Self::Mattermost)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One person on one platform, as the platform itself vouches for them. In the room, the API and
/// on the host the id is the moderator's name, checked by session, token or shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Where.
    pub platform: Platform,
    /// The platform's own id, never a display name.
    pub id: String,
}

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The platform.
    pub platform: Platform,
    /// The configured channel, if it was in one.
    pub channel: Option<ChannelName>,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "inbound", rename_all = "snake_case")]
pub enum Inbound {
    /// A button, with what its presser saw on the card.
    Press {
        /// The button's key, see [`crate::command::parse_press`].
        key: String,
        /// What the presser saw; `None` for buttons that belong to no card.
        seen: Option<Seen>,
    },
    /// A typed command.
    Words {
        /// As typed.
        text: String,
        /// The case whose thread it was typed in.
        case: Option<CaseId>,
    },
    /// A submitted form.
    Form {
        /// The key of the button that opened it.
        key: String,
        /// The fields.
        values: BTreeMap<String, String>,
        /// What the presser saw when it was opened.
        seen: Option<Seen>,
    },
    /// Asks how a half-typed command may go on. Writes nothing.
    Complete {
        /// As typed so far.
        prefix: String,
    },
    /// A moderator wrote in a thread.
    Note(NoteInbound),
}

/// A note's life in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum NoteInbound {
    /// Written.
    Added {
        /// In this case's thread.
        case: CaseId,
        /// The text.
        text: String,
    },
    /// Changed by its author.
    Edited {
        /// Which.
        id: NoteId,
        /// The new text.
        text: String,
    },
    /// Taken away by its author.
    Deleted {
        /// Which.
        id: NoteId,
    },
}

/// What the asker hears at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// Nothing, as for strangers.
    Nothing,
    /// A private answer.
    Private(Answer),
    /// A form to fill in.
    Form(Form),
    /// The answer needs the server and follows under this number.
    Later {
        /// The reply's number.
        id: i64,
    },
    /// Ways to go on.
    Completions {
        /// Whole commands.
        words: Vec<String>,
    },
}

/// A private answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What kind of answer.
    pub kind: AnswerKind,
    /// In words. Lines may be long; edges fit them to their platform.
    pub text: String,
    /// The operation that was stored; the first one of a batch.
    pub operation: Option<OperationId>,
    /// What `confirm TOKEN` takes.
    pub confirm_token: Option<String>,
    /// What can be pressed next.
    pub buttons: Vec<Button>,
}

/// What kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// Done, nothing more follows.
    Done,
    /// Stored as an operation; the case shows what becomes of it.
    Accepted,
    /// Confirm first.
    Confirm,
    /// A second person must agree.
    Second,
    /// Nothing happened, and the text says why.
    Refused,
}

/// Something to press under an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Its key, as in [`Inbound::Press`].
    pub key: String,
}

/// A form. Opening it writes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The key to submit it under.
    pub key: String,
    /// What it is for.
    pub title: String,
    /// What to fill in.
    pub fields: Vec<FormField>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its name in the submitted values.
    pub name: String,
    /// What it says.
    pub label: String,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// Whether it takes several lines.
    pub is_long: bool,
}

impl Answer {
    /// An answer of `kind` that is text alone.
    pub fn text(kind: AnswerKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            operation: None,
            confirm_token: None,
            buttons: Vec::new(),
        }
    }
}
