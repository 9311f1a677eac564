//! From a line to a [`Command`]. The same grammar everywhere: `suspend #42 #43-#60 --reason spam`.

use super::build::build;
use super::error::{ParseError, shown};
use super::given::{Given, checked_text};
use super::subject::case;
use super::table::{Shape, TABLE, entry};
use super::types::Command;
use super::words::{clean, next_word, split};
use crate::config::nearest;
use crate::domain::CaseId;

/// What people try first, and what they mean here.
const MEANT: [(&str, &str); 12] = [
    ("ban", "suspend"),
    ("block", "limit-domain or suspend-domain"),
    ("close", "resolve"),
    ("delete", "suspend"),
    ("dismiss", "resolve"),
    ("mute", "limit"),
    ("release", "unclaim"),
    ("show", "case"),
    ("take", "claim"),
    ("unban", "unsuspend"),
    ("unblock", "unblock-domain"),
    ("unmute", "unlimit"),
];

/// Reads what somebody wrote. `implied` is the case of the thread that it was written in.
///
/// # Errors
/// What is wrong, in one or two plain sentences with what to write instead.
pub fn parse(words: &str, implied: Option<CaseId>) -> Result<Command, ParseError> {
    let line = clean(words);
    let line = line.trim();
    let line = line.strip_prefix('/').unwrap_or(line);
    if line.is_empty() {
        return Err(ParseError::new(
            "Write what shall happen, such as claim #42, or help.",
        ));
    }
    let (first, rest) = next_word(line)?;
    let rest = rest.trim();
    let word = first.text.to_lowercase();
    if let Some(case) = case(&word) {
        return alone(case, rest);
    }
    let entry = entry(&word).ok_or_else(|| unknown(&word))?;
    if entry.shape == Shape::Note {
        return note(rest, implied);
    }
    let words = split(rest)?;
    if words
        .iter()
        .any(|word| !word.is_quoted && matches!(word.text.as_str(), "--help" | "—help"))
    {
        let topic = Some(entry.word.to_owned());
        return Ok(Command::Help { topic });
    }
    if word == "panic" && words.is_empty() {
        return parse("stop all", None);
    }
    build(&Given::read(entry, words)?, implied)
}

/// A case alone shows it; with words behind it the verb stands in the wrong place.
fn alone(case: CaseId, rest: &str) -> Result<Command, ParseError> {
    if rest.is_empty() {
        return Ok(Command::Case { case });
    }
    let verb = rest.split_whitespace().next().unwrap_or_default();
    let verb = entry(&verb.to_lowercase()).map_or("suspend", |entry| entry.word);
    Err(ParseError::new(format!(
        "Begin with what shall happen: {verb} {case}."
    )))
}

fn unknown(word: &str) -> ParseError {
    let meant = MEANT.iter().find(|(tried, _)| *tried == word);
    let known = || {
        let all = TABLE.iter();
        all.flat_map(|entry| std::iter::once(entry.word).chain(entry.aliases.iter().copied()))
    };
    let meant = meant
        .map(|(_, meant)| *meant)
        .or_else(|| nearest(word, known()));
    let unknown = format!("I do not know {}.", shown(word));
    ParseError::new(match meant {
        Some(meant) => format!("{unknown} Did you mean {meant}?"),
        None => format!("{unknown} Write help to see what you can ask for."),
    })
}

/// A note is taken as it was written: an apostrophe or a lonely quote in it is no mistake.
fn note(rest: &str, implied: Option<CaseId>) -> Result<Command, ParseError> {
    let (first, behind) = match rest.split_once(char::is_whitespace) {
        Some((first, behind)) => (first, behind),
        None => (rest, ""),
    };
    let (case, text) = match (case(first), implied) {
        (Some(case), _) => (case, behind),
        (None, Some(case)) => (case, rest),
        (None, None) => {
            return Err(ParseError::new(
                "On which case? Write note #42 and the text.",
            ));
        }
    };
    // Who puts the whole text in quotes does not want to read them.
    let text = match split(text).as_deref() {
        Ok([only]) if only.is_quoted => checked_text(&only.text, "the note")?,
        _ => checked_text(text, "the note")?,
    };
    Ok(Command::Note { case, text })
}
