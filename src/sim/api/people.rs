//! What anybody may ask about people: profiles, look-up, search, the own account, and reporting.

use serde_json::json;

use super::reports::{check_category, check_rules};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::{Bearer, Call};
use crate::sim::entity::View;
use crate::sim::model::{Account, Id, Report};
use crate::sim::node::{Node, Object, list};
use crate::sim::state::State;
use crate::sim::version::Version;

/// Longest comment of a local reporter, in characters.
const LONGEST_COMMENT: usize = 1000;

/// Accounts in one search answer, and at most.
const SEARCH_LIMIT: usize = 20;

/// `verify_credentials`: the call that tells a dead token from a missing permission.
pub(super) fn own(state: &State, call: &Call) -> Outcome {
    call.scope(&["read", "read:accounts", "profile"])?;
    let account = call.user(state)?;
    Ok(Answer::json(
        View::new(state, Some(account.id)).own_account(account),
    ))
}

/// The application behind the caller's token; it tells its scopes since 4.3, and needs none itself.
pub(super) fn application(state: &State, call: &Call) -> Outcome {
    let (scopes, name) = match &call.bearer {
        Bearer::Live { scopes, app, .. } => (scopes.clone(), app.clone()),
        Bearer::Revoked { .. } => return Err(Failure::TokenRevoked),
        Bearer::Unknown { .. } => return Err(Failure::TokenInvalid),
    };
    let scopes: Vec<Node> = scopes.into_iter().map(Node::from).collect();
    Ok(Answer::json(
        Object::new()
            .with("id", "1")
            .with("name", name)
            .with("website", Node::NULL)
            .with_if(state.config.version >= Version::V4_3, "scopes", scopes)
            .with("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
    ))
}

pub(super) fn preferences(state: &State, call: &Call) -> Outcome {
    call.scope(&["read", "read:accounts"])?;
    call.user(state)?;
    Ok(Answer::json(
        Object::new()
            .with("posting:default:visibility", "public")
            .with("posting:default:sensitive", false)
            .with("posting:default:language", "en")
            .with("reading:expand:media", "default")
            .with("reading:expand:spoilers", false)
            .with("reading:autoplay:gifs", false),
    ))
}

pub(super) fn get(state: &State, call: &Call, id_text: &str) -> Outcome {
    let account = state.account(id(id_text)?).ok_or(Failure::NotFound)?;
    Ok(Answer::json(
        View::new(state, call.caller()).account(account),
    ))
}

/// `lookup`: only what the server knows already.
pub(super) fn lookup(state: &State, call: &Call) -> Outcome {
    let acct = call
        .params
        .present("acct")
        .ok_or_else(|| Failure::missing("acct"))?;
    let account = state.by_handle(&acct).ok_or(Failure::NotFound)?;
    Ok(Answer::json(
        View::new(state, call.caller()).account(account),
    ))
}

/// `search`: accounts only, and only those the server knows; there is no network to resolve from.
pub(super) fn search(state: &State, call: &Call) -> Outcome {
    let q = call
        .params
        .present("q")
        .ok_or_else(|| Failure::missing("q"))?;
    if matches!(call.bearer, Bearer::Live { .. }) {
        call.scope(&["read", "read:search"])?;
    } else {
        allow_anonymous_search(call)?;
    }
    let view = View::new(state, call.caller());
    let wanted = call
        .params
        .present("type")
        .is_none_or(|kind| kind == "accounts");
    let found = if wanted {
        matching(view, &q)
    } else {
        Vec::new()
    };
    let nodes = found.into_iter().map(|account| view.account(account));
    Ok(Answer::json(
        Object::new()
            .with("accounts", list(nodes))
            .with("statuses", json!([]))
            .with("hashtags", json!([])),
    ))
}

fn allow_anonymous_search(call: &Call) -> Result<(), Failure> {
    if call.params.flag("resolve") == Some(true) {
        return Err(Failure::Unauthenticated(
            "Search queries that resolve remote resources are not supported without authentication",
        ));
    }
    if call.params.has("offset") {
        return Err(Failure::Unauthenticated(
            "Search queries pagination is not supported without authentication",
        ));
    }
    Ok(())
}

/// A handle or a profile's URL finds its account, other words the names that begin with them.
fn matching<'s>(view: View<'s>, q: &str) -> Vec<&'s Account> {
    if let Some(account) = view.state.by_handle(q) {
        return vec![account];
    }
    let prefix = q.trim().trim_start_matches('@').to_lowercase();
    let fits = |account: &&Account| {
        !account.is_server_actor()
            && (view.account_url(account) == q
                || account.username.to_lowercase().starts_with(&prefix)
                || account.display_name.to_lowercase().starts_with(&prefix))
    };
    view.state
        .accounts
        .iter()
        .filter(fits)
        .take(SEARCH_LIMIT)
        .collect()
}

/// `POST /api/v1/reports`: a local person reports somebody.
pub(super) fn report(state: &mut State, call: &Call) -> Outcome {
    call.scope(&["write", "write:reports"])?;
    let reporter = call.user(state)?.id;
    let target = id(&call.params.text("account_id").unwrap_or_default())?;
    let account = state.account(target).filter(|account| !account.suspended);
    let is_remote = !account.ok_or(Failure::NotFound)?.is_local();
    let statuses = reported_statuses(state, call, target)?;
    let rules: Option<Vec<Id>> = call
        .params
        .list("rule_ids")
        .filter(|ids| !ids.is_empty())
        .map(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect());
    let category = match rules {
        Some(_) => "violation".to_owned(),
        None => call
            .params
            .present("category")
            .unwrap_or_else(|| "other".to_owned()),
    };
    check_category(state, &category)?;
    let comment = call.params.text("comment").unwrap_or_default();
    if comment.chars().count() > LONGEST_COMMENT {
        return Err(Failure::invalid(
            "Comment is too long (maximum is 1000 characters)",
        ));
    }
    check_rules(state, &category, rules.as_deref())?;
    let forwarded = is_remote && call.params.flag("forward") == Some(true);
    let filed = state.file(Report {
        statuses,
        rules,
        forwarded: Some(forwarded),
        ..Report::blank(reporter, target, category, comment, state.clock().now())
    });
    let report = state.report(filed).ok_or(Failure::NotFound)?;
    Ok(Answer::json(
        View::new(state, Some(reporter)).report(report),
    ))
}

fn reported_statuses(state: &State, call: &Call, target: Id) -> Result<Vec<Id>, Failure> {
    let asked = call.params.list("status_ids").unwrap_or_default();
    let mut statuses = Vec::new();
    for text in asked {
        let status = state.status(id(&text)?).ok_or(Failure::NotFound)?;
        if status.account != target {
            return Err(Failure::NotFound);
        }
        statuses.push(status.id);
    }
    Ok(statuses)
}
