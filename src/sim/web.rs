//! The simulated server's own pages, so that links in the demo lead somewhere honest.
//!
//! Read-only, self-contained, everything escaped; each page says that it is a simulation.

use std::fmt::Write;

use super::answer::Answer;
use super::entity::View;
use super::format::escape;
use super::model::{Account, Id, Report, Status};
use super::state::State;

/// The page at this path, if there is one.
pub(super) fn page(state: &State, segments: &[&str]) -> Option<Answer> {
    let id = |text: &str| text.parse::<Id>().ok();
    let (title, body) = match segments {
        [""] | ["admin", "reports"] => ("Reports".to_owned(), reports(state)),
        ["admin", "reports", report] => report_page(state, state.report(id(report)?)?),
        ["admin", "accounts", account] => account_page(state, state.account(id(account)?)?),
        [profile] => account_page(state, state.by_handle(profile.strip_prefix('@')?)?),
        [profile, status] if profile.starts_with('@') => {
            let status = state.status(id(status)?).filter(|status| !status.deleted)?;
            ("Status".to_owned(), status_html(state, status))
        }
        _ => return None,
    };
    Some(Answer::html(200, layout(&title, &body)))
}

fn layout(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title} - simulated Mastodon</title>\
         <style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}\
         .demo{{background:#fff3cd;color:#533f03;padding:.6rem 1rem;border-radius:.4rem}}\
         dt{{font-weight:bold}}dd{{margin:0 0 .5rem 1rem;overflow-wrap:anywhere}}\
         blockquote{{border-left:.25rem solid #999;margin:0 0 1rem;padding:0 1rem}}</style></head>\
         <body><p class=\"demo\">This is the simulated Mastodon of the Wardroom demo. Nobody here \
         is real, and nothing can be done on this page.</p><h1>{title}</h1>{body}\
         <p><a href=\"/admin/reports\">All reports</a></p></body></html>\n"
    )
}

/// A list of terms; values are HTML already.
fn terms(pairs: &[(&str, String)]) -> String {
    let mut html = "<dl>".to_owned();
    for (term, value) in pairs {
        // Writing to a String cannot fail.
        let _ = write!(html, "<dt>{term}</dt><dd>{value}</dd>");
    }
    html + "</dl>"
}

fn link(account: Option<&Account>) -> String {
    account.map_or_else(
        || "nobody".to_owned(),
        |account| {
            let handle = escape(&account.handle());
            format!("<a href=\"/admin/accounts/{}\">@{handle}</a>", account.id)
        },
    )
}

fn by_id(state: &State, id: Option<Id>) -> String {
    link(id.and_then(|id| state.account(id)))
}

fn reports(state: &State) -> String {
    let mut html = "<ul>".to_owned();
    for report in state.reports.iter().rev() {
        let (id, standing) = (report.id, standing_of(report));
        let target = by_id(state, Some(report.target));
        let _ = write!(
            html,
            "<li><a href=\"/admin/reports/{id}\">Report {id}</a> on {target}: {standing}</li>"
        );
    }
    html + "</ul>"
}

fn standing_of(report: &Report) -> &'static str {
    if report.resolved_at.is_some() {
        "resolved"
    } else {
        "open"
    }
}

fn report_page(state: &State, report: &Report) -> (String, String) {
    let mut html = terms(&[
        ("State", standing_of(report).to_owned()),
        ("Reported account", by_id(state, Some(report.target))),
        ("Reported by", by_id(state, Some(report.reporter))),
        ("Category", escape(&report.category)),
        ("Comment", escape(&report.comment)),
        ("Assigned to", by_id(state, report.assigned)),
        ("Resolved by", by_id(state, report.resolved_by)),
        ("Filed", report.created_at.to_rfc3339()),
        ("Last changed", report.updated_at.to_rfc3339()),
    ]);
    for status in report.statuses.iter().filter_map(|&id| state.status(id)) {
        html += &status_html(state, status);
    }
    (format!("Report {}", report.id), html)
}

fn account_page(state: &State, account: &Account) -> (String, String) {
    let flags = [
        (account.suspended, "suspended"),
        (account.limited, "limited"),
        (account.force_sensitive, "media marked sensitive"),
        (account.frozen(), "frozen"),
        (account.pending(), "waits for approval"),
    ];
    let standing: Vec<&str> = flags
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, word)| word)
        .collect();
    let standing = if standing.is_empty() {
        "in good standing".into()
    } else {
        standing.join(", ")
    };
    let view = View::new(state, None);
    let mut html = terms(&[
        ("Display name", escape(&account.display_name)),
        ("State", standing),
        ("Profile", escape(&view.account_url(account))),
        ("Since", account.created_at.to_rfc3339()),
        ("Followers", account.followers_count.to_string()),
    ]);
    let open = state
        .reports
        .iter()
        .filter(|report| report.target == account.id);
    for report in open {
        let (id, standing) = (report.id, standing_of(report));
        let _ = write!(
            html,
            "<p><a href=\"/admin/reports/{id}\">Report {id}</a>: {standing}</p>"
        );
    }
    for strike in state
        .strikes
        .iter()
        .filter(|strike| strike.account == account.handle())
    {
        let (action, by) = (strike.action.name(), escape(&strike.by));
        let _ = write!(
            html,
            "<p>Strike by @{by}: {action}. {}</p>",
            escape(&strike.text)
        );
    }
    (format!("@{}", account.handle()), html)
}

fn status_html(state: &State, status: &Status) -> String {
    let author = by_id(state, Some(status.account));
    let (seen, when) = (status.visibility.name(), status.created_at.to_rfc3339());
    // The plain text, escaped, instead of the HTML: nothing on these pages links away.
    let text = escape(&status.text).replace('\n', "<br>");
    let warning = escape(&status.spoiler_text);
    format!("<blockquote><p>{author}, {seen}, {when}</p><p>{warning}</p><p>{text}</p></blockquote>")
}
