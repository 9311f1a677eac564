//! The server's version, from the free text that servers give.

use std::fmt;

/// A version such as `4.3.23`, `4.5.0-nightly.2026-01-02`, `4.3.4+glitch` or
/// `2.7.2 (compatible; Pleroma 2.6.0)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    text: String,
    numbers: (u32, u32, u32),
    other_software: Option<String>,
}

impl Version {
    /// Reads a version. Text without a number in front reads as 0.0.0, which can do nothing.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let mut parts = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let mut next = || parts.next().and_then(Result::ok).unwrap_or(0);
        let numbers = (next(), next(), next());
        let other_software = text
            .split_once("(compatible; ")
            .map(|(_, software)| software.trim_end_matches(')').to_owned());
        Self {
            text: text.to_owned(),
            numbers,
            other_software,
        }
    }

    /// Whether this is at least Mastodon `major.minor`. A pre-release counts as its release: the
    /// features are in it.
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        (self.numbers.0, self.numbers.1) >= (major, minor)
    }

    /// The software that only claims to be compatible, such as `Pleroma 2.6.0`; it has no admin API
    /// that we know.
    pub fn other_software(&self) -> Option<&str> {
        self.other_software.as_deref()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_write_them() {
        for (text, numbers, other) in [
            ("4.3.23", (4, 3, 23), None),
            ("4.5.0-nightly.2026-01-02", (4, 5, 0), None),
            ("4.6.0-beta.1", (4, 6, 0), None),
            ("4.3.4+glitch", (4, 3, 4), None),
            ("4.2.10+hometown-1.1.1", (4, 2, 10), None),
            ("10.11", (10, 11, 0), None),
            (
                "2.7.2 (compatible; Pleroma 2.6)",
                (2, 7, 2),
                Some("Pleroma 2.6"),
            ),
            ("main", (0, 0, 0), None),
            ("", (0, 0, 0), None),
            ("99999999999.1", (0, 1, 0), None),
        ] {
            let version = Version::parse(text);
            assert_eq!(version.numbers, numbers, "{text}");
            assert_eq!(version.other_software(), other, "{text}");
            assert_eq!(version.to_string(), text);
        }
    }

    #[test]
    fn versions_compare_by_major_and_minor() {
        let version = Version::parse("4.10.0-rc.1");
        assert!(
            version.is_at_least(4, 10) && version.is_at_least(4, 3) && version.is_at_least(3, 99)
        );
        assert!(!version.is_at_least(4, 11) && !version.is_at_least(5, 0));
    }
}
