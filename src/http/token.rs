//! Secrets that people and scripts show us. Only hashes are held and compared, in constant time.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::domain::ModeratorName;

/// SHA-256 of a token. Enough for random tokens of 256 bits; there is no password here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of `token`.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// In hex, as the database holds it.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A new token: 256 random bits, in characters that may stand in a URL.
pub fn new_token() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether two texts are the same, in a time that tells nothing about where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    TokenHash::of(one).0.ct_eq(&TokenHash::of(other).0).into()
}

/// Who may use the scripting API.
#[derive(Debug, Clone, Default)]
pub struct ApiTokens(Vec<(TokenHash, ModeratorName)>);

impl ApiTokens {
    /// The tokens of the configuration.
    pub fn new(tokens: Vec<(TokenHash, ModeratorName)>) -> Self {
        Self(tokens)
    }

    /// Whose token this is. Every hash is compared, so that the time tells nothing.
    pub(super) fn owner(&self, token: &str) -> Option<&ModeratorName> {
        let shown = TokenHash::of(token);
        let (found, place) = self.0.iter().zip(0_u64..).fold(
            (Choice::from(0), 0),
            |(found, place), ((hash, _), n)| {
                let fits = hash.0.ct_eq(&shown.0);
                (found | fits, u64::conditional_select(&place, &n, fits))
            },
        );
        let owner = self.0.get(usize::try_from(place).ok()?)?;
        bool::from(found).then_some(&owner.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_owner_alone() {
        let tokens = ApiTokens::new(vec![
            (TokenHash::of("one"), "ana".into()),
            (TokenHash::of("two"), "bo".into()),
        ]);
        assert_eq!(tokens.owner("one"), Some(&"ana".into()));
        assert_eq!(tokens.owner("two"), Some(&"bo".into()));
        assert_eq!(tokens.owner("three"), None);
        assert_eq!(tokens.owner(""), None);
        assert_eq!(ApiTokens::default().owner("one"), None);
        assert_eq!(format!("{:?}", TokenHash::of("one")), "TokenHash(…)");
    }

    #[test]
    fn new_tokens_fit_into_a_url_and_differ() {
        let token = new_token();
        assert_eq!(token.len(), 43);
        assert_ne!(token, new_token());
        assert!(is_same(&token, &token.clone()));
        assert!(!is_same(&token, &new_token()));
    }
}
