//! How people write cases, reports, accounts, operations and moderators.

use std::fmt;

use super::error::{ParseError, shown};
use super::types::Subject;
use crate::domain::operation::AccountRef;
use crate::domain::{CaseId, DomainName, ModeratorName, OperationId, ReportId};

/// The most targets that one command may name.
pub const MOST_SUBJECTS: usize = 200;

const EXPECTED: &str =
    "Write #42, report:8437, @user@domain or id:109…; a text of several words needs quotes.";

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(case) => write!(f, "{case}"),
            Self::Report(report) => write!(f, "report:{report}"),
            Self::Account(account) => write!(f, "{account}"),
        }
    }
}

/// Reads targets: ranges are counted out, doubles are dropped, the order stays.
pub(super) fn subjects(words: &[String]) -> Result<Vec<Subject>, ParseError> {
    let mut all: Vec<Subject> = Vec::new();
    for word in listed(words) {
        for subject in subjects_of(word)? {
            if !all.contains(&subject) {
                all.push(subject);
            }
        }
        if all.len() > MOST_SUBJECTS {
            return Err(too_many());
        }
    }
    Ok(all)
}

/// Reads targets that must be cases.
pub(super) fn cases(words: &[String]) -> Result<Vec<CaseId>, ParseError> {
    let cases = subjects(words)?.into_iter().map(|subject| match subject {
        Subject::Case(case) => Ok(case),
        other => Err(ParseError::new(format!(
            "{} is no case. Write the case's number, such as #42.",
            shown(&other.to_string())
        ))),
    });
    cases.collect()
}

/// Reads exactly one target.
pub(super) fn subject(word: &str) -> Result<Subject, ParseError> {
    if let Some(case) = case(word) {
        return Ok(Subject::Case(case));
    }
    let lower = word.to_lowercase();
    if let Some(id) = lower.strip_prefix("report:") {
        return Ok(Subject::Report(ReportId(server_id(word, id)?)));
    }
    if lower.starts_with("id:") {
        // The id itself keeps its case: not every server's ids are numbers.
        let id = word.get(3..).unwrap_or_default();
        let id = server_id(word, id)?;
        return Ok(Subject::Account(AccountRef::Id(id.as_str().into())));
    }
    if word.contains('@') {
        return handle(word).map(|handle| Subject::Account(AccountRef::Handle(handle)));
    }
    if operation(word).is_ok() {
        return Err(ParseError::new(format!(
            "{} is an operation, and this needs a target. {EXPECTED}",
            shown(word)
        )));
    }
    if DomainName::parse(word).is_ok() {
        return Err(ParseError::new(format!(
            "{} is a domain, and this needs an account or a case. For domains there are domain, \
             history, limit-domain and suspend-domain.",
            shown(word)
        )));
    }
    Err(ParseError::new(format!(
        "{} is no target. {EXPECTED}",
        shown(word)
    )))
}

/// A case's number, with or without `#`.
pub(super) fn case(word: &str) -> Option<CaseId> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|n| *n > 0).map(CaseId)
}

/// An operation's number, `op-17`.
pub(super) fn operation(word: &str) -> Result<OperationId, ParseError> {
    let lower = word.to_lowercase();
    let digits = lower.strip_prefix("op-").unwrap_or_default();
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|n| is_number && *n > 0);
    number.map(OperationId).ok_or_else(|| {
        ParseError::new(format!(
            "{} is no operation. Write its number, such as op-17.",
            shown(word)
        ))
    })
}

/// A moderator's name, with or without `@`; names are lower case.
pub(super) fn moderator(word: &str) -> Result<ModeratorName, ParseError> {
    let name = word.strip_prefix('@').unwrap_or(word).to_lowercase();
    let is_typed = |c: char| c.is_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_typed) {
        return Err(ParseError::new(format!(
            "{} is no moderator's name. Write it as the configuration does, such as ana.",
            shown(word)
        )));
    }
    Ok(ModeratorName(name))
}

/// Words, with lists in commas taken apart.
fn listed(words: &[String]) -> impl Iterator<Item = &str> {
    let parts = words.iter().flat_map(|word| word.split(','));
    parts.filter(|part| !part.is_empty())
}

fn subjects_of(word: &str) -> Result<Vec<Subject>, ParseError> {
    if matches!(word, "-" | "–" | "—") {
        return Err(ParseError::new(
            "Write a range without spaces: #43-#60.".to_owned(),
        ));
    }
    let ends = word.split_once(['-', '–', '—']);
    let Some((Some(first), Some(last))) = ends.map(|(one, other)| (case(one), case(other))) else {
        return subject(word).map(|one| vec![one]);
    };
    if last < first {
        return Err(ParseError::new(format!(
            "The range {first}-{last} runs backwards. Write {last}-{first}."
        )));
    }
    let count = usize::try_from(last.0 - first.0).unwrap_or(usize::MAX);
    if count >= MOST_SUBJECTS {
        return Err(too_many());
    }
    Ok((first.0..=last.0)
        .map(|n| Subject::Case(CaseId(n)))
        .collect())
}

fn too_many() -> ParseError {
    ParseError::new(format!(
        "These are more than {MOST_SUBJECTS} targets. Take fewer at a time."
    ))
}

/// Checks an id of the server: opaque, but never with anything that could leave its place in a
/// URL.
fn server_id(word: &str, id: &str) -> Result<String, ParseError> {
    if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(ParseError::new(format!(
            "{} has no valid id. Write it as the server shows it, such as report:8437 or id:1095.",
            shown(word)
        )));
    }
    Ok(id.to_owned())
}

/// `user` or `user@domain` from what people write, in lower case: servers compare handles without
/// regard to case, and so must we.
fn handle(word: &str) -> Result<String, ParseError> {
    let fail = |why: &str| ParseError::new(format!("{} is no handle: {why}.", shown(word)));
    let text = word.strip_prefix('@').unwrap_or(word);
    let (user, domain) = match text.split_once('@') {
        Some((user, domain)) => (user, Some(domain)),
        None => (text, None),
    };
    let is_name = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    if user.is_empty() || user.len() > 256 || !user.chars().all(is_name) {
        return Err(fail("write it as @user or @user@domain"));
    }
    let user = user.to_lowercase();
    match domain {
        None => Ok(user),
        Some(domain) => DomainName::parse(domain)
            .map(|domain| format!("{user}@{domain}"))
            .map_err(|error| fail(&error.to_string())),
    }
}
