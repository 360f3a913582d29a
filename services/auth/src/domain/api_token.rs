use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::Scope;
use domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::keyring::{Keyring, sha256};

/// A personal API token: its id and a MAC over it behind `cwk_`, so that a leaked one is recognised.
///
/// Its hash is stored. Whoever repeats the request that made it is shown the same text once more, without it
/// having been kept.
pub struct ApiToken(SecretString);

/// What every personal token starts with.
pub const PREFIX: &str = "cwk_";

/// Why the particulars of a token are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGrant {
    /// No scope at all, or one that does not exist.
    #[error("must be one or more of read, alerts, trade")]
    Scopes,
    /// In the past.
    #[error("must lie in the future")]
    Expiry,
}

impl ApiToken {
    /// The token with this id.
    pub fn of(keyring: &Keyring, id: Uuid) -> Self {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&keyring.api_token_mac(id));
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
    }

    /// The text for its owner, shown once.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.reveal().as_bytes())
    }

    /// Its last characters, by which its owner tells it from others.
    pub fn hint(&self) -> String {
        let text = self.reveal();
        text[text.len() - 4..].to_owned()
    }
}

/// What is stored of a token that somebody shows.
pub fn hash_of(raw: &str) -> Option<[u8; 32]> {
    raw.starts_with(PREFIX).then(|| sha256(raw.as_bytes()))
}

/// Reads the scopes of a token: at least one, each once, in a fixed order.
pub fn parse_scopes(raw: &[String]) -> Result<Vec<Scope>, InvalidGrant> {
    let mut scopes = Vec::with_capacity(raw.len().min(Scope::ALL.len()));
    for name in raw {
        let scope: Scope = name.parse().map_err(|_| InvalidGrant::Scopes)?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes.sort();
    if scopes.is_empty() {
        Err(InvalidGrant::Scopes)
    } else {
        Ok(scopes)
    }
}

/// Checks when a token shall end.
pub fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, InvalidGrant> {
    match expires_at {
        Some(at) if at <= now => Err(InvalidGrant::Expiry),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_by_its_prefix_and_found_by_its_hash() {
        let keyring = Keyring::new(&"a data secret for these tests only".into()).expect("keyring");
        let id = Uuid::now_v7();
        let token = ApiToken::of(&keyring, id);
        assert!(token.reveal().starts_with("cwk_") && token.reveal().len() == 4 + 64);
        assert_eq!(hash_of(token.reveal()), Some(token.hash()));
        assert_eq!(hash_of("eyJhbGciOiJFZERTQSJ9"), None);
        assert!(token.reveal().ends_with(&token.hint()));
        assert_ne!(ApiToken::of(&keyring, Uuid::now_v7()).reveal(), token.reveal());
        assert_eq!(ApiToken::of(&keyring, id).reveal(), token.reveal());
    }

    #[test]
    fn scopes_are_known_ones_each_once() {
        let parse = |names: &[&str]| parse_scopes(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(parse(&["trade", "read", "trade"]), Ok(vec![Scope::Read, Scope::Trade]));
        assert_eq!(parse(&[]), Err(InvalidGrant::Scopes));
        assert_eq!(parse(&["admin"]), Err(InvalidGrant::Scopes));
        assert_eq!(parse(&["Read"]), Err(InvalidGrant::Scopes));
    }

    #[test]
    fn a_token_ends_in_the_future_or_never() {
        let now = Timestamp::from_millis(1_800_000_000_000).expect("time");
        assert_eq!(check_expiry(None, now), Ok(None));
        assert_eq!(check_expiry(Some(now), now), Err(InvalidGrant::Expiry));
        let later = now.plus(std::time::Duration::from_millis(1));
        assert_eq!(check_expiry(Some(later), now), Ok(Some(later)));
    }
}
