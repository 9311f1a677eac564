//! A case as the room shows it: the sections, the order and the buttons of a card, with more room.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::{excerpt, kind_chip, operation, severity_chip, state_chip, thread, time};
use crate::chat::card::{self, Card, CardOptions, ReporterShown, Show};
use crate::chat::text::{clean, clean_line, fit};
use crate::desk::words;
use crate::domain::case::CaseKind;
use crate::domain::{Account, CaseView, Operation, OperationState, Report, Target, Verb};
use crate::http::room::buttons;
use crate::http::room::session::Signed;
use crate::http::state::HttpState;
use crate::template::{
    CaseDetail, CaseLink, Chip, ContextLine, MoreReports, OperationView, ReportView,
};

/// How many reports stand unfolded.
const UNFOLDED: usize = 3;
/// How many reports are shown at all: the newest ones.
const MOST_REPORTS: usize = 100;
/// How many earlier cases are listed.
const MOST_EARLIER: usize = 5;
const LONGEST_COMMENT: usize = 3_000;
const LONGEST_LINE: usize = 200;

/// The case as `signed` sees it now, on the page at `here`.
pub(in crate::http::room) fn view(
    view: &CaseView,
    state: &HttpState,
    signed: &Signed,
    frame: &crate::template::Frame,
    now: DateTime<Utc>,
) -> CaseDetail {
    let case = &view.case;
    let is_mine = case.claimed_by.as_ref() == Some(signed.name());
    let card = compose(view, state, signed, now);
    let mut reports = reports(view, state, now);
    let folded = reports.split_off(reports.len().min(UNFOLDED));
    let account = account(view);
    CaseDetail {
        number: case.id.0,
        chips: vec![
            state_chip(case.state),
            severity_chip(case.severity),
            kind_chip(case.kind),
        ],
        state: case.state.word(),
        target: clean_line(&case.target_text),
        display_name: account
            .map(|account| fit(&clean_line(&account.display_name), LONGEST_LINE))
            .filter(|name| !name.is_empty()),
        origin: origin(account),
        target_url: target_url(&case.target, state),
        marks: account.map(marks).unwrap_or_default(),
        reports,
        more_reports: (!folded.is_empty()).then_some(MoreReports {
            count: folded.len(),
            reports: folded,
        }),
        sign_up_reason: sign_up_reason(view),
        statuses: excerpt::statuses(view, now),
        withheld: excerpt::withheld(view),
        context: account
            .map(|account| context(account, view, now))
            .unwrap_or_default(),
        earlier: view
            .earlier
            .iter()
            .take(MOST_EARLIER)
            .map(earlier)
            .collect(),
        is_mine,
        claimed_by: case
            .claimed_by
            .as_ref()
            .filter(|_| !case.is_resolved())
            .map(ToString::to_string),
        claimed_at: case.claimed_at.map(|at| time(at, now)),
        claim_expires_at: case.claim_expires_at.map(|at| time(at, now)),
        opened_at: time(case.opened_at, now),
        due_at: case
            .due_at
            .filter(|_| !case.is_resolved())
            .map(|at| time(at, now)),
        is_overdue: case.due_at.is_some_and(|due| due < now),
        resolution: case
            .resolution
            .as_ref()
            .filter(|_| case.is_resolved())
            .map(|how| super::capital(&clean_line(&words::resolution(how)))),
        resolved_at: case.resolved_at.map(|at| time(at, now)),
        buttons: buttons::of_card(&card.buttons, is_mine),
        more: buttons::of_card(&card.more, is_mine),
        seen: serde_json::to_string(&card.seen).unwrap_or_default(),
        operations: operations(view, now),
        thread: thread::entries(view, signed.name(), now),
        csrf: frame.csrf.clone(),
        nonce: frame.nonce.clone(),
        here: frame.here.clone(),
    }
}

/// The card that every platform shows: the buttons and what their presser has seen come from it.
fn compose(view: &CaseView, state: &HttpState, signed: &Signed, now: DateTime<Utc>) -> Card {
    let options = CardOptions {
        show: Show::Full,
        reporter: ReporterShown::Origin,
        dry_run: signed.known.standing.dry_run.is_some(),
        demo: state.settings.is_demo,
        can_act: state.can_act.load(Ordering::Relaxed),
        server_url: state
            .settings
            .server_url
            .as_str()
            .trim_end_matches('/')
            .to_owned(),
        notices: Vec::new(),
        now,
    };
    card::compose(view, &options)
}

/// Its operations, newest first.
fn operations(view: &CaseView, now: DateTime<Utc>) -> Vec<OperationView> {
    view.operations
        .iter()
        .rev()
        .filter(|one| !is_bookkeeping(one))
        .map(|one| operation::view(one, now, false))
        .collect()
}

/// A claim that shows on the server: the thread tells it, and giving back undoes it. When it did
/// not work, somebody should know.
fn is_bookkeeping(operation: &Operation) -> bool {
    matches!(operation.request.verb, Verb::Claim | Verb::Unclaim)
        && !matches!(
            operation.state,
            OperationState::Refused | OperationState::Unsettled
        )
}

