//! The case list: filters and rows.

use chrono::{DateTime, Utc};

use super::{severity_chip, state_chip, time};
use crate::chat::text::{clean_line, fit};
use crate::db::cases::CaseStates;
use crate::desk::words;
use crate::domain::case::CaseKind;
use crate::domain::{Case, CaseId, CaseState, Report};
use crate::http::cursor;
use crate::template::{CaseList, CaseRow, Filter};

/// Longer reasons are cut: a row is two lines.
const LONGEST_WHY: usize = 140;

/// Which cases are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http::room) enum Shown {
    /// Open and claimed.
    #[default]
    Unresolved,
    /// Open.
    Open,
    /// Claimed.
    Claimed,
    /// Claimed by the reader.
    Mine,
    /// Resolved.
    Resolved,
}

impl Shown {
    const ALL: [Self; 5] = [
        Self::Unresolved,
        Self::Open,
        Self::Claimed,
        Self::Mine,
        Self::Resolved,
    ];

    /// The word in addresses.
    pub(in crate::http::room) fn word(self) -> &'static str {
        match self {
            Self::Unresolved => "unresolved",
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Mine => "mine",
            Self::Resolved => "resolved",
        }
    }

    /// What an address asks for; anything unknown is the usual list.
    pub(in crate::http::room) fn read(word: Option<&str>) -> Self {
        let found = |word| Self::ALL.into_iter().find(|shown| shown.word() == word);
        word.and_then(found).unwrap_or_default()
    }

    pub(in crate::http::room) fn states(self) -> CaseStates {
        match self {
            Self::Unresolved => CaseStates::Unresolved,
            Self::Open => CaseStates::Only(vec![CaseState::Open]),
            Self::Claimed | Self::Mine => CaseStates::Only(vec![CaseState::Claimed]),
            Self::Resolved => CaseStates::Only(vec![CaseState::Resolved]),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Unresolved => "To do",
            Self::Open => "Open",
            Self::Claimed => "Claimed",
            Self::Mine => "Mine",
            Self::Resolved => "Resolved",
        }
    }

    fn count(self, counts: &[(CaseState, i64)]) -> Option<i64> {
        let of = |wanted| {
            counts
                .iter()
                .find(|(state, _)| *state == wanted)
                .map_or(0, |(_, n)| *n)
        };
        match self {
            Self::Open => Some(of(CaseState::Open)),
            Self::Claimed => Some(of(CaseState::Claimed)),
            Self::Unresolved | Self::Mine | Self::Resolved => None,
        }
    }

    fn empty(self) -> &'static str {
        match self {
            Self::Unresolved => {
                "Nothing waits. New reports and sign-ups appear here by themselves."
            }
            Self::Open => "No case is open.",
            Self::Claimed => "Nobody has claimed a case.",
            Self::Mine => "You have claimed no case.",
            Self::Resolved => "No case was resolved yet.",
        }
    }

    /// The same choice for another address.
    pub(in crate::http::room) fn query(self) -> String {
        if self == Self::default() {
            String::new()
        } else {
            format!("?state={}", self.word())
        }
    }
}

/// What the list is made from.
#[derive(Debug)]
pub(in crate::http::room) struct Listed {
    /// The cases, newest first, each with its reports.
    pub(in crate::http::room) cases: Vec<(Case, Vec<Report>)>,
    /// There are older ones.
    pub(in crate::http::room) has_older: bool,
    /// How many cases are in which state.
    pub(in crate::http::room) counts: Vec<(CaseState, i64)>,
}

/// The list, with `current` marked.
pub(in crate::http::room) fn view(
    listed: &Listed,
    shown: Shown,
    current: Option<CaseId>,
    now: DateTime<Utc>,
) -> CaseList {
    let filters = Shown::ALL.into_iter().map(|choice| Filter {
        label: choice.label(),
        href: format!("/{}", choice.query()),
        count: choice.count(&listed.counts),
        is_current: choice == shown,
    });
    let rows = listed.cases.iter().map(|(case, reports)| CaseRow {
        is_current: Some(case.id) == current,
        ..row(case, reports, shown, now)
    });
    let older = listed
        .cases
        .last()
        .filter(|_| listed.has_older)
        .map(|(last, _)| {
            format!(
                "/?state={}&before={}",
                shown.word(),
                cursor::write(last.opened_at, last.id)
            )
        });
    CaseList {
        filters: filters.collect(),
        rows: rows.collect(),
        older,
        empty: shown.empty(),
    }
}

fn row(case: &Case, reports: &[Report], shown: Shown, now: DateTime<Utc>) -> CaseRow {
    CaseRow {
        number: case.id.0,
        href: format!("/room/cases/{}{}", case.id.0, shown.query()),
        is_current: false,
        state: state_chip(case.state),
        severity: (case.severity.0 < 2 && !case.is_resolved())
            .then(|| severity_chip(case.severity)),
        target: clean_line(&case.target_text),
        why: fit(&why(case, reports), LONGEST_WHY),
        claimed_by: case.claimed_by.as_ref().map(ToString::to_string),
        opened_at: time(case.opened_at, now),
        is_overdue: !case.is_resolved() && case.due_at.is_some_and(|due| due < now),
    }
}

fn why(case: &Case, reports: &[Report]) -> String {
    if let Some(resolution) = &case.resolution {
        return clean_line(&words::resolution(resolution));
    }
    let Some(newest) = reports.first() else {
        return match case.kind {
            CaseKind::SignUp => "sign-up, waits for approval".to_owned(),
            CaseKind::Report => "report".to_owned(),
        };
    };
    let count = match reports.len() {
        1 => "1 report".to_owned(),
        count => format!("{count} reports"),
    };
    let comment = clean_line(&newest.comment);
    let quoted = if comment.is_empty() {
        String::new()
    } else {
        format!(": “{comment}”")
    };
    format!("{} · {count}{quoted}", clean_line(newest.category.word()))
}
