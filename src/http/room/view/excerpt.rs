//! What was reported: statuses as text, media by kind and alt text, and what is not held.

use chrono::{DateTime, Utc};

use super::time;
use crate::chat::text::{clean_line, fit, html_to_text};
use crate::domain::status::Media;
use crate::domain::{CaseView, Category, Report, Status};
use crate::template::StatusView;

/// How many statuses are shown.
const MOST_STATUSES: usize = 10;
const LONGEST_TEXT: usize = 3_000;
const LONGEST_LINE: usize = 300;

/// The reports that still wait, where what they quote may be shown at all.
fn quoted(view: &CaseView) -> impl Iterator<Item = &Report> {
    let shows = !view.case.is_resolved() && !is_legal(view);
    view.reports
        .iter()
        .filter(move |report| shows && !report.resolved)
}

/// Whether the law may forbid to keep or show what was reported.
fn is_legal(view: &CaseView) -> bool {
    view.reports
        .iter()
        .any(|report| !report.resolved && report.category == Category::Legal)
}

/// The reported statuses, each once.
pub(super) fn statuses(view: &CaseView, now: DateTime<Utc>) -> Vec<StatusView> {
    let mut statuses: Vec<&Status> = Vec::new();
    for status in quoted(view).flat_map(|report| &report.statuses) {
        if !statuses.iter().any(|shown| shown.id == status.id) {
            statuses.push(status);
        }
    }
    statuses
        .into_iter()
        .take(MOST_STATUSES)
        .map(|status| status_view(status, now))
        .collect()
}

fn status_view(status: &Status, now: DateTime<Utc>) -> StatusView {
    let warning = fit(&clean_line(&status.spoiler_text), LONGEST_LINE);
    let text = fit(html_to_text(&status.content).trim(), LONGEST_TEXT);
    StatusView {
        warning: (!warning.is_empty()).then_some(warning),
        text: (!text.is_empty()).then_some(text),
        media: status.media.iter().map(media).collect(),
        at: status.created_at.map(|at| time(at, now)),
    }
}

fn media(media: &Media) -> String {
    let described = media
        .description
        .as_deref()
        .map(clean_line)
        .filter(|text| !text.is_empty());
    let kind = fit(&clean_line(&media.kind), LONGEST_LINE);
    match described {
        Some(text) => format!("{}: “{}”", super::capital(&kind), fit(&text, LONGEST_LINE)),
        None => format!("{} without description", super::capital(&kind)),
    }
}

/// What is not held or not shown, in words.
pub(super) fn withheld(view: &CaseView) -> Option<String> {
    if view.case.is_resolved() {
        return None;
    }
    if is_legal(view) {
        return Some("Reported as possibly illegal: read it on the server.".to_owned());
    }
    let (mut direct, mut private) = (0, 0);
    for report in quoted(view) {
        direct = direct.max(report.withheld.direct);
        private = private.max(report.withheld.private);
    }
    let count = |count: u32, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> = [
        count(direct, "direct message"),
        count(private, "non-public post"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("{}, read it on the server", parts.join(" and ")))
}
