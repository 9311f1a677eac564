//! Statuses: a person's own ones, and an account's as a reader may see them.

use super::page::{Size, answer, page};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::{Bearer, Call};
use crate::sim::entity::View;
use crate::sim::model::{Id, Status, Visibility};
use crate::sim::moderation::Draft;
use crate::sim::state::State;

const SIZE: Size = Size {
    default: 20,
    max: 40,
};

/// What the longest status has, in characters.
const LONGEST_STATUS: usize = 500;

pub(super) fn post(state: &mut State, call: &Call) -> Outcome {
    let author = writer(state, call)?;
    if let Some(first) = earlier(state, call, author) {
        // The key is honoured even when the text differs.
        return shown(state, author, first);
    }
    let text = checked_text(call)?;
    let visibility = match call.params.present("visibility") {
        None => Visibility::Public,
        Some(name) => Visibility::parse(&name)
            .ok_or_else(|| Failure::invalid("Visibility is not included in the list"))?,
    };
    let application = match &call.bearer {
        Bearer::Live { app, .. } => Some(app.clone()),
        _ => None,
    };
    let posted = state.post(
        author,
        Draft {
            text,
            visibility,
            spoiler_text: call.params.text("spoiler_text").unwrap_or_default(),
            language: call
                .params
                .present("language")
                .unwrap_or_else(|| "en".to_owned()),
            pictures: Vec::new(),
            application,
            idempotency_key: call.idempotency_key.clone(),
        },
    );
    shown(state, author, posted)
}

pub(super) fn edit(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let author = writer(state, call)?;
    let own = own(state, author, id_text)?;
    let text = checked_text(call)?;
    state.edit(own, text);
    shown(state, author, own)
}

/// Only own statuses; there is no admin call for those of others.
pub(super) fn delete(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let author = writer(state, call)?;
    let own = own(state, author, id_text)?;
    let answer = shown(state, author, own)?;
    if let Some(status) = state.statuses.iter_mut().find(|status| status.id == own) {
        status.deleted = true;
    }
    Ok(answer)
}

/// An account's statuses under the normal rules of visibility: staff sees no more than others.
pub(super) fn of_account(state: &State, call: &Call, id_text: &str) -> Outcome {
    if !matches!(call.bearer, Bearer::Unknown { sent: false }) {
        call.scope(&["read", "read:statuses"])?;
    }
    let account = state.account(id(id_text)?).ok_or(Failure::NotFound)?;
    let viewer = call.caller();
    let hidden = account.suspended || call.params.flag("pinned") == Some(true);
    let visible = state
        .statuses
        .iter()
        .filter(|status| !hidden && status.account == account.id && may_read(status, viewer));
    let ids = page(call, visible.map(|status| status.id).collect(), SIZE)?;
    let view = View { state, viewer };
    let nodes = ids
        .iter()
        .filter_map(|&id| state.status(id))
        .map(|status| view.status(status));
    answer(
        call,
        &state.web_url,
        &["exclude_reblogs", "exclude_replies"],
        SIZE,
        &ids,
        nodes,
    )
}

fn may_read(status: &Status, viewer: Option<Id>) -> bool {
    let mentioned = viewer.is_some_and(|viewer| status.mentions.contains(&viewer));
    !status.deleted
        && match status.visibility {
            Visibility::Public | Visibility::Unlisted => true,
            // The simulated server keeps no follows: followers-only means the author.
            Visibility::Private | Visibility::Direct => mentioned || viewer == Some(status.account),
        }
}

fn writer(state: &State, call: &Call) -> Result<Id, Failure> {
    call.scope(&["write", "write:statuses"])?;
    Ok(call.user(state)?.id)
}

fn own(state: &State, author: Id, id_text: &str) -> Result<Id, Failure> {
    let status = state
        .status(id(id_text)?)
        .filter(|s| s.account == author && !s.deleted);
    status.map(|status| status.id).ok_or(Failure::NotFound)
}

fn earlier(state: &State, call: &Call, author: Id) -> Option<Id> {
    let key = call.idempotency_key.as_ref()?;
    let same =
        |status: &&Status| status.account == author && status.idempotency_key.as_ref() == Some(key);
    state.statuses.iter().find(same).map(|status| status.id)
}

fn checked_text(call: &Call) -> Result<String, Failure> {
    let text = call.params.text("status").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Failure::invalid("Text can't be blank"));
    }
    if text.chars().count() > LONGEST_STATUS {
        return Err(Failure::invalid("Text character limit of 500 exceeded"));
    }
    Ok(text)
}

fn shown(state: &State, viewer: Id, id: Id) -> Outcome {
    let status = state.status(id).ok_or(Failure::NotFound)?;
    Ok(Answer::json(View::new(state, Some(viewer)).status(status)))
}
