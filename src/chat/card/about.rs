//! Why a case is here, and who its target is.

use super::times::{at, span};
use super::{CardOptions, ReporterShown, Show};
use crate::chat::text::{clean, clean_line, fit, fit_list};
use crate::domain::case::{CaseKind, How};
use crate::domain::case_view::EarlierCase;
use crate::domain::{Account, CaseView, Report};

const LONGEST_COMMENT: usize = 500;
const LONGEST_LIST: usize = 300;

/// Category, rules, the reporter's comment; for sign-ups what the person wrote.
pub(super) fn why(view: &CaseView, options: &CardOptions) -> Vec<String> {
    let mut lines = Vec::new();
    // A settled card keeps what was decided, not what people wrote.
    let quotes = options.show == Show::Full && !view.case.is_resolved();
    let open: Vec<&Report> = view
        .reports
        .iter()
        .filter(|report| !report.resolved)
        .collect();
    if let Some(newest) = open.first().copied().or(view.reports.first()) {
        lines.push(headline(view, open.len(), newest, options));
        lines.extend(rules(newest));
        if quotes && !newest.comment.trim().is_empty() {
            let comment = fit(clean(&newest.comment).trim(), LONGEST_COMMENT);
            lines.push(format!("“{comment}”"));
        }
    }
    if view.case.kind == CaseKind::SignUp {
        lines.push("A sign-up that waits for approval.".to_owned());
        let account = view.account.as_ref();
        if let Some(wish) = account.and_then(|account| account.invite_request.as_deref())
            && quotes
        {
            lines.push(format!("“{}”", fit(clean(wish).trim(), LONGEST_COMMENT)));
        }
    }
    lines
}

fn headline(view: &CaseView, open: usize, newest: &Report, options: &CardOptions) -> String {
    let count = match (open, view.reports.len()) {
        (0 | 1, 1) => "1 report".to_owned(),
        (open, all) if open == all => format!("{all} reports"),
        (open, all) => format!("{all} reports, {open} of them open"),
    };
    let by = match (options.reporter, &newest.reporter.domain) {
        _ if options.show == Show::None => String::new(),
        (ReporterShown::Hidden, _) => String::new(),
        (ReporterShown::Origin, None) => ", by a local member".to_owned(),
        (ReporterShown::Origin, Some(domain)) => {
            format!(", by somebody on {}", fit(&clean_line(domain), 80))
        }
        (ReporterShown::Handle, _) => {
            format!(", by {}", fit(&clean_line(&newest.reporter.handle()), 80))
        }
    };
    format!("{count}: {}{by}", clean_line(newest.category.word()))
}

fn rules(report: &Report) -> Option<String> {
    let texts: Vec<String> = report
        .rules
        .iter()
        .map(|rule| clean_line(&rule.text))
        .collect();
    match texts.as_slice() {
        [] => None,
        [one] => Some(format!("Rule: {}", fit(one, LONGEST_LIST))),
        _ => Some(format!("Rules: {}", fit_list(&texts, "; ", LONGEST_LIST))),
    }
}

/// The account's age, size and state, and the earlier cases.
pub(super) fn context(view: &CaseView, options: &CardOptions) -> Vec<String> {
    if options.show == Show::None || view.case.is_resolved() {
        return Vec::new();
    }
    let target = view.reports.first().map(|report| &report.target);
    let mut lines = Vec::new();
    if let Some(account) = view.account.as_ref().or(target) {
        lines.extend(facts(account, options));
        lines.extend(state(account));
    }
    if !view.earlier.is_empty() {
        let cases: Vec<String> = view.earlier.iter().map(earlier).collect();
        lines.push(format!("Earlier: {}", fit_list(&cases, ", ", LONGEST_LIST)));
    }
    lines
}

fn facts(account: &Account, options: &CardOptions) -> Option<String> {
    let mut facts = Vec::new();
    if let Some(created) = account.created_at {
        let age = span(options.now - created);
        facts.push(format!(
            "account {age} old (since {})",
            at(created, options.now)
        ));
    }
    if let Some(followers) = account.followers {
        facts.push(format!("{followers} followers"));
    }
    if let Some(statuses) = account.statuses {
        facts.push(format!("{statuses} posts"));
    }
    if account.is_staff() {
        facts.push("has a staff role".to_owned());
    }
    (!facts.is_empty()).then(|| facts.join(", "))
}

/// What has been done to the account already.
fn state(account: &Account) -> Option<String> {
    let state = account.state;
    let words: Vec<&str> = [
        (state.suspended, "suspended"),
        (state.limited, "limited"),
        (state.frozen, "frozen"),
        (state.force_sensitive, "force-sensitive"),
        (state.confirmed == Some(false), "e-mail not confirmed"),
    ]
    .into_iter()
    .filter_map(|(holds, word)| holds.then_some(word))
    .collect();
    (!words.is_empty()).then(|| format!("Now {}", words.join(", ")))
}

fn earlier(case: &EarlierCase) -> String {
    let Some(resolution) = &case.resolution else {
        return format!("{} (unresolved)", case.id);
    };
    let how = match &resolution.how {
        How::NoAction => "no action".to_owned(),
        How::Action { verb } => verb.to_string(),
        How::OnServer => "closed on the server".to_owned(),
        How::DeletedOnServer => "deleted on the server".to_owned(),
        How::Joined { into } => format!("joined into {into}"),
    };
    format!("{} ({how})", case.id)
}
