//! What was given to one command: clap takes options and words apart, this turns its errors into
//! plain sentences and its matches into typed values.

use std::fmt::Write as _;

use chrono::TimeDelta;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, ColorChoice};

use super::error::{ParseError, shown};
use super::table::{Entry, Opt, Shape};
use super::words::{Word, two_hyphens};
use crate::config::nearest;

/// The longest text that a reason, a text to an account or a note may be, in characters. Mastodon
/// itself sets no limit for the text of an account action, but cards and threads do.
pub const TEXT_LIMIT: usize = 2_000;

const WORDS: &str = "words";

/// The words and options of one command.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) entry: &'static Entry,
    /// What is no option, in order.
    pub(super) words: Vec<String>,
    matches: ArgMatches,
}

impl Given {
    /// Takes the words behind the command apart.
    pub(super) fn read(entry: &'static Entry, words: Vec<Word>) -> Result<Self, ParseError> {
        let matches = grammar(entry)
            .try_get_matches_from(arguments(entry, words))
            .map_err(|error| plain(entry, &error))?;
        let words = matches.get_many::<String>(WORDS);
        let words = words.into_iter().flatten().cloned().collect();
        Ok(Self {
            entry,
            words,
            matches,
        })
    }

    /// Whether a flag was given. False for one that the command does not have.
    pub(super) fn has(&self, option: Opt) -> bool {
        self.entry.options.contains(&option) && self.matches.get_flag(option.name())
    }

    /// An option's value as written.
    pub(super) fn raw(&self, option: Opt) -> Option<&str> {
        if !self.entry.options.contains(&option) {
            return None;
        }
        let value = self.matches.get_one::<String>(option.name());
        value.map(String::as_str)
    }

    /// Every value of an option that can be repeated, lists in commas taken apart.
    pub(super) fn all(&self, option: Opt) -> Vec<String> {
        if !self.entry.options.contains(&option) {
            return Vec::new();
        }
        let values = self.matches.get_many::<String>(option.name());
        let parts = values.into_iter().flatten().flat_map(|one| one.split(','));
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    /// An option's text, checked.
    pub(super) fn text(&self, option: Opt) -> Result<Option<String>, ParseError> {
        self.raw(option)
            .map(|text| checked_text(text, &format!("--{}", option.name())))
            .transpose()
    }

    /// `--for`.
    pub(super) fn lasts(&self) -> Result<Option<TimeDelta>, ParseError> {
        self.raw(Opt::For).map(span).transpose()
    }

    /// Exactly one word, or an error that says what is missing or too much.
    pub(super) fn one(&self, what: &str) -> Result<&str, ParseError> {
        match self.words.as_slice() {
            [word] => Ok(word),
            [] => Err(self.missing(what)),
            [_, more, ..] => Err(self.too_much(more)),
        }
    }

    /// Nothing but options.
    pub(super) fn nothing(&self) -> Result<(), ParseError> {
        match self.words.first() {
            None => Ok(()),
            Some(more) => Err(self.too_much(more)),
        }
    }

    /// Something is missing: `what` is a question.
    pub(super) fn missing(&self, what: &str) -> ParseError {
        ParseError::new(format!("{what} Write {}.", self.sample()))
    }

    /// A word that has no place.
    pub(super) fn too_much(&self, word: &str) -> ParseError {
        ParseError::new(format!(
            "{} is one word too many. Write {}; a text of several words needs quotes.",
            shown(word),
            self.sample()
        ))
    }

    /// The first example of the command.
    fn sample(&self) -> &'static str {
        self.entry.examples.first().copied().unwrap_or_default()
    }
}

/// A text for people: trimmed, not empty, not too long. `what` names it in errors.
pub(super) fn checked_text(text: &str, what: &str) -> Result<String, ParseError> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(ParseError::new(format!("{what} has no text.")));
    }
    if length > TEXT_LIMIT {
        return Err(ParseError::new(format!(
            "The text of {what} is {length} characters long; at most {TEXT_LIMIT} are possible."
        )));
    }
    Ok(text.to_owned())
}

