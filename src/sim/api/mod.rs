//! The HTTP API of the simulated server: one table of routes over plain functions.
//!
//! Each function takes the whole state and the call and returns the answer, in Mastodon's order of
//! checks: scope, then existence, then permission, then validity.

mod accounts;
mod actions;
mod blocks;
mod domain_blocks;
mod domain_name;
mod instance;
mod measures;
mod page;
mod people;
mod reports;
mod statuses;

use super::answer::{Answer, Failure};
use super::call::Call;
use super::model::Id;
use super::state::State;

type Outcome = Result<Answer, Failure>;

/// Answers one request and applies what it asks for.
pub(super) fn answer(state: &mut State, call: &Call) -> Answer {
    let segments: Vec<&str> = call.path.trim_matches('/').split('/').collect();
    let outcome = match segments.as_slice() {
        ["api", version, "admin", rest @ ..] => {
            not_suspended(state, call).and_then(|()| admin(state, call, version, rest))
        }
        ["api", version, rest @ ..] => {
            not_suspended(state, call).and_then(|()| api(state, call, version, rest))
        }
        rest => instance::outside_the_api(state, call, rest),
    };
    outcome.unwrap_or_else(|failure| failure.answer(call.wants_json))
}

/// A suspended login is refused before anything else; a frozen one is not.
fn not_suspended(state: &State, call: &Call) -> Result<(), Failure> {
    let suspended = call
        .caller()
        .and_then(|id| state.account(id))
        .is_some_and(|account| account.suspended);
    if suspended {
        Err(Failure::LOGIN_DISABLED)
    } else {
        Ok(())
    }
}

fn admin(state: &mut State, call: &Call, version: &str, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), version, rest) {
        ("GET", "v1", ["accounts"]) => accounts::list_v1(state, call),
        ("GET", "v2", ["accounts"]) => accounts::list_v2(state, call),
        ("GET", "v1", ["accounts", id]) => accounts::get(state, call, id),
        ("POST", "v1", ["accounts", id, "action"]) => actions::act(state, call, id),
        ("POST", "v1", ["accounts", id, "approve"]) => actions::approve(state, call, id),
        ("POST", "v1", ["accounts", id, "reject"]) => actions::reject(state, call, id),
        ("POST", "v1", ["accounts", id, "enable"]) => actions::enable(state, call, id),
        ("POST", "v1", ["accounts", id, "unsilence"]) => actions::unsilence(state, call, id),
        ("POST", "v1", ["accounts", id, "unsensitive"]) => actions::unsensitive(state, call, id),
        ("POST", "v1", ["accounts", id, "unsuspend"]) => actions::unsuspend(state, call, id),
        ("DELETE", "v1", ["accounts", id]) => actions::delete(state, call, id),
        ("GET", "v1", ["reports"]) => reports::list(state, call),
        ("GET", "v1", ["reports", id]) => reports::get(state, call, id),
        ("PUT", "v1", ["reports", id]) => reports::update(state, call, id),
        ("POST", "v1", ["reports", id, step]) => reports::step(state, call, id, step),
        (_, "v1", ["domain_blocks", ..]) => domain_blocks::route(state, call, rest),
        (_, "v1", ["email_domain_blocks" | "ip_blocks", ..]) => blocks::route(state, call, rest),
        ("POST", "v1", ["measures"]) => measures::measures(state, call),
        _ => Err(Failure::NoRoute),
    }
}

fn api(state: &mut State, call: &Call, version: &str, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), version, rest) {
        ("GET", "v2", ["instance"]) => Ok(instance::v2(state)),
        ("GET", "v1", ["instance"]) => Ok(instance::v1(state)),
        ("GET", "v1", ["instance", "rules"]) => Ok(instance::rules(state)),
        ("GET", "v1", ["instance", "domain_blocks"]) => Err(Failure::TurnedOff),
        ("GET", "v1", ["preferences"]) => people::preferences(state, call),
        ("GET", "v1", ["accounts", "verify_credentials"]) => people::own(state, call),
        ("GET", "v1", ["apps", "verify_credentials"]) => people::application(state, call),
        ("GET", "v1", ["accounts", "lookup"]) => people::lookup(state, call),
        ("GET", "v2", ["search"]) => people::search(state, call),
        ("GET", "v1", ["accounts", id]) => people::get(state, call, id),
        ("GET", "v1", ["accounts", id, "statuses"]) => statuses::of_account(state, call, id),
        ("POST", "v1", ["reports"]) => people::report(state, call),
        ("POST", "v1", ["statuses"]) => statuses::post(state, call),
        ("PUT", "v1", ["statuses", id]) => statuses::edit(state, call, id),
        ("DELETE", "v1", ["statuses", id]) => statuses::delete(state, call, id),
        _ => Err(Failure::NoRoute),
    }
}

/// The id in a path; text that is no number finds nothing.
fn id(text: &str) -> Result<Id, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}
