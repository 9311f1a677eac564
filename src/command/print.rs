//! A command as somebody would have written it: what [`super::parse`] reads back as the same
//! command. That a button was pressed does not show.

use std::fmt::{self, Display, Formatter};

use chrono::TimeDelta;

use super::types::{
    Act, Block, Cancelled, Command, HistoryOf, StateFilter, Stop, StopScope, Subject,
};
use super::words::quote;
use crate::domain::{CaseState, Verb};

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        self.write_objects(f)?;
        reason(f, self.reason())
    }
}

impl Command {
    /// Everything between the word and the reason.
    fn write_objects(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Desk | Self::Whoami | Self::Help { topic: None } => Ok(()),
            Self::Case { case } => write!(f, " {case}"),
            Self::Cases { state, mine } => {
                write!(f, " {}", state_word(*state))?;
                flag(f, "mine", *mine)
            }
            Self::Lookup { subject } | Self::Reveal { subject, .. } => write!(f, " {subject}"),
            Self::Domain { domain }
            | Self::BlockEmailDomain { domain, .. }
            | Self::UnblockEmailDomain { domain, .. } => write!(f, " {domain}"),
            Self::History { of } => match of {
                HistoryOf::Subject(subject) => write!(f, " {subject}"),
                HistoryOf::Domain(domain) => write!(f, " {domain}"),
            },
            Self::Help { topic: Some(topic) } => write!(f, " {topic}"),
            Self::Claim { cases, take_over } => {
                list(f, cases)?;
                flag(f, "take-over", *take_over)
            }
            Self::Unclaim { cases } => list(f, cases),
            Self::Assign { case, to } => write!(f, " {case} {to}"),
            Self::Note { case, text } => write!(f, " {case} {}", quote(text)),
            Self::Act(act) => act.write_objects(f),
            Self::Block(block) => block.write_objects(f),
            Self::BlockIp {
                range,
                severity,
                lasts,
                ..
            } => {
                write!(f, " {range} --severity {}", severity.word())?;
                for_span(f, *lasts)
            }
            Self::UnblockIp { range, .. } => write!(f, " {range}"),
            Self::Stop(Stop::Set(scope)) => write_scope(f, scope),
            Self::Stop(Stop::Reset(scope)) => {
                f.write_str(" reset")?;
                write_scope(f, scope)
            }
            Self::DryRun { on, .. } => f.write_str(if *on { " on" } else { " off" }),
            Self::Settle {
                operation, done, ..
            } => write!(
                f,
                " {operation} {}",
                if *done { "done" } else { "not-done" }
            ),
            Self::Offboard { moderator, .. } => write!(f, " {moderator}"),
            Self::Confirm { token } | Self::Cancel(Cancelled::Token(token)) => {
                write!(f, " {token}")
            }
            Self::Cancel(Cancelled::Operation(operation))
            | Self::Second { operation }
            | Self::Undo { operation, .. } => write!(f, " {operation}"),
        }
    }
}

impl Act {
    fn write_objects(&self, f: &mut Formatter<'_>) -> fmt::Result {
        list::<Subject>(f, &self.subjects)?;
        if let Some(category) = &self.category {
            write!(f, " --category {category}")?;
        }
        for rule in &self.rules {
            write!(f, " --rule {}", quote(rule))?;
        }
        if let Some(tell) = &self.tell {
            write!(f, " --tell {}", quote(tell))?;
        }
        for_span(f, self.lasts)?;
        flag(f, "auto", self.auto)?;
        flag(f, "take-over", self.take_over)
    }
}

impl Block {
    fn write_objects(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, " {}", self.domain)?;
        if let (Verb::BlockDomain, Some(severity)) = (self.verb, self.severity) {
            write!(f, " --severity {}", severity.word())?;
        }
        flag(f, "reject-media", self.reject_media)?;
        flag(f, "reject-reports", self.reject_reports)?;
        flag(f, "obfuscate", self.obfuscate)?;
        if let Some(public) = &self.public {
            write!(f, " --public {}", quote(public))?;
        }
        Ok(())
    }
}

/// `7d`, `12h`, `30m` or `90s`: the largest unit that says it exactly.
pub(super) fn span_text(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let fits = units.into_iter().find(|(size, _)| seconds % size == 0);
    let (size, unit) = fits.unwrap_or((1, 's'));
    format!("{}{unit}", seconds / size)
}

fn state_word(state: StateFilter) -> &'static str {
    match state {
        StateFilter::Unresolved => "unresolved",
        StateFilter::All => "all",
        StateFilter::Only(CaseState::Open) => "open",
        StateFilter::Only(CaseState::Claimed) => "claimed",
        StateFilter::Only(CaseState::Resolved) => "resolved",
    }
}

fn write_scope(f: &mut Formatter<'_>, scope: &StopScope) -> fmt::Result {
    match scope {
        StopScope::Automation => f.write_str(" automation"),
        StopScope::All => f.write_str(" all"),
        StopScope::Moderator(name) => write!(f, " moderator {name}"),
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    items.iter().try_for_each(|item| write!(f, " {item}"))
}

fn flag(f: &mut Formatter<'_>, name: &str, is_set: bool) -> fmt::Result {
    if is_set {
        write!(f, " --{name}")
    } else {
        Ok(())
    }
}

fn for_span(f: &mut Formatter<'_>, span: Option<TimeDelta>) -> fmt::Result {
    span.map_or(Ok(()), |span| write!(f, " --for {}", span_text(span)))
}

fn reason(f: &mut Formatter<'_>, reason: Option<&str>) -> fmt::Result {
    reason.map_or(Ok(()), |text| write!(f, " --reason {}", quote(text)))
}
