//! What can go wrong with a call to the server, in the variants that somebody decides on.
//!
//! The question that matters most for a call that changes something is whether it may have taken
//! effect all the same ([`ClientError::possibly_applied`]): then it is read back and never simply
//! sent again (invariant 5).

use chrono::{DateTime, Utc};

use crate::domain::DomainBlock;
use crate::net::NetError;

/// Why a call came to nothing, or why nobody knows whether it did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// 401: the token was revoked. (A token that never existed is [`Self::Forbidden`] on admin calls:
    /// [`super::Client::diagnose`] tells the two apart.)
    #[error("the server no longer takes this token; make a new one under Preferences, Development")]
    DeadToken,
    /// 403: the role lacks the right, the target outranks it, its state does not fit, or the
    /// token's owner is suspended. Mastodon's own words, which are fixed English.
    #[error("the server refused: {text}")]
    Forbidden {
        /// Such as `This action is not allowed`.
        text: String,
    },
    /// 403: the token was made without the scope for this.
    #[error(
        "the token lacks the scope for this; add it under Preferences, Development and make a new token"
    )]
    ScopeMissing,
    /// 404: no such record, or (for a call of a later Mastodon) no such route.
    #[error("the server does not know it (any more)")]
    NotFound,
    /// 400 or 422: the server refused the values. Its words may be in the language of the token's
    /// owner.
    #[error("the server refused the values: {message}")]
    Validation {
        /// Mastodon's words.
        message: String,
    },
    /// 422 of a domain block: one on this domain or on a parent of it exists.
    #[error("the server has a block of {} already ({})", .0.domain, .0.severity.word())]
    ExistingBlock(Box<DomainBlock>),
    /// The budget is used up, by the server's count or by ours: try again then.
    #[error("the server's rate limit is used up until {until}")]
    RateLimited {
        /// When the window ends.
        until: DateTime<Utc>,
    },
    /// 410: the server is deleting itself.
    #[error("the server is shutting down for ever")]
    Gone,
    /// 5xx. Mastodon also answers 500 to some values that it should refuse.
    #[error("the server failed (status {status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// Another status than the API knows, such as a redirect.
    #[error("the server answered with status {status}; check [server] url")]
    Unexpected {
        /// The HTTP status.
        status: u16,
    },
    /// A success whose body is not what it should be.
    #[error("the server's answer cannot be read: {what}")]
    Unreadable {
        /// The path and kind of what is wrong; nothing of the content.
        what: String,
    },
    /// No answer before the deadline.
    #[error("the server did not answer in time")]
    TimedOut,
    /// No connection, or one that broke.
    #[error("the server cannot be reached: {why}")]
    Connection {
        /// The request cannot have reached the server.
        certainly_not_sent: bool,
        /// The network's words.
        why: String,
    },
    /// We did not send it, because it would be wrong.
    #[error("not sent: {0}")]
    NotSent(#[from] NotSent),
}

/// Calls that are wrong whatever the server would say to them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// Freezing stops a login, which remote accounts do not have; Mastodon answers 500.
    #[error("a remote account cannot be frozen; limit or suspend it instead")]
    RemoteFreeze,
    /// Approving and rejecting are for sign-ups.
    #[error("only a local account can be approved or rejected")]
    RemoteSignUp,
    /// A warning leaves nothing that could be lifted.
    #[error("a warning cannot be lifted")]
    LiftOfWarning,
    /// Mastodon accepts a block of its own domain.
    #[error("{0} is this server's own domain, or one that contains it")]
    OwnDomain(String),
    /// Rules belong to the category violation alone.
    #[error("rules can only be named with the category violation")]
    RulesWithoutViolation,
    /// The category is not one that can be set.
    #[error("the category '{0}' cannot be set")]
    UnknownCategory(String),
    /// The server is too old for it.
    #[error("this needs Mastodon {needed}; the server runs {found}")]
    TooOld {
        /// The first version that can.
        needed: &'static str,
        /// The server's version.
        found: String,
    },
    /// An id that no server would give out, such as `../x`.
    #[error("'{0}' is no id of the server")]
    BadId(String),
}

impl ClientError {
    /// Whether a call that changes something may have taken effect although it failed. When in
    /// doubt, yes.
    pub fn possibly_applied(&self) -> bool {
        match self {
            Self::TimedOut | Self::Server { .. } | Self::Unreadable { .. } => true,
            Self::Connection {
                certainly_not_sent, ..
            } => !certainly_not_sent,
            Self::DeadToken
            | Self::Forbidden { .. }
            | Self::ScopeMissing
            | Self::NotFound
            | Self::Validation { .. }
            | Self::ExistingBlock(_)
            | Self::RateLimited { .. }
            | Self::Gone
            | Self::Unexpected { .. }
            | Self::NotSent(_) => false,
        }
    }

    /// Whether the same call may well work later: the network, the server's health, the rate limit.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::TimedOut
                | Self::Server { .. }
                | Self::Connection { .. }
                | Self::RateLimited { .. }
        )
    }

    /// The same trouble, met while only reading ahead of a change: the change was not sent.
    pub(super) fn before_the_change(self) -> Self {
        if self.possibly_applied() {
            Self::Connection {
                certainly_not_sent: true,
                why: self.to_string(),
            }
        } else {
            self
        }
    }
}

impl From<NetError> for ClientError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::TimedOut => Self::TimedOut,
            NetError::TooLarge { .. } => Self::Unreadable {
                what: error.to_string(),
            },
            NetError::Build(_)
            | NetError::NotPublic(_)
            | NetError::Connect(_)
            | NetError::Broken(_) => Self::Connection {
                certainly_not_sent: error.certainly_not_sent(),
                why: error.to_string(),
            },
        }
    }
}

impl From<crate::mastodon::Missing> for ClientError {
    fn from(missing: crate::mastodon::Missing) -> Self {
        Self::Unreadable {
            what: missing.to_string(),
        }
    }
}
