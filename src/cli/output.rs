//! What commands print: words for people, JSON for scripts, and CSV that no spreadsheet executes.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Prints one line, or several, to standard output.
pub(super) fn say(text: impl AsRef<str>) -> Result<()> {
    writeln!(io::stdout().lock(), "{}", text.as_ref()).context("cannot write the output")
}

/// Prints one value as one line of JSON.
pub(super) fn say_json(value: &impl Serialize) -> Result<()> {
    let line = serde_json::to_string(value).context("cannot write the output as JSON")?;
    say(line)
}

/// Whether an error only says that the reader of our output went away, as `head` does.
pub(super) fn is_reader_gone(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// A cell that no spreadsheet takes for a formula: what begins like one, white space aside, gets
/// an apostrophe in front.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    let begins = text.trim_start().chars().next();
    let is_formula = begins.is_some_and(|first| {
        matches!(
            first,
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '|'
        )
    }) || text.starts_with(['\t', '\r', '\n']);
    if is_formula {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Text from strangers on one line of a terminal: control characters become spaces, so that no
/// escape sequence reaches the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_starts_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "|cmd",
        ] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        for text in ["", "spam", "a=1", "#42", "2026-11-21"] {
            assert_eq!(cell(text), text);
        }
    }

    #[test]
    fn no_escape_sequence_reaches_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mred\nline"), "a [31mred line");
    }
}
