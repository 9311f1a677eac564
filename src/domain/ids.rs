//! Newtypes for everything that has a name or a number, so that one cannot be passed for another.
//!
//! Ids of the server are opaque strings (Mastodon sends decimal strings, 64-bit snowflakes for
//! accounts and statuses). Ids that people type are our database's integers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Defines an opaque text id. A macro, because five equal newtypes would be five copies of the
/// same forty lines.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

/// Defines a numeric id of our own database.
macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

text_id!(
    /// An account on the server, local or remote.
    AccountId
);
text_id!(
    /// A status on the server.
    StatusId
);
text_id!(
    /// A report on the server. People write it `report:8437`.
    ReportId
);
text_id!(
    /// A domain block on the server.
    DomainBlockId
);
text_id!(
    /// A moderator's name in the configuration: the one name in audit log, cards and notes.
    ModeratorName
);
text_id!(
    /// A channel's name in the configuration.
    ChannelName
);
number_id!(
    /// A case. People write and read it `#42`.
    CaseId, "#"
);
number_id!(
    /// An operation. People write and read it `op-17`.
    OperationId, "op-"
);
number_id!(
    /// A stored webhook request.
    DeliveryId, ""
);
number_id!(
    /// A moderator's note on a case.
    NoteId, ""
);

impl ReportId {
    /// The id as a number, for ordering newest first. Mastodon's report ids are small integers.
    pub fn number(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

impl FromStr for OperationId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("op-")
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| format!("'{text}' is no operation: expected op-NUMBER, such as op-17"))
    }
}

impl FromStr for CaseId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        match digits.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(format!(
                "'{text}' is no case: expected a number, such as #42"
            )),
        }
    }
}

/// A domain name, checked and normalised: trimmed, lower case, punycode, no trailing dot.
///
/// Mastodon 4.2 stores `https://url.test/path` or `*.wild.test` as they come, and every version
/// accepts a block of the server's own domain, so what we send is checked
/// here first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DomainName(String);

impl DomainName {
    /// Parses what a person or a remote system wrote.
    ///
    /// # Errors
    /// Names the text and what is wrong with it: empty, a URL, a wildcard, no dot, a bad character,
    /// longer than 253 bytes, or an IP address.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let fail = |why| DomainError {
            found: text.chars().take(80).collect(),
            why,
        };
        let trimmed = text.trim().trim_end_matches('.');
        if trimmed.is_empty() {
            return Err(fail("it is empty"));
        }
        if trimmed.contains("://") || trimmed.contains('/') {
            return Err(fail("it is a URL; write the domain alone"));
        }
        if trimmed.contains('*') {
            return Err(fail(
                "wildcards are not possible: Mastodon covers subdomains by itself",
            ));
        }
        if trimmed.contains('@') {
            return Err(fail("it is a handle; write the domain alone"));
        }
        let ascii = idna::domain_to_ascii_strict(trimmed)
            .map_err(|_| fail("it holds characters that no domain name may have"))?;
        if ascii.parse::<std::net::Ipv4Addr>().is_ok() || ascii.contains(':') {
            return Err(fail("it is an IP address"));
        }
        if !ascii.contains('.') {
            return Err(fail("it has no dot"));
        }
        if ascii.len() > 253 {
            return Err(fail("it is longer than 253 characters"));
        }
        Ok(Self(ascii))
    }

    /// The domain in lower-case ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `self` is `other` or a subdomain of it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0
            || self
                .0
                .strip_suffix(&other.0)
                .is_some_and(|left| left.ends_with('.'))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DomainName {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for DomainName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Why a text is no domain name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no domain name: {why}")]
pub struct DomainError {
    found: String,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_normalised() {
        for (text, normal) in [
            (" Example.ORG. ", "example.org"),
            ("bücher.test", "xn--bcher-kva.test"),
            ("xn--bcher-kva.test", "xn--bcher-kva.test"),
            ("a.b-c.example", "a.b-c.example"),
        ] {
            assert_eq!(DomainName::parse(text).unwrap().as_str(), normal, "{text}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_with_its_reason() {
        for (text, why) in [
            ("", "empty"),
            ("https://url.test/path", "URL"),
            ("*.wild.test", "wildcards"),
            ("@ana@example.org", "handle"),
            ("localhost", "no dot"),
            ("127.0.0.1", "IP address"),
            ("sp ace.test", "characters"),
            ("-bad.test", "characters"),
        ] {
            let error = DomainName::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn subdomains_are_within_their_parent_only() {
        let parent = DomainName::parse("bad.test").unwrap();
        assert!(DomainName::parse("a.bad.test").unwrap().is_within(&parent));
        assert!(parent.is_within(&parent));
        assert!(!DomainName::parse("notbad.test").unwrap().is_within(&parent));
    }

    #[test]
    fn people_write_cases_and_operations_as_they_read_them() {
        assert_eq!("#42".parse::<CaseId>().unwrap(), CaseId(42));
        assert_eq!("42".parse::<CaseId>().unwrap().to_string(), "#42");
        assert_eq!("op-17".parse::<OperationId>().unwrap().to_string(), "op-17");
        assert!("#0".parse::<CaseId>().is_err());
        assert!("17".parse::<OperationId>().is_err());
    }
}
