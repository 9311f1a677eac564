//! Times and spans as people say them.

use chrono::{DateTime, TimeDelta, Utc};

/// `14:02 UTC` today, with the date on other days.
pub(super) fn at(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let format = if time.date_naive() == now.date_naive() {
        "%H:%M UTC"
    } else {
        "%Y-%m-%d %H:%M UTC"
    };
    time.format(format).to_string()
}

/// A span in its largest unit: `12 s`, `4 min`, `3 h`, `5 days`, `2 years`.
pub(super) fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let count = |count: i64, unit: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        172_800..63_072_000 => count(seconds / 86_400, "day"),
        _ => count(seconds / 31_536_000, "year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_largest_unit() {
        for (seconds, said) in [
            (-5, "0 s"),
            (59, "59 s"),
            (61, "1 min"),
            (7_200, "2 h"),
            (172_800, "2 days"),
            (63_072_000, "2 years"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), said);
        }
    }
}