/// A span of time from one minute to ten years.
pub(super) fn span(text: &str) -> Result<TimeDelta, ParseError> {
    // As written first: to humantime M is a month and m a minute.
    let span = humantime::parse_duration(text.trim())
        .or_else(|_| humantime::parse_duration(&text.trim().to_lowercase()))
        .ok()
        .and_then(|span| TimeDelta::from_std(span).ok());
    let possible = TimeDelta::minutes(1)..=TimeDelta::days(3650);
    span.map(|span| TimeDelta::seconds(span.num_seconds()))
        .filter(|span| possible.contains(span))
        .ok_or_else(|| {
            ParseError::new(format!(
                "{} is no span of time from a minute to ten years. Write 30m, 12h or 7d.",
                shown(text)
            ))
        })
}

/// The clap grammar of one row of the table.
fn grammar(entry: &Entry) -> clap::Command {
    let words = Arg::new(WORDS)
        .num_args(0..)
        .action(ArgAction::Append)
        .allow_hyphen_values(takes_token(entry));
    let options = entry.options.iter().map(|option| {
        let action = match (option, option.value()) {
            (Opt::Rule, _) => ArgAction::Append,
            (_, Some(_)) => ArgAction::Set,
            (_, None) => ArgAction::SetTrue,
        };
        Arg::new(option.name()).long(option.name()).action(action)
    });
    clap::Command::new(entry.word)
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .color(ColorChoice::Never)
        .arg(words)
        .args(options)
}

/// Tokens may begin with a hyphen, and their capitals count.
fn takes_token(entry: &Entry) -> bool {
    matches!(entry.shape, Shape::Confirm | Shape::Cancel)
}

/// Words as clap shall see them: a quoted text behind an option is tied to it, so that a text may
/// begin with hyphens.
fn arguments(entry: &Entry, words: Vec<Word>) -> Vec<String> {
    let takes_text = |name: &str| {
        let mut options = entry.options.iter();
        options.any(|option| {
            option.value().is_some() && name.strip_prefix("--") == Some(option.name())
        })
    };
    let mut arguments: Vec<String> = Vec::new();
    let mut waits = false;
    for word in words {
        match arguments.last_mut() {
            Some(option) if waits && word.is_quoted => {
                // Writing to a string cannot fail.
                let _ = write!(option, "={}", word.text);
                waits = false;
            }
            _ if word.is_quoted || takes_token(entry) => {
                waits = false;
                arguments.push(word.text);
            }
            _ => {
                let argument = two_hyphens(word.text);
                waits = takes_text(&argument);
                arguments.push(argument);
            }
        }
    }
    arguments
}

/// Clap's error in one or two plain sentences.
fn plain(entry: &Entry, error: &clap::Error) -> ParseError {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        Some(ContextValue::Strings(texts)) => texts.first().map_or("", String::as_str),
        _ => "",
    };
    // Clap shows an option with its value's name: `--reason <reason>`.
    let argument = named(ContextKind::InvalidArg);
    let argument = argument.split(' ').next().unwrap_or_default();
    let word = entry.word;
    ParseError::new(match error.kind() {
        ErrorKind::UnknownArgument if !argument.starts_with("--") => format!(
            "{} is no option. Options begin with two hyphens, such as --reason.",
            shown(argument)
        ),
        ErrorKind::UnknownArgument => unknown_option(entry, argument),
        ErrorKind::ArgumentConflict => format!("{argument} is given twice. Keep one of them."),
        ErrorKind::InvalidValue => format!("{argument} needs something behind it."),
        ErrorKind::TooManyValues => format!("{argument} stands alone, without a value."),
        _ => format!("I cannot read that. Write help {word} to see how {word} is written."),
    })
}

fn unknown_option(entry: &Entry, argument: &str) -> String {
    let name = argument.trim_start_matches('-');
    let names = || entry.options.iter().map(|option| option.name());
    let unknown = format!("{} does not know {}.", entry.word, shown(argument));
    if let Some(meant) = nearest(name, names()) {
        return format!("{unknown} Did you mean --{meant}?");
    }
    let known: Vec<_> = names().map(|name| format!("--{name}")).collect();
    match known.as_slice() {
        [] => format!("{unknown} It has no options."),
        known => format!("{unknown} It knows {}.", known.join(", ")),
    }
}
