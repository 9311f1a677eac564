//! What works and what does not, part by part, for `/readyz` and for whoever asks how the desk
//! stands (invariant 14). Workers and edges write it; HTTP reads it. In memory only: it describes
//! this process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// How one part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    /// Not tried yet.
    Starting,
    /// Works.
    Ready,
    /// Does not work, and the rest goes on without it: Mastodon or a chat is away.
    Degraded,
    /// Does not work, and nothing useful goes on without it.
    Down,
}

/// One part and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name: `database`, `mastodon`, `webhooks`, a channel's name.
    pub part: String,
    /// How it is.
    pub state: PartState,
    /// In words, with the next step; without secrets.
    pub text: String,
}

/// The parts of this process, shared by all that have something to say.
#[derive(Debug, Default)]
pub struct Readiness {
    parts: Mutex<BTreeMap<String, (PartState, String)>>,
}

impl Readiness {
    /// Says how `part` is now.
    pub fn set(&self, part: &str, state: PartState, text: impl Into<String>) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(part.to_owned(), (state, text.into()));
    }

    /// Every part by name.
    pub fn parts(&self) -> Vec<Part> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts
            .iter()
            .map(|(part, (state, text))| Part {
                part: part.clone(),
                state: *state,
                text: text.clone(),
            })
            .collect()
    }

    /// Whether requests should be sent here: no part is starting or down.
    pub fn is_ready(&self) -> bool {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts
            .values()
            .all(|(state, _)| matches!(state, PartState::Ready | PartState::Degraded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degraded_part_is_told_and_does_not_take_the_process_out_of_service() {
        let readiness = Readiness::default();
        readiness.set("database", PartState::Starting, "opening");
        assert!(!readiness.is_ready());
        readiness.set("database", PartState::Ready, "");
        readiness.set("mastodon", PartState::Degraded, "no answer since 10:00");
        assert!(readiness.is_ready());
        assert_eq!(readiness.parts()[1].text, "no answer since 10:00");
        readiness.set("database", PartState::Down, "disk full");
        assert!(!readiness.is_ready());
    }
}
