//! From what the database holds to what a page shows: cleaned text, words, links to our own
//! server only.

pub(super) mod case;
mod excerpt;
pub(super) mod list;
pub(super) mod operation;
pub(super) mod thread;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::desk::words;
use crate::domain::case::CaseKind;
use crate::domain::{CaseState, Severity};
use crate::template::{Chip, Spoken, TimeView};

/// A time as seen at `now`.
pub(super) fn time(at: DateTime<Utc>, now: DateTime<Utc>) -> TimeView {
    TimeView {
        iso: at.to_rfc3339_opts(SecondsFormat::Millis, true),
        exact: at.format("%-d %B %Y, %H:%M:%S UTC").to_string(),
        words: if at > now {
            format!("in {}", words::span(at - now))
        } else {
            words::ago(now - at)
        },
    }
}

/// A case's state by colour, word and icon; a colour of its own while nothing can change.
pub(super) fn state_chip(state: CaseState) -> Chip {
    let icon = state.word();
    Chip {
        tone: state.word(),
        icon,
        label: state.word().to_owned(),
    }
}

/// A severity by colour, word and icon.
pub(super) fn severity_chip(severity: Severity) -> Chip {
    let (tone, icon) = match severity.0 {
        0 => ("critical", "warn"),
        1 => ("high", "high"),
        2 => ("plain", "flag"),
        _ => ("dry", "low"),
    };
    Chip {
        tone,
        icon,
        label: severity.word().to_owned(),
    }
}

/// What opened a case.
pub(super) fn kind_chip(kind: CaseKind) -> Chip {
    let (icon, label) = match kind {
        CaseKind::Report => ("flag", "report"),
        CaseKind::SignUp => ("person", "sign-up"),
    };
    Chip {
        tone: "plain",
        icon,
        label: label.to_owned(),
    }
}

/// With a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// With a capital first letter, and a full stop at the end.
pub(super) fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{stop}", capital(text))
}

/// What Wardroom says, with what stands between backticks as something to type. Other people's
/// words in it stay text, whatever stands in them.
pub(super) fn spoken(text: &str) -> Vec<Spoken> {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(n, piece)| Spoken {
            text: piece.to_owned(),
            is_code: n % 2 == 1,
        })
        .filter(|piece| !piece.text.is_empty())
        .collect()
}

/// Somebody's own words: nothing in them is to be typed.
pub(super) fn plain(text: String) -> Vec<Spoken> {
    vec![Spoken {
        text,
        is_code: false,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_to_be_typed() {
        let pieces: Vec<(String, bool)> = spoken("Held: `cancel op-2` stops it.")
            .into_iter()
            .map(|piece| (piece.text, piece.is_code))
            .collect();
        let expected = [
            ("Held: ", false),
            ("cancel op-2", true),
            (" stops it.", false),
        ];
        assert_eq!(
            pieces,
            expected.map(|(text, is_code)| (text.to_owned(), is_code))
        );
        assert!(spoken("").is_empty());
    }
}
