//! Time as a parameter: everything that is scheduled asks a [`Clock`], so that tests can step it.
//!
//! Wardroom's times are UTC with milliseconds, cut once here, so that a value read back from either
//! database equals the one that was written (PostgreSQL keeps microseconds).

use std::sync::Mutex;
use std::sync::PoisonError;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// Where the current time comes from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The current time in UTC, cut to milliseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the system's time"
    )]
    fn now(&self) -> DateTime<Utc> {
        cut(Utc::now())
    }
}

/// A clock that stands still until it is stepped: for tests and for training runs.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self(Mutex::new(cut(start)))
    }

    /// Moves the clock forward by `step`.
    pub fn advance(&self, step: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = cut(*now + step);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut(time: DateTime<Utc>) -> DateTime<Utc> {
    // Truncation fails only for spans that overflow nanoseconds (before 1677, after 2262).
    time.duration_trunc(TimeDelta::milliseconds(1))
        .unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_milliseconds() {
        let clock = ManualClock::new(DateTime::from_timestamp_nanos(1_700_000_000_123_456_789));
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_000_000);
        clock.advance(TimeDelta::microseconds(1_999));
        assert_eq!(clock.now().timestamp_subsec_nanos(), 124_000_000);
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000_000, 0);
    }
}
