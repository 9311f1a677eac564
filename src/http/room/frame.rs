//! What stands around every page of the room: bar, banners, command line.

use super::session::Signed;
use super::view::spoken;
use crate::desk::standing::Standing;
use crate::http::state::HttpState;
use crate::http::token::new_token;
use crate::telemetry::readiness::PartState;
use crate::template::{Banner, Frame};

/// Which page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// Cases.
    Cases,
    /// Operations.
    Operations,
    /// The audit log.
    Audit,
}

/// What the database says for the frame.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Cases that are not resolved.
    pub(super) unresolved: i64,
    /// The last change that the page shows.
    pub(super) last_change: i64,
}

/// The frame of a page at `here`.
pub(super) fn frame(
    state: &HttpState,
    signed: &Signed,
    page: Page,
    title: String,
    here: String,
    counts: Counts,
) -> Frame {
    Frame {
        title,
        assets: state.assets.clone(),
        server: state.settings.server_name.clone(),
        server_url: state.settings.server_url.to_string(),
        moderator: signed.name().to_string(),
        role: signed.known.moderator.role.to_string(),
        on_cases: page == Page::Cases,
        on_operations: page == Page::Operations,
        on_audit: page == Page::Audit,
        unresolved: counts.unresolved,
        banners: banners(state, &signed.known.standing),
        csrf: signed.csrf.clone(),
        nonce: new_token(),
        here,
        last_change: counts.last_change,
        case: None,
        answer: None,
    }
}

/// What must not be overlooked.
pub(super) fn banners(state: &HttpState, standing: &Standing) -> Vec<Banner> {
    let mut banners = Vec::new();
    let mut add = |tone, icon, title, text: String| {
        banners.push(Banner {
            tone,
            icon,
            title,
            words: spoken(&text),
        });
    };
    if state.settings.is_demo {
        let text =
            "The Mastodon behind this is simulated, and so is everybody in it. Try everything.";
        add("demo", "demo", "Demo", text.to_owned());
    }
    if let Some(stop) = &standing.stop_all {
        let text = format!(
            "{} stopped everything: nothing on the server is changed. A lead, two moderators or the \
             host lift it with `stop reset all`.",
            stop.by
        );
        add("stop", "stop", "Stopped", text);
    }
    if let Some(why) = standing.dry_run {
        let text = format!("Nothing is changed on the server: {why}.");
        add("dry", "dry", "Dry run", text);
    }
    if let Some(stop) = &standing.stop_automation {
        let text = format!("{} stopped whatever acts by itself.", stop.by);
        add("stop", "stop", "Automation stopped", text);
    }
    for (name, stop) in &standing.stopped {
        let text = format!("{} stopped {name}: nothing they ask for is sent.", stop.by);
        add("stop", "stop", "Moderator stopped", text);
    }
    for part in state.readiness.parts() {
        if matches!(part.state, PartState::Degraded | PartState::Down) {
            add(
                "warn",
                "warn",
                "Not working",
                format!("{}: {}", part.part, part.text),
            );
        }
    }
    banners
}
