//! How a case looks: the fixed order of sections, the colour, the buttons. Pure: a
//! [`CaseView`] in, a [`Card`] out.
//!
//! A card holds cleaned plain text, never markup: whoever shows it (a platform's adapter, the
//! room's page) escapes it for its own markup, turns the keys of the buttons into presses, and
//! shows the buttons of [`Card::more`] behind "More". The room renders its cards from here as well,
//! so that a case reads the same everywhere.

mod about;
mod buttons;
mod excerpt;
mod plain;
mod times;
mod who;

use chrono::{DateTime, Utc};

pub use buttons::{Button, Press, Style};

use super::text::{clean_line, fit};
use crate::domain::case::Seen;
use crate::domain::{Case, CaseId, CaseState, CaseView, Severity, Target};

/// How much a channel shows of what other people wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Show {
    /// Nothing that can be read as personal: number, state, category and link.
    None,
    /// The handle and the rules named, but neither comment nor excerpt.
    Minimal,
    /// Everything that may be held at all.
    #[default]
    Full,
}

/// How much a channel shows of who reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReporterShown {
    /// Nothing.
    Hidden,
    /// "a local member", or the remote server.
    #[default]
    Origin,
    /// The handle.
    Handle,
}

/// What a card depends on besides the case.
#[derive(Debug, Clone)]
pub struct CardOptions {
    /// How much of other people's words is shown.
    pub show: Show,
    /// How much is shown of who reported.
    pub reporter: ReporterShown,
    /// Nothing is changed on the server.
    pub dry_run: bool,
    /// Everything is simulated.
    pub demo: bool,
    /// Whether Wardroom's token may act at all; without, action buttons become links.
    pub can_act: bool,
    /// The server's web address, without a slash at the end.
    pub server_url: String,
    /// What else has to be said, such as a message that could not be sent.
    pub notices: Vec<String>,
    /// The time that ages and deadlines are seen from.
    pub now: DateTime<Utc>,
}

/// How a case looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The case.
    pub case: CaseId,
    /// The case's version that this shows.
    pub version: i64,
    /// Colour, icon and word of the state.
    pub look: Look,
    /// How bad.
    pub severity: Severity,
    /// The target as people read it, and whether it is local.
    pub target: String,
    /// Where the case can be seen on the server.
    pub link: Option<String>,
    /// What must be read first: demo, dry run, what could not be sent.
    pub banners: Vec<String>,
    /// The sections that are not empty, in their fixed order.
    pub sections: Vec<Section>,
    /// At most five buttons.
    pub buttons: Vec<Button>,
    /// What else can be pressed.
    pub more: Vec<Button>,
    /// What a presser of these buttons has seen (invariant 7).
    pub seen: Seen,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub part: Part,
    /// Its lines, cleaned; a line of an excerpt may hold line breaks.
    pub lines: Vec<String>,
}

/// Which section, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Why it is here: category, rules, the reporter's comment.
    Why,
    /// What was written.
    Excerpt,
    /// Who the target is, what came before.
    Context,
    /// Operations that are on their way or need somebody.
    Operations,
    /// Who is on it, until when; or what became of it.
    Who,
}

impl Part {
    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Why => "Why",
            Self::Excerpt => "Excerpt",
            Self::Context => "Context",
            Self::Operations => "On its way",
            Self::Who => "Who and when",
        }
    }
}

/// State by colour, word and icon at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nobody is on it.
    Open,
    /// Somebody is.
    Claimed,
    /// Settled.
    Resolved,
    /// Unresolved, and nothing is changed on the server.
    DryRun(CaseState),
}

impl Look {
    fn of(state: CaseState, dry_run: bool) -> Self {
        match state {
            CaseState::Resolved => Self::Resolved,
            state if dry_run => Self::DryRun(state),
            CaseState::Open => Self::Open,
            CaseState::Claimed => Self::Claimed,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => CaseState::Open.word(),
            Self::Claimed => CaseState::Claimed.word(),
            Self::Resolved => CaseState::Resolved.word(),
            Self::DryRun(state) => state.word(),
        }
    }

    /// The icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Open => "🔴",
            Self::Claimed => "🟠",
            Self::Resolved => "🟢",
            Self::DryRun(_) => "⚪",
        }
    }

    /// The colour as `0xRRGGBB`.
    pub fn colour(self) -> u32 {
        match self {
            Self::Open => 0x00C0_392B,
            Self::Claimed => 0x00D6_8910,
            Self::Resolved => 0x001E_8449,
            Self::DryRun(_) => 0x0080_8B96,
        }
    }
}

/// The longest handle that is shown whole.
const LONGEST_TARGET: usize = 120;

/// Makes the card of `view` as it is now.
pub fn compose(view: &CaseView, options: &CardOptions) -> Card {
    let case = &view.case;
    let (buttons, more) = buttons::rows(view, options);
    let sections = [
        (Part::Why, about::why(view, options)),
        (Part::Excerpt, excerpt::lines(view, options)),
        (Part::Context, about::context(view, options)),
        (Part::Operations, who::operations(view, options)),
        (Part::Who, who::lines(view, options)),
    ];
    Card {
        case: case.id,
        version: case.version,
        look: Look::of(case.state, options.dry_run),
        severity: case.severity,
        target: target(view, options),
        link: link(view, options),
        banners: banners(options),
        sections: sections
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(part, lines)| Section { part, lines })
            .collect(),
        buttons,
        more,
        seen: seen(case, view),
    }
}

/// What somebody who looks at the case now has seen.
fn seen(case: &Case, view: &CaseView) -> Seen {
    let open = view.reports.iter().filter(|report| !report.resolved);
    Seen {
        state: case.state,
        claimed_by: case.claimed_by.clone(),
        severity: case.severity,
        reports: open.map(|report| report.id.clone()).collect(),
    }
}

fn target(view: &CaseView, options: &CardOptions) -> String {
    if options.show == Show::None {
        return "an account".to_owned();
    }
    let text = fit(&clean_line(&view.case.target_text), LONGEST_TARGET);
    match &view.case.target {
        Target::Account(_) | Target::Handle(_) => {
            let is_remote = text.trim_start_matches('@').contains('@');
            format!("{text} ({})", if is_remote { "remote" } else { "local" })
        }
        Target::Domain(_) | Target::Range(_) | Target::Reports => text,
    }
}

/// The newest unresolved report on the server, else the newest one, else the account.
fn link(view: &CaseView, options: &CardOptions) -> Option<String> {
    let url = &options.server_url;
    let open = view.reports.iter().find(|report| !report.resolved);
    if let Some(report) = open.or(view.reports.first()) {
        return Some(format!("{url}/admin/reports/{}", report.id));
    }
    match &view.case.target {
        Target::Account(id) => Some(format!("{url}/admin/accounts/{id}")),
        _ => None,
    }
}

fn banners(options: &CardOptions) -> Vec<String> {
    let mut banners = Vec::new();
    if options.demo {
        banners.push("DEMO: everything here is simulated.".to_owned());
    }
    if options.dry_run {
        banners.push("DRY RUN: nothing is changed on the server.".to_owned());
    }
    banners.extend(options.notices.iter().cloned());
    banners
}

#[cfg(test)]
mod tests;
