//! What was written: the reported statuses as text, media by kind and alt text, and what is not
//! shown.

use std::collections::BTreeMap;

use super::{CardOptions, Show};
use crate::chat::text::{clean_line, fit, html_to_text};
use crate::domain::status::Media;
use crate::domain::{CaseView, Category, Report, Status};

/// How many statuses are shown.
const MOST_STATUSES: usize = 3;
const LONGEST_STATUS: usize = 500;
const LONGEST_ALT: usize = 100;

/// The excerpt, where the channel and the law let it be shown.
pub(super) fn lines(view: &CaseView, options: &CardOptions) -> Vec<String> {
    if options.show != Show::Full || view.case.is_resolved() {
        return Vec::new();
    }
    let open = || view.reports.iter().filter(|report| !report.resolved);
    if open().any(|report| report.category == Category::Legal) {
        return vec!["Reported as possibly illegal: read it on the server.".to_owned()];
    }
    let mut statuses: Vec<&Status> = Vec::new();
    for status in open().flat_map(|report| &report.statuses) {
        if !statuses.iter().any(|shown| shown.id == status.id) {
            statuses.push(status);
        }
    }
    let mut lines: Vec<String> = statuses
        .iter()
        .take(MOST_STATUSES)
        .map(|s| words(s))
        .collect();
    if let Some(left) = statuses.len().checked_sub(MOST_STATUSES)
        && left > 0
    {
        lines.push(format!("… ({left} more)"));
    }
    lines.extend(open().find_map(withheld));
    lines
}

fn words(status: &Status) -> String {
    let mut parts = Vec::new();
    let warning = clean_line(&status.spoiler_text);
    if !warning.is_empty() {
        parts.push(format!("[CW: {}]", fit(&warning, LONGEST_ALT)));
    }
    let text = fit(&html_to_text(&status.content), LONGEST_STATUS);
    if !text.is_empty() {
        parts.push(text);
    }
    parts.extend(media(&status.media));
    parts.join("\n")
}

/// `[2 × image: “a cat”, no description]`.
fn media(media: &[Media]) -> Option<String> {
    let mut by_kind: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in media {
        let said = one
            .description
            .as_deref()
            .map(clean_line)
            .unwrap_or_default();
        by_kind
            .entry(&one.kind)
            .or_default()
            .push(match said.as_str() {
                "" => "no description".to_owned(),
                said => format!("“{}”", fit(said, LONGEST_ALT)),
            });
    }
    let kinds: Vec<String> = by_kind
        .iter()
        .map(|(kind, said)| format!("{} × {}: {}", said.len(), clean_line(kind), said.join(", ")))
        .collect();
    (!kinds.is_empty()).then(|| format!("[{}]", kinds.join("; ")))
}

fn withheld(report: &Report) -> Option<String> {
    let count = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let held = &report.withheld;
    let parts: Vec<String> = [
        count(held.direct, "direct message", "direct messages"),
        count(held.private, "non-public post", "non-public posts"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("{}, read it on the server", parts.join(" and ")))
}
