//! One line about one thing.

use std::fmt::Display;

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::{outcome, resolution};
use crate::domain::case_view::EarlierCase;
use crate::domain::{Account, Case, CaseState, DomainBlock, DomainName, Operation, Report};

/// A span in its largest whole unit: `3 min`, `2 h`, `5 days`.
pub fn span(span: TimeDelta) -> String {
    let unit = |count: i64, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    match span.num_seconds().max(0) {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds @ 172_800..63_072_000 => unit(seconds / 86_400, "day", "days"),
        seconds => unit(seconds / 31_536_000, "year", "years"),
    }
}

/// `3 min ago`.
pub fn ago(passed: TimeDelta) -> String {
    if passed.num_seconds() < 5 {
        "just now".to_owned()
    } else {
        format!("{} ago", span(passed))
    }
}

/// `#1, #2 and #3`.
pub(in crate::desk) fn list<T: Display>(items: &[T]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

/// State and claimant in a few words.
pub(in crate::desk) fn how_it_stands(case: &Case) -> String {
    match (case.state, &case.claimed_by) {
        (CaseState::Claimed, Some(by)) => format!("{by} is on it now"),
        (CaseState::Resolved, _) => "it is resolved".to_owned(),
        _ => "it is open, and its severity or its claim is another".to_owned(),
    }
}

/// A case in a listing.
pub(in crate::desk) fn case_line(case: &Case, now: DateTime<Utc>) -> String {
    let opened = ago(now - case.opened_at);
    let state = match (case.state, &case.claimed_by, &case.resolution) {
        (CaseState::Claimed, Some(by), _) => format!("claimed by {by}"),
        (CaseState::Resolved, _, Some(how)) => format!("resolved: {}", resolution(how)),
        (state, ..) => state.word().to_owned(),
    };
    let kind = case.kind.word().replace('_', "-");
    format!(
        "{} {} · {kind} · {} · {state} · opened {opened}",
        case.id,
        case.target_text,
        case.severity.word()
    )
}

/// A report under its case.
pub(in crate::desk) fn report_line(report: &Report) -> String {
    let origin = if report.reporter.is_local() {
        "a local member"
    } else {
        "another server"
    };
    let state = if report.resolved { ", resolved" } else { "" };
    let comment = if report.comment.is_empty() {
        "no comment".to_owned()
    } else {
        format!("“{}”", report.comment)
    };
    format!(
        "report:{} ({}{state}) from {origin}: {comment}",
        report.id, report.category
    )
}

/// An operation with what became of it.
pub(in crate::desk) fn operation_line(operation: &Operation) -> String {
    let ended = operation.outcome.as_ref().map(outcome);
    let state = ended.unwrap_or_else(|| operation.state.word().to_owned());
    let request = &operation.request;
    format!(
        "{}: {} {} by {}: {state}",
        operation.id, request.verb, request.target_text, operation.actor
    )
}

/// An earlier case on the same target.
pub(in crate::desk) fn earlier_line(earlier: &EarlierCase) -> String {
    let how = earlier
        .resolution
        .as_ref()
        .map_or_else(|| "still open".to_owned(), resolution);
    match earlier.resolved_at {
        Some(at) => format!("{} ({}): {how}", earlier.id, at.format("%Y-%m-%d")),
        None => format!("{}: {how}", earlier.id),
    }
}

/// An account as the server shows it.
pub(in crate::desk) fn account_line(account: &Account, now: DateTime<Utc>) -> String {
    let origin = if account.is_local() {
        "local"
    } else {
        "remote"
    };
    let mut parts = vec![format!("{} ({origin})", account.handle())];
    if let Some(made) = account.created_at {
        parts.push(format!("{} old", span(now - made)));
    }
    parts.extend(account.followers.map(|count| format!("{count} followers")));
    parts.extend(account.statuses.map(|count| format!("{count} statuses")));
    let state = account.state;
    let marks = [
        (state.suspended, "suspended"),
        (state.limited, "limited"),
        (state.frozen, "frozen"),
        (state.force_sensitive, "media forced to be sensitive"),
        (state.approved == Some(false), "waits for approval"),
    ];
    parts.extend(
        marks
            .into_iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, word)| word.to_owned()),
    );
    if let Some(role) = account.role.as_ref().filter(|role| role.is_staff()) {
        parts.push(format!("staff: {}", role.name));
    }
    format!("{}.", parts.join(" · "))
}

/// What a confirmation says of one target: handle, age, open reports.
pub(in crate::desk) fn target_line(
    account: Option<&Account>,
    text: &str,
    reports: &[Report],
    now: DateTime<Utc>,
) -> String {
    let open = reports.iter().filter(|report| !report.resolved).count();
    let reports = match open {
        0 => "no open report".to_owned(),
        1 => "1 open report".to_owned(),
        count => format!("{count} open reports"),
    };
    match account {
        Some(account) => {
            let origin = if account.is_local() {
                "local"
            } else {
                "remote"
            };
            let age = account
                .created_at
                .map(|made| format!(", {} old", span(now - made)));
            format!(
                "{} ({origin}{}, {reports})",
                account.handle(),
                age.unwrap_or_default()
            )
        }
        None => format!("{text} (not seen here yet; it is looked up before anything is done)"),
    }
}

/// How a domain is blocked.
pub(in crate::desk) fn block_line(domain: &DomainName, block: Option<&DomainBlock>) -> String {
    let Some(block) = block else {
        return format!("{domain} is not blocked.");
    };
    let mut parts = vec![match block.severity.word() {
        "none" => "no limit".to_owned(),
        word => word.to_owned(),
    }];
    parts.extend(block.reject_media.then(|| "media rejected".to_owned()));
    parts.extend(block.reject_reports.then(|| "reports rejected".to_owned()));
    parts.extend(
        block
            .public_comment
            .as_ref()
            .map(|comment| format!("public comment “{comment}”")),
    );
    format!("{domain} is blocked: {}.", parts.join(", "))
}
