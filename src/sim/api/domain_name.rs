//! How a server reads the domain of a block: what it cleans up, what it refuses, per version.

use crate::sim::answer::Failure;
use crate::sim::version::Version;

/// The domain as it is stored: trimmed, lower case, punycode.
pub(super) fn normalised(version: Version, asked: Option<String>) -> Result<String, Failure> {
    let asked = asked.unwrap_or_default();
    let trimmed = asked.trim();
    if trimmed.is_empty() {
        return Err(Failure::invalid("Domain can't be blank"));
    }
    if version >= Version::V4_3 {
        strict(trimmed)
    } else {
        lenient(trimmed)
    }
}

/// Since 4.3 two validators look at the name: one at its form, one at its characters.
fn strict(domain: &str) -> Result<String, Failure> {
    let malformed = domain.contains(|c: char| c.is_whitespace() || "/:?#@".contains(c));
    if malformed {
        return Err(Failure::invalid("Domain is invalid, Domain is invalid"));
    }
    let ascii = to_ascii(domain);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if ascii.chars().all(allowed) {
        Ok(ascii)
    } else {
        Err(Failure::invalid("Domain is invalid"))
    }
}

/// Before 4.3 slashes were cut out and almost everything else was stored as it came.
fn lenient(domain: &str) -> Result<String, Failure> {
    let cut = domain.replace('/', "");
    if cut.contains(char::is_whitespace) {
        return Err(Failure::invalid(
            "Domain is invalid, Domain is not a valid domain name",
        ));
    }
    Ok(to_ascii(&cut))
}

fn to_ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(version: Version, domain: &str) -> Result<String, String> {
        normalised(version, Some(domain.to_owned())).map_err(|failure| match failure {
            Failure::Unprocessable(text) => text,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn names_are_read_as_recorded() {
        let both = "Validation failed: Domain is invalid, Domain is invalid".to_owned();
        assert_eq!(
            read(Version::V4_3, " Spaced.TEST "),
            Ok("spaced.test".to_owned())
        );
        assert_eq!(
            read(Version::V4_3, "bücher.test"),
            Ok("xn--bcher-kva.test".to_owned())
        );
        assert_eq!(
            read(Version::V4_3, "https://url.test/path"),
            Err(both.clone())
        );
        assert_eq!(read(Version::V4_3, "bad domain!"), Err(both));
        assert_eq!(
            read(Version::V4_3, "*.wild.test"),
            Err("Validation failed: Domain is invalid".to_owned())
        );
        let url = read(Version::Early4_2, "https://url.test/path");
        assert_eq!(url, Ok("https:url.testpath".to_owned()));
        assert_eq!(
            read(Version::Early4_2, "*.wild.test"),
            Ok("*.wild.test".to_owned())
        );
    }
}