/// The target as last seen.
fn account(view: &CaseView) -> Option<&Account> {
    let reported = view.reports.first().map(|report| &report.target);
    view.account.as_ref().or(reported)
}

fn origin(account: Option<&Account>) -> String {
    match account.map(|account| &account.domain) {
        Some(None) => "local account".to_owned(),
        Some(Some(domain)) => format!(
            "remote account on {}",
            fit(&clean_line(domain), LONGEST_LINE)
        ),
        None => "not seen here yet".to_owned(),
    }
}

fn target_url(target: &Target, state: &HttpState) -> Option<String> {
    match target {
        Target::Account(id) => state
            .settings
            .on_server(&["admin", "accounts", id.as_str()]),
        _ => None,
    }
}

/// What was done to the account already.
fn marks(account: &Account) -> Vec<Chip> {
    let state = account.state;
    let chip = |tone, icon, label: &str| Chip {
        tone,
        icon,
        label: label.to_owned(),
    };
    let staff = account.role.as_ref().filter(|role| role.is_staff());
    [
        state
            .suspended
            .then(|| chip("open", "suspend", "suspended")),
        state.limited.then(|| chip("claimed", "limit", "limited")),
        state.frozen.then(|| chip("claimed", "lock", "frozen")),
        state
            .force_sensitive
            .then(|| chip("claimed", "warn", "media force-sensitive")),
        (state.approved == Some(false)).then(|| chip("plain", "clock", "waits for approval")),
        (state.confirmed == Some(false)).then(|| chip("plain", "ask", "e-mail not confirmed")),
        staff.map(|role| {
            chip(
                "plain",
                "person",
                &format!("staff: {}", clean_line(&role.name)),
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn reports(view: &CaseView, state: &HttpState, now: DateTime<Utc>) -> Vec<ReportView> {
    // A settled case keeps what was decided, not what people wrote.
    let quotes = !view.case.is_resolved();
    let mut reports: Vec<ReportView> = view
        .reports
        .iter()
        .take(MOST_REPORTS)
        .map(|report| report_view(report, state, quotes, now))
        .collect();
    // Unfolded is what still waits, and of that what says something.
    reports.sort_by_key(|report| (report.is_resolved, report.comment.is_none()));
    reports
}

fn report_view(report: &Report, state: &HttpState, quotes: bool, now: DateTime<Utc>) -> ReportView {
    let comment = fit(clean(&report.comment).trim(), LONGEST_COMMENT);
    ReportView {
        id: report.id.to_string(),
        url: state
            .settings
            .on_server(&["admin", "reports", report.id.as_str()])
            .unwrap_or_default(),
        category: clean_line(report.category.word()),
        rules: report
            .rules
            .iter()
            .map(|rule| fit(&clean_line(&rule.text), LONGEST_LINE))
            .collect(),
        comment: (quotes && !comment.is_empty()).then_some(comment),
        reporter: match &report.reporter.domain {
            None => "by a local member".to_owned(),
            Some(domain) => format!("by somebody on {}", fit(&clean_line(domain), LONGEST_LINE)),
        },
        at: time(report.created_at, now),
        is_resolved: report.resolved,
    }
}

fn sign_up_reason(view: &CaseView) -> Option<String> {
    if view.case.kind != CaseKind::SignUp || view.case.is_resolved() {
        return None;
    }
    let wish = view.account.as_ref()?.invite_request.as_deref()?;
    let text = fit(clean(wish).trim(), LONGEST_COMMENT);
    (!text.is_empty()).then_some(text)
}

fn context(account: &Account, view: &CaseView, now: DateTime<Utc>) -> Vec<ContextLine> {
    let line = |label, value: String| ContextLine { label, value };
    let open = view
        .reports
        .iter()
        .filter(|report| !report.resolved)
        .count();
    let mut lines = Vec::new();
    lines.extend(
        account
            .created_at
            .map(|made| line("Account age", words::span(now - made))),
    );
    lines.extend(
        account
            .followers
            .map(|count| line("Followers", count.to_string())),
    );
    lines.extend(
        account
            .statuses
            .map(|count| line("Posts", count.to_string())),
    );
    if !view.reports.is_empty() {
        lines.push(line(
            "Reports",
            format!("{} ({open} open)", view.reports.len()),
        ));
    }
    lines.push(line("Earlier cases", view.earlier.len().to_string()));
    lines.extend(
        account
            .locale
            .as_ref()
            .map(|locale| line("Language", clean_line(locale))),
    );
    lines
}

fn earlier(case: &crate::domain::case_view::EarlierCase) -> CaseLink {
    let how = case.resolution.as_ref().map_or_else(
        || "not resolved".to_owned(),
        |how| clean_line(&words::resolution(how)),
    );
    CaseLink {
        number: case.id.0,
        text: match case.resolved_at {
            Some(at) => format!("{how} ({})", at.format("%-d %B %Y")),
            None => how,
        },
    }
}
