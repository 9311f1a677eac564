//! How many calls a token may still make, and who may make them.
//!
//! Mastodon counts in fixed windows aligned to the epoch: 300 calls in 5 minutes per token (and
//! 1500 per user since 4.1), and 300 *paged* calls in 15 minutes per user. Every answer carries
//! `X-RateLimit-Limit`, `-Remaining` and `-Reset` of the tightest window that the call counts in;
//! there is no `Retry-After` (observed on 4.2 and 4.3). People go first: reconciliation and
//! background work leave them a reserve. Nothing here waits; who may not call learns when to try
//! again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use http::HeaderMap;

use super::error::ClientError;

/// Who is asking. Lower ones leave a reserve for higher ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Everything that can wait: context, blocklists.
    Background,
    /// What webhooks missed.
    Reconcile,
    /// A person is waiting.
    Person,
}

impl Priority {
    /// The share of a window, in percent, that is left for higher priorities.
    fn reserve(self) -> i64 {
        match self {
            Self::Person => 0,
            Self::Reconcile => 20,
            Self::Background => 50,
        }
    }
}

/// Calls per window as long as the server has not said otherwise.
const LIMIT: i64 = 300;

/// Paged calls in 15 minutes. Mastodon allows 300 per *user*, and the same person may page through
/// a client of their own, so a sixth stays unused.
const PAGED_LIMIT: i64 = 250;

/// The length of the window for paged calls, in seconds.
const PAGED_WINDOW: i64 = 900;

/// The length of the window for all calls.
const WINDOW: TimeDelta = TimeDelta::seconds(300);

/// After a 429 whose reset lies in the past (clocks differ), wait at least this long.
const LEAST_WAIT: TimeDelta = TimeDelta::seconds(5);

/// The budget of one token, shared by every client that uses it.
#[derive(Debug)]
pub(super) struct Budget(Mutex<State>);

#[derive(Debug)]
struct State {
    /// All calls, by the server's count; `None` while nothing is known of the present window.
    calls: Option<Window>,
    /// How many calls a window has.
    limit: i64,
    /// Calls sent and not answered yet: the server's count may not hold them.
    in_flight: i64,
    /// Paged calls, by our count.
    paged_used: i64,
    /// The end of the window that `paged_used` counts in.
    paged_until: DateTime<Utc>,
}

#[derive(Debug)]
struct Window {
    limit: i64,
    remaining: i64,
    reset_at: DateTime<Utc>,
}

impl Budget {
    /// A full budget.
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            calls: None,
            limit: LIMIT,
            in_flight: 0,
            paged_used: 0,
            paged_until: DateTime::UNIX_EPOCH,
        }))
    }

    /// Takes one call, or says when to try again.
    pub(super) fn take(
        &self,
        now: DateTime<Utc>,
        priority: Priority,
        is_paged: bool,
    ) -> Result<Ticket<'_>, ClientError> {
        let mut state = self.lock();
        state.roll_over(now);
        let keep = |limit: i64| limit * priority.reserve() / 100;
        let (remaining, reset_at) = match &state.calls {
            Some(window) => (window.remaining, window.reset_at),
            None => (state.limit, now),
        };
        if remaining - state.in_flight <= keep(state.limit) {
            let until = later(reset_at, now);
            return Err(ClientError::RateLimited { until });
        }
        if is_paged {
            if PAGED_LIMIT - state.paged_used <= keep(PAGED_LIMIT) {
                let until = later(state.paged_until, now);
                return Err(ClientError::RateLimited { until });
            }
            state.paged_used += 1;
        }
        state.in_flight += 1;
        Ok(Ticket {
            budget: self,
            is_paged,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets windows that have ended.
    fn roll_over(&mut self, now: DateTime<Utc>) {
        self.calls.take_if(|window| now >= window.reset_at);
        if now >= self.paged_until {
            self.paged_used = 0;
            self.paged_until = end_of_paged_window(now);
        }
    }

    /// Takes the server's count. Answers may overtake one another, so within a window only a
    /// smaller count is news.
    fn learn(&mut self, told: Window, now: DateTime<Utc>, is_paged: bool) {
        // A reset further ahead than the window for all calls is that of the paged ones.
        if is_paged && told.reset_at - now > WINDOW {
            self.paged_used = self.paged_used.max(told.limit - told.remaining);
            return;
        }
        self.limit = told.limit;
        match &mut self.calls {
            Some(known) if told.reset_at < known.reset_at => {}
            Some(known) if told.reset_at == known.reset_at => {
                known.remaining = known.remaining.min(told.remaining);
            }
            _ => self.calls = Some(told),
        }
    }
}

/// One call taken from the budget; gives its place back when dropped.
#[derive(Debug)]
pub(super) struct Ticket<'a> {
    budget: &'a Budget,
    is_paged: bool,
}

impl Ticket<'_> {
    /// Takes the server's count from an answer's headers.
    pub(super) fn answered(&self, headers: &HeaderMap, now: DateTime<Utc>) {
        if let Some(told) = told(headers) {
            self.budget.lock().learn(told, now, self.is_paged);
        }
    }

    /// Takes a 429: nothing more before the time it gives, which is returned.
    pub(super) fn exhausted(&self, headers: &HeaderMap, now: DateTime<Utc>) -> DateTime<Utc> {
        let reset_at = told(headers).map_or(now, |told| told.reset_at);
        let until = later(reset_at, now);
        let mut state = self.budget.lock();
        if self.is_paged && until - now > WINDOW {
            state.paged_used = PAGED_LIMIT;
            state.paged_until = until;
        } else {
            state.calls = Some(Window {
                limit: state.limit,
                remaining: 0,
                reset_at: until,
            });
        }
        until
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.budget.lock().in_flight -= 1;
    }
}

