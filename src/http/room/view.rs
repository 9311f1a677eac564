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
use crate::template::{Chip, TimeView};

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
