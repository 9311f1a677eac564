//! Rate limits as Mastodon counts them: fixed windows aligned to the epoch, per token, per user,
//! per paging and deleting user, and for callers without a usable token.
//!
//! Pure: the time is a parameter. A request is counted in every bucket that applies; headers tell
//! of the one with the least left.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::config::RateLimits;
use super::model::Id;

/// Who a request counts against.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    Token(String),
    User(Id),
    Paging(Id),
    Deletions(Id),
    Anonymous,
}

/// The counters of all buckets in their current windows.
#[derive(Debug, Default)]
pub(super) struct Counters(HashMap<Bucket, Count>);

#[derive(Debug, Clone, Copy)]
struct Count {
    /// The number of the window since the epoch.
    window: i64,
    requests: u32,
}

/// What the headers tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// ISO 8601 with microseconds; the fraction is that of the request's time.
    pub(super) reset: String,
    pub(super) exceeded: bool,
}

impl Counters {
    /// Counts one request and tells the tightest budget.
    pub(super) fn count(
        &mut self,
        buckets: Vec<Bucket>,
        limits: &RateLimits,
        now: DateTime<Utc>,
    ) -> Budget {
        let mut tightest: Option<Budget> = None;
        for bucket in buckets {
            let (limit, window) = limit_of(&bucket, limits);
            let seconds = i64::try_from(window.as_secs()).unwrap_or(i64::MAX).max(1);
            let number = now.timestamp().div_euclid(seconds);
            let count = self.0.entry(bucket).or_insert(Count {
                window: number,
                requests: 0,
            });
            if count.window != number {
                *count = Count {
                    window: number,
                    requests: 0,
                };
            }
            count.requests = count.requests.saturating_add(1);
            let left = seconds - now.timestamp().rem_euclid(seconds);
            let budget = Budget {
                limit,
                remaining: limit.saturating_sub(count.requests),
                reset: (now + TimeDelta::seconds(left))
                    .to_rfc3339_opts(SecondsFormat::Micros, true),
                exceeded: count.requests > limit,
            };
            let tighter = tightest.as_ref().is_none_or(|known| {
                (!budget.exceeded, budget.remaining) < (!known.exceeded, known.remaining)
            });
            if tighter {
                tightest = Some(budget);
            }
        }
        tightest.unwrap_or(Budget {
            limit: 0,
            remaining: 0,
            reset: String::new(),
            exceeded: false,
        })
    }
}

fn limit_of(bucket: &Bucket, limits: &RateLimits) -> (u32, Duration) {
    match bucket {
        Bucket::Token(_) => (limits.per_token, limits.window),
        Bucket::User(_) => (limits.per_user, limits.window),
        Bucket::Paging(_) => (limits.paging, limits.paging_window),
        Bucket::Deletions(_) => (limits.deletions, limits.deletions_window),
        Bucket::Anonymous => (limits.anonymous, limits.window),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn windows_are_aligned_and_the_tightest_bucket_is_told() {
        let mut counters = Counters::default();
        let limits = RateLimits::default();
        let buckets = || vec![Bucket::Token("t".to_owned()), Bucket::User(1)];
        let now = at("2026-11-21T08:22:07.469Z");
        let budget = counters.count(buckets(), &limits, now);
        assert_eq!(
            (budget.limit, budget.remaining, budget.exceeded),
            (300, 299, false)
        );
        assert_eq!(budget.reset, "2026-11-21T08:25:00.469000Z");
        for _ in 0..299 {
            counters.count(buckets(), &limits, now);
        }
        let budget = counters.count(buckets(), &limits, now);
        assert_eq!((budget.remaining, budget.exceeded), (0, true));
        let budget = counters.count(buckets(), &limits, at("2026-11-21T08:25:00Z"));
        assert_eq!((budget.remaining, budget.exceeded), (299, false));
    }

    #[test]
    fn paging_has_its_own_longer_window() {
        let mut counters = Counters::default();
        let limits = RateLimits {
            paging: 2,
            ..RateLimits::default()
        };
        let now = at("2026-11-21T08:22:00Z");
        let page = || vec![Bucket::Token("t".to_owned()), Bucket::Paging(1)];
        counters.count(page(), &limits, now);
        assert_eq!(counters.count(page(), &limits, now).limit, 2);
        let budget = counters.count(page(), &limits, at("2026-11-21T08:26:00Z"));
        assert!(budget.exceeded);
        assert_eq!(budget.reset, "2026-11-21T08:30:00.000000Z");
    }
}