/// The three headers, if all are there. The reset's fraction of a second is noise.
fn told(headers: &HeaderMap) -> Option<Window> {
    let text = |name| headers.get(name)?.to_str().ok();
    Some(Window {
        limit: text("x-ratelimit-limit")?.parse().ok()?,
        remaining: text("x-ratelimit-remaining")?.parse().ok()?,
        reset_at: DateTime::parse_from_rfc3339(text("x-ratelimit-reset")?)
            .ok()?
            .with_timezone(&Utc)
            .trunc_subsecs(0),
    })
}

fn end_of_paged_window(now: DateTime<Utc>) -> DateTime<Utc> {
    let end = (now.timestamp().div_euclid(PAGED_WINDOW) + 1) * PAGED_WINDOW;
    DateTime::from_timestamp(end, 0).unwrap_or(now)
}

fn later(reset_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    reset_at.max(now + LEAST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-21T{text}Z").parse().unwrap()
    }

    fn headers(remaining: i64, reset: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-limit", "300".parse().unwrap());
        headers.insert(
            "x-ratelimit-remaining",
            remaining.to_string().parse().unwrap(),
        );
        let reset = format!("2026-11-21T{reset}.469896Z");
        headers.insert("x-ratelimit-reset", reset.parse().unwrap());
        headers
    }

    fn until(result: Result<Ticket<'_>, ClientError>) -> Option<DateTime<Utc>> {
        match result {
            Ok(_) => None,
            Err(ClientError::RateLimited { until }) => Some(until),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn people_go_first_then_reconciliation() {
        let budget = Budget::new();
        let now = at("08:21:00");
        for (remaining, person, reconcile, background) in [
            (151, true, true, true),
            (150, true, true, false),
            (61, true, true, false),
            (60, true, false, false),
            (1, true, false, false),
            (0, false, false, false),
        ] {
            let ticket = budget.take(now, Priority::Person, false).unwrap();
            ticket.answered(&headers(remaining, "08:25:00"), now);
            drop(ticket);
            for (priority, may) in [
                (Priority::Person, person),
                (Priority::Reconcile, reconcile),
                (Priority::Background, background),
            ] {
                let found = until(budget.take(now, priority, false));
                let expected = (!may).then(|| at("08:25:00"));
                assert_eq!(found, expected, "{priority:?} with {remaining}");
            }
        }
        assert_eq!(
            until(budget.take(at("08:25:00"), Priority::Background, false)),
            None
        );
    }

    #[test]
    fn answers_that_overtake_one_another_never_raise_the_count() {
        let budget = Budget::new();
        let now = at("08:21:00");
        let first = budget.take(now, Priority::Person, false).unwrap();
        let second = budget.take(now, Priority::Person, false).unwrap();
        second.answered(&headers(10, "08:25:00"), now);
        first.answered(&headers(11, "08:25:00"), now);
        assert_eq!(budget.lock().calls.as_ref().unwrap().remaining, 10);
        drop((first, second));
        let next = at("08:25:01");
        let third = budget.take(next, Priority::Person, false).unwrap();
        third.answered(&headers(299, "08:30:00"), next);
        assert_eq!(budget.lock().calls.as_ref().unwrap().remaining, 299);
    }

    #[test]
    fn calls_under_way_count_and_give_their_place_back() {
        let budget = Budget::new();
        let now = at("08:21:00");
        let tickets: Vec<_> = (0..LIMIT)
            .map(|_| budget.take(now, Priority::Person, false).unwrap())
            .collect();
        assert!(until(budget.take(now, Priority::Person, false)).is_some());
        drop(tickets);
        assert_eq!(until(budget.take(now, Priority::Person, false)), None);
    }

    #[test]
    fn paged_calls_have_a_budget_of_their_own_with_headroom() {
        let budget = Budget::new();
        let now = at("08:16:00");
        for _ in 0..200 {
            assert_eq!(until(budget.take(now, Priority::Reconcile, true)), None);
        }
        assert_eq!(
            until(budget.take(now, Priority::Reconcile, true)),
            Some(at("08:30:00"))
        );
        assert_eq!(until(budget.take(now, Priority::Reconcile, false)), None);
        assert_eq!(until(budget.take(now, Priority::Person, true)), None);
        assert_eq!(
            until(budget.take(at("08:30:00"), Priority::Reconcile, true)),
            None
        );
    }

    #[test]
    fn a_429_ends_the_window_it_speaks_of() {
        let budget = Budget::new();
        let now = at("08:16:00");
        let paged = budget.take(now, Priority::Person, true).unwrap();
        assert_eq!(
            paged.exhausted(&headers(0, "08:30:00"), now),
            at("08:30:00")
        );
        drop(paged);
        assert_eq!(
            until(budget.take(now, Priority::Person, true)),
            Some(at("08:30:00"))
        );
        assert_eq!(until(budget.take(now, Priority::Person, false)), None);

        let plain = budget.take(now, Priority::Person, false).unwrap();
        assert_eq!(
            plain.exhausted(&headers(0, "08:20:00"), now),
            at("08:20:00")
        );
        drop(plain);
        assert_eq!(
            until(budget.take(now, Priority::Person, false)),
            Some(at("08:20:00"))
        );
    }

    #[test]
    fn a_429_without_a_usable_time_still_makes_callers_wait() {
        let budget = Budget::new();
        let now = at("08:16:00");
        let ticket = budget.take(now, Priority::Person, false).unwrap();
        assert_eq!(ticket.exhausted(&HeaderMap::new(), now), at("08:16:05"));
        assert_eq!(
            ticket.exhausted(&headers(0, "07:00:00"), now),
            at("08:16:05")
        );
    }
}
