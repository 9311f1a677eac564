//! Where a page of cases ended, for the next one: opaque to whoever passes it on.

use chrono::{DateTime, Utc};

use crate::domain::CaseId;

/// Writes down the last case of a page.
pub(super) fn write(opened_at: DateTime<Utc>, case: CaseId) -> String {
    format!("{}-{}", opened_at.timestamp_millis(), case.0)
}

/// Reads it back; `None` for what we never wrote.
pub(super) fn read(text: &str) -> Option<(DateTime<Utc>, CaseId)> {
    let (millis, case) = text.split_once('-')?;
    let at = DateTime::from_timestamp_millis(millis.parse().ok()?)?;
    Some((at, case.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let at = DateTime::from_timestamp_millis(1_763_700_000_123).unwrap();
        assert_eq!(read(&write(at, CaseId(42))), Some((at, CaseId(42))));
        for text in [
            "",
            "42",
            "x-42",
            "1-x",
            "1-0",
            "9223372036854775807-1",
            "-1-2-3",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
