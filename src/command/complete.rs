//! How a half-typed command may go on.

use super::table::{Entry, Opt, Shape, TABLE, entry};
use crate::domain::{CaseId, ModeratorName};

/// The most suggestions at once: what Discord shows.
const MOST: usize = 25;

/// What could be meant, most likely first.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Cases, newest first.
    pub cases: Vec<CaseId>,
    /// Handles with their `@`.
    pub handles: Vec<String>,
    /// Moderators.
    pub moderators: Vec<ModeratorName>,
    /// The names of ready-made texts.
    pub presets: Vec<String>,
}

/// Whole lines that begin as `prefix` does, its last word completed.
pub fn complete(prefix: &str, known: &Known) -> Vec<String> {
    let prefix = prefix.trim_start();
    let prefix = prefix.strip_prefix('/').unwrap_or(prefix);
    let before = prefix.rfind(char::is_whitespace);
    let at = before.and_then(|at| Some(at + prefix.get(at..)?.chars().next()?.len_utf8()));
    let (done, last) = prefix.split_at(at.unwrap_or(0));
    let mut words = done.split_whitespace();
    let candidates = match words.next() {
        None => TABLE.iter().map(|entry| entry.word.to_owned()).collect(),
        Some(first) => match entry(&first.to_lowercase()) {
            Some(entry) => next_words(entry, words.next_back(), last, known),
            None => Vec::new(),
        },
    };
    let last = last.to_lowercase();
    let fitting = candidates.into_iter().filter(|word| {
        let word = word.to_lowercase();
        word != last && (word.starts_with(&last) || word.trim_start_matches('#').starts_with(&last))
    });
    fitting
        .map(|word| format!("{done}{word}"))
        .take(MOST)
        .collect()
}

/// What may stand next, given the word before and the one that was begun.
fn next_words(entry: &Entry, before: Option<&str>, last: &str, known: &Known) -> Vec<String> {
    let options = entry.options.iter();
    let waits = options.clone().find(|option| {
        let name = before.and_then(|before| before.strip_prefix("--"));
        option.value().is_some() && name == Some(option.name())
    });
    match waits {
        Some(option) => values(*option, entry, known),
        None if last.starts_with('-') => options
            .map(|option| format!("--{}", option.name()))
            .collect(),
        None => objects(entry, known),
    }
}

fn values(option: Opt, entry: &Entry, known: &Known) -> Vec<String> {
    let words: &[&str] = match (option, entry.shape) {
        (Opt::Tell, _) => return known.presets.clone(),
        (Opt::Category, _) => &["other", "spam", "legal", "violation"],
        (Opt::Severity, Shape::BlockIp) => &["approval", "sign-ups", "no-access"],
        (Opt::Severity, _) => &["none", "limit", "suspend"],
        (Opt::For, _) => &["1d", "3d", "7d", "30d"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn objects(entry: &Entry, known: &Known) -> Vec<String> {
    let cases = || known.cases.iter().map(ToString::to_string);
    let moderators = || known.moderators.iter().map(ToString::to_string);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match entry.shape {
        Shape::Case | Shape::Claim | Shape::Unclaim | Shape::Note => cases().collect(),
        Shape::Assign => cases().chain(moderators()).collect(),
        Shape::Lookup | Shape::History | Shape::Reveal | Shape::Act(_) => {
            cases().chain(known.handles.iter().cloned()).collect()
        }
        Shape::Cases => words(&["open", "claimed", "resolved", "all"]),
        Shape::Help => TABLE.iter().map(|entry| entry.word.to_owned()).collect(),
        Shape::Stop => {
            let mut scopes: Vec<String> = words(&["automation", "all", "moderator", "reset"]);
            scopes.extend(moderators());
            scopes
        }
        Shape::DryRun => words(&["on", "off"]),
        Shape::Settle => words(&["done", "not-done"]),
        Shape::Offboard => moderators().collect(),
        Shape::Domain
        | Shape::Desk
        | Shape::Whoami
        | Shape::Block(_)
        | Shape::BlockEmailDomain
        | Shape::UnblockEmailDomain
        | Shape::BlockIp
        | Shape::UnblockIp
        | Shape::Confirm
        | Shape::Cancel
        | Shape::Second
        | Shape::Undo => Vec::new(),
    }
}
