//! Two ways to fail: refused, which the person reads, and internal, which the log reads.

use crate::db::DbError;
use crate::domain::decide::Refusal;
use crate::domain::permission::Denied;

/// Refused, in plain words with the next step. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refused {
    /// For the person.
    pub text: String,
    /// A right was missing: this goes to the audit log.
    pub denied: Option<Denied>,
}

impl Refused {
    /// Refused for a reason that is no matter of rights.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            denied: None,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::new(sentence(&refusal.to_string()))
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self {
            text: sentence(&denied.to_string()),
            denied: Some(denied),
        }
    }
}

/// Something failed that the person can do nothing about.
#[derive(Debug, thiserror::Error)]
pub enum Internal {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A case changed under us more often than is plausible.
    #[error("a case was changed by others {0} times in a row while it was decided on")]
    Contended(u32),
    /// A stored value cannot be read back.
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Why.
        why: String,
    },
}

/// How a transaction of the desk can stop.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    /// Refused: roll back, tell the person.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The case was written by somebody else meanwhile: roll back, load and decide again.
    #[error("the case changed meanwhile")]
    Stale,
    /// Failed.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl From<DbError> for Halt {
    fn from(error: DbError) -> Self {
        Self::Internal(Internal::Db(error))
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Denied> for Halt {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

/// Shorthand of the desk's transactions.
pub(super) type Halted<T> = Result<T, Halt>;

/// A message of a typed error as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let stop = if text.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}
