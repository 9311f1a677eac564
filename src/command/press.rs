//! The keys of buttons and forms: made and read here, the same on every platform.
//!
//! `42.claim`, `42.limit.reason:Spam`, `42.claim.take-over`, `42.categorise.category:spam`,
//! `42.assign.to:bo`, `op-17.cancel`, `confirm.TOKEN`. A reason takes the rest of the key, dots
//! and all. `42.suspend.form` opens the form whose submit carries the same key.

use std::collections::BTreeMap;

use super::build::token;
use super::error::{ParseError, shown};
use super::given::{checked_text, span};
use super::subject::{case, moderator, operation};
use super::types::{Act, Cancelled, Command, HistoryOf, Subject};
use super::words::clean;
use crate::domain::operation::Tier;
use crate::domain::{CaseId, Category, ModeratorName, OperationId, Verb};

/// The key of a one-press reason.
pub fn reason_key(case: CaseId, verb: Verb, reason: &str) -> String {
    format!("{}.{verb}.reason:{reason}", case.0)
}

/// The key of the button that asks for more than one press can say.
pub fn form_key(case: CaseId, verb: Verb) -> String {
    format!("{}.{verb}.form", case.0)
}

/// The key of the button that gives reports a category.
pub fn category_key(case: CaseId, category: &Category) -> String {
    format!("{}.{}.category:{category}", case.0, Verb::Categorise)
}

/// The key of the button that gives a case to `to`.
pub fn assign_key(case: CaseId, to: &ModeratorName) -> String {
    format!("{}.assign.to:{to}", case.0)
}

/// The case of a key that asks to whom it shall be given.
pub fn parse_assign_key(key: &str) -> Option<CaseId> {
    case(key.strip_suffix(".assign")?)
}

/// The key of the button that says yes to a question.
pub fn confirm_key(token: &str) -> String {
    format!("confirm.{token}")
}

/// The key of the button that says no to a question.
pub fn cancel_key(token: &str) -> String {
    format!("cancel.{token}")
}

/// The key of the button that stops an operation before it is sent.
pub fn cancel_operation_key(operation: OperationId) -> String {
    format!("{operation}.cancel")
}

/// Which form a key opens, if it opens one.
pub fn parse_form_key(key: &str) -> Option<(CaseId, Verb)> {
    let (of, verb) = key.strip_suffix(".form")?.split_once('.')?;
    Some((case(of)?, act_verb(verb)?))
}

/// Reads the key of a pressed button.
///
/// # Errors
/// A key that no button of ours has, in plain words: it may come from an older version.
pub fn parse_press(key: &str) -> Result<Command, ParseError> {
    let key = clean(key);
    let unknown = || {
        ParseError::new(format!(
            "This button does nothing any more ({}). Write the command instead, such as claim #42.",
            shown(&key)
        ))
    };
    let (of, rest) = key.split_once('.').ok_or_else(unknown)?;
    match of {
        "confirm" => Ok(Command::Confirm {
            token: token(rest)?,
        }),
        "cancel" => token(rest).map(|token| Command::Cancel(Cancelled::Token(token))),
        _ => match (case(of), operation(of)) {
            (Some(case), _) => on_case(case, rest).and_then(|press| press.ok_or_else(unknown)),
            (_, Ok(operation)) => on_operation(operation, rest).ok_or_else(unknown),
            _ => Err(unknown()),
        },
    }
}

/// Reads a submitted form: the key of the button that opened it, and its fields `reason`, `tell`,
/// `for`, `category`. Empty fields count as not given.
///
/// # Errors
/// As for [`parse_press`], and for a field that cannot be read.
pub fn parse_form(key: &str, values: &BTreeMap<String, String>) -> Result<Command, ParseError> {
    let Some((case, verb)) = parse_form_key(&clean(key)) else {
        return parse_press(key);
    };
    let mut act = pressed(verb, case);
    for (name, value) in values {
        let value = clean(value);
        if value.trim().is_empty() {
            continue;
        }
        match name.as_str() {
            "reason" => act.reason = Some(checked_text(&value, "the reason")?),
            "tell" => act.tell = Some(checked_text(&value, "what they are told")?),
            "for" => act.lasts = Some(span(&value)?),
            "category" => act.category = Some(category(value.trim())?),
            other => {
                return Err(ParseError::new(format!(
                    "The form has a field {} that nobody asked for.",
                    shown(other)
                )));
            }
        }
    }
    Ok(Command::Act(act))
}

/// What follows a case's number; `None` for what no button says.
fn on_case(case: CaseId, rest: &str) -> Result<Option<Command>, ParseError> {
    let (verb, more) = match rest.split_once('.') {
        Some((verb, more)) => (verb, Some(more)),
        None => (rest, None),
    };
    Ok(match (verb, more) {
        ("case", None) => Some(Command::Case { case }),
        ("history", None) => Some(Command::History {
            of: HistoryOf::Subject(Subject::Case(case)),
        }),
        ("claim", None | Some("take-over")) => Some(Command::Claim {
            cases: vec![case],
            take_over: more.is_some(),
        }),
        ("unclaim", None) => Some(Command::Unclaim { cases: vec![case] }),
        ("assign", None) => {
            return Err(ParseError::new(format!(
                "To whom? Write assign {case} and the name."
            )));
        }
        ("assign", Some(to)) => match to.strip_prefix("to:") {
            Some(name) => Some(Command::Assign {
                case,
                to: moderator(name)?,
            }),
            None => None,
        },
        _ => match act_verb(verb) {
            Some(verb) => detailed(pressed(verb, case), more)?.map(Command::Act),
            None => None,
        },
    })
}

/// Adds what a key says behind its verb; `None` for what no button says.
fn detailed(mut act: Act, more: Option<&str>) -> Result<Option<Act>, ParseError> {
    let mut rest = more;
    while let Some(details) = rest {
        if let Some(reason) = details.strip_prefix("reason:") {
            act.reason = Some(checked_text(reason, "the reason")?);
            break;
        }
        let (detail, behind) = match details.split_once('.') {
            Some((detail, behind)) => (detail, Some(behind)),
            None => (details, None),
        };
        match detail.split_once(':') {
            None if detail == "take-over" => act.take_over = true,
            Some(("category", word)) if act.verb == Verb::Categorise => {
                act.category = Some(category(word)?);
            }
            _ => return Ok(None),
        }
        rest = behind;
    }
    Ok(Some(act))
}

fn on_operation(operation: OperationId, rest: &str) -> Option<Command> {
    match rest {
        "cancel" => Some(Command::Cancel(Cancelled::Operation(operation))),
        "second" => Some(Command::Second { operation }),
        "undo" => Some(Command::Undo {
            operation,
            reason: None,
        }),
        _ => None,
    }
}

fn pressed(verb: Verb, case: CaseId) -> Act {
    Act {
        from_button: true,
        ..Act::new(verb, Subject::Case(case))
    }
}

/// A verb that acts on a case: the mild and the strong ones.
fn act_verb(word: &str) -> Option<Verb> {
    let verb = Verb::ALL.into_iter().find(|verb| verb.word() == word)?;
    matches!(verb.tier(), Tier::Mild | Tier::Strong).then_some(verb)
}

fn category(word: &str) -> Result<Category, ParseError> {
    let category = word.to_lowercase().parse();
    category.map_err(|error: String| ParseError::new(format!("{error}.")))
}
