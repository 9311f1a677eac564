//! `X-Hub-Signature`: whether a webhook request comes from somebody who knows a secret
//! (invariant 3). Mastodon sends `sha256=` and 64 lower-case hex digits, the HMAC-SHA256 of the raw
//! body (all versions with webhooks). Nothing is parsed before this has passed.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature";

const PREFIX: &str = "sha256=";

/// Why a request is not taken. All of them are answered 401, which Mastodon retries: a mistake in
/// rotating secrets loses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not there.
    #[error("no X-Hub-Signature header: only Mastodon's own webhooks are taken here")]
    Missing,
    /// `sha1=`, which is not safe and which Mastodon never sends.
    #[error("X-Hub-Signature uses sha1: expected sha256= and 64 lower-case hex digits")]
    Sha1,
    /// Something else than `sha256=` and 64 lower-case hex digits.
    #[error("X-Hub-Signature cannot be read: expected sha256= and 64 lower-case hex digits")]
    Malformed,
    /// Right shape, but of no secret that we hold.
    #[error(
        "X-Hub-Signature matches no configured secret: compare [server] webhook_secrets with Administration, Webhooks"
    )]
    Mismatch,
}

/// Whether a header can be a signature at all, before its body is read.
///
/// # Errors
/// As [`verify`], but for a wrong signature.
pub fn check_shape(header: Option<&[u8]>) -> Result<(), SignatureError> {
    decode(header.ok_or(SignatureError::Missing)?).map(drop)
}

/// Checks the signature of the raw `body` against each of `secrets` (several while one is being
/// replaced) in constant time. With no secrets nothing passes.
///
/// # Errors
/// See [`SignatureError`].
pub fn verify(
    secrets: &[SecretString],
    header: Option<&[u8]>,
    body: &[u8],
) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let signature = decode(header)?;
    // No early end: how many secrets there are, and which one matched, stays unknown.
    let matches = secrets.iter().fold(false, |found, secret| {
        let fits = keyed(secret, body).verify_slice(&signature).is_ok();
        found | fits
    });
    if matches {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// The header's value for `body`, as Mastodon makes it: for the simulated server and for tests.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    let mac = keyed(secret, body).finalize().into_bytes();
    format!("{PREFIX}{}", hex::encode(mac))
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104); a fallback key would be worse than a crash"
)]
fn keyed(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(body);
    mac
}

fn decode(header: &[u8]) -> Result<[u8; 32], SignatureError> {
    if header.starts_with(b"sha1=") {
        return Err(SignatureError::Sha1);
    }
    let digits = header
        .strip_prefix(PREFIX.as_bytes())
        .ok_or(SignatureError::Malformed)?;
    if digits.iter().any(u8::is_ascii_uppercase) {
        return Err(SignatureError::Malformed);
    }
    let mut signature = [0; 32];
    hex::decode_to_slice(digits, &mut signature).map_err(|_| SignatureError::Malformed)?;
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn the_signature_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231.
        assert_eq!(
            sign(&secret("Jefe"), b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn any_of_several_secrets_will_do() {
        let header = sign(&secret("new"), b"body");
        let both = [secret("old"), secret("new")];
        assert_eq!(verify(&both, Some(header.as_bytes()), b"body"), Ok(()));
        assert_eq!(
            verify(&both[..1], Some(header.as_bytes()), b"body"),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(
            verify(&[], Some(header.as_bytes()), b"body"),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn other_shapes_are_refused() {
        let secrets = [secret("s")];
        let good = sign(&secrets[0], b"");
        let digits = good.trim_start_matches(PREFIX);
        for (header, error) in [
            (None, SignatureError::Missing),
            (Some("sha1=da39a3ee".to_owned()), SignatureError::Sha1),
            (Some(digits.to_owned()), SignatureError::Malformed),
            (Some(good.to_uppercase()), SignatureError::Malformed),
            (
                Some(format!("{PREFIX}{}", digits.to_uppercase())),
                SignatureError::Malformed,
            ),
            (Some(format!("{good}00")), SignatureError::Malformed),
            (Some(format!(" {good}")), SignatureError::Malformed),
            (
                Some(good[..good.len() - 1].to_owned()),
                SignatureError::Malformed,
            ),
            (Some(PREFIX.to_owned()), SignatureError::Malformed),
            (Some(String::new()), SignatureError::Malformed),
        ] {
            let found = verify(&secrets, header.as_deref().map(str::as_bytes), b"");
            assert_eq!(found, Err(error), "{header:?}");
        }
    }
}
