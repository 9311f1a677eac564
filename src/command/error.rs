//! Why words are no command: one or two plain sentences for the person who wrote them.

/// What to tell the person: what was found, what was expected, what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(String);

impl ParseError {
    /// An error that says `text`.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<String> for ParseError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// What somebody wrote, short enough to be repeated in an answer.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("'{short}'")
}
