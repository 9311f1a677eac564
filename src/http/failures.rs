//! Counts wrong tokens and wrong invites by address, so that guessing is slow. In memory: a
//! restart forgives, and each replica counts for itself.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Failures that an address may have within [`WINDOW`].
const ALLOWED: u32 = 20;
/// How long a failure counts.
const WINDOW: TimeDelta = TimeDelta::minutes(5);
/// Addresses remembered at most; beyond it the old ones are forgotten first.
const REMEMBERED: usize = 10_000;

/// The failures of late.
#[derive(Debug, Default)]
pub(super) struct Failures {
    by_address: Mutex<HashMap<IpAddr, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: DateTime<Utc>,
    failures: u32,
}

impl Failures {
    /// Whether `address` has failed too often of late to be listened to.
    pub(super) fn is_blocked(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        let counts = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        counts
            .get(&network(address))
            .is_some_and(|count| count.failures >= ALLOWED && now - count.since < WINDOW)
    }

    /// Counts a failure of `address`.
    pub(super) fn add(&self, address: IpAddr, now: DateTime<Utc>) {
        let mut counts = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED {
            counts.retain(|_, count| now - count.since < WINDOW);
        }
        if counts.len() >= REMEMBERED {
            counts.clear();
        }
        let count = counts.entry(network(address)).or_insert(Count {
            since: now,
            failures: 0,
        });
        if now - count.since >= WINDOW {
            *count = Count {
                since: now,
                failures: 0,
            };
        }
        count.failures += 1;
    }
}

/// One customer is one address in IPv4, a /64 in IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_blocked_after_its_failures_and_forgiven_after_the_window() {
        let failures = Failures::default();
        let (one, two): (IpAddr, IpAddr) = (
            "2001:db8::1".parse().unwrap(),
            "2001:db8::2".parse().unwrap(),
        );
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let now = DateTime::UNIX_EPOCH;
        for _ in 1..ALLOWED {
            failures.add(one, now);
        }
        assert!(!failures.is_blocked(one, now));
        failures.add(two, now);
        assert!(failures.is_blocked(one, now), "the same /64");
        assert!(!failures.is_blocked(other, now));
        assert!(!failures.is_blocked(one, now + WINDOW));
        failures.add(one, now + WINDOW);
        assert!(!failures.is_blocked(one, now + WINDOW));
    }
}
