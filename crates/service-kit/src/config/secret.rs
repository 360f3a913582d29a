use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

/// Why a secret does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// Not set.
    #[error("is not set; make one with `openssl rand -hex 32`")]
    Missing,
    /// Too short.
    #[error("is too short: 32 characters or more; make one with `openssl rand -hex 32`")]
    Short,
    /// A word of documentation, or hardly more than one character.
    #[error("is a default or easy to guess; make one with `openssl rand -hex 32`")]
    Guessable,
}

const MIN_LENGTH: usize = 32;
/// A random text of 32 hexadecimal digits has fewer different ones than this once in ten million times.
const MIN_DIFFERENT: usize = 8;
const WORDS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "secret",
    "password",
    "example",
    "default",
    "insecure",
    "development",
    "test",
    "candlewick",
];

/// Refuses a secret that is missing, short or guessable.
pub fn check_secret(secret: &SecretString) -> Result<(), WeakSecret> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Err(WeakSecret::Missing);
    }
    if text.chars().count() < MIN_LENGTH {
        return Err(WeakSecret::Short);
    }
    let mut rest = text.to_lowercase();
    for word in WORDS {
        rest = rest.replace(word, "");
    }
    let different = rest.chars().collect::<BTreeSet<_>>().len();
    if different < MIN_DIFFERENT {
        Err(WeakSecret::Guessable)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_62_missing_short_and_default_secrets_are_refused() {
        let check = |text: &str| check_secret(&SecretString::from(text.to_owned()));
        assert_eq!(check(""), Err(WeakSecret::Missing));
        assert_eq!(check("0123456789abcdef"), Err(WeakSecret::Short));
        assert_eq!(check(&"a".repeat(40)), Err(WeakSecret::Guessable));
        assert_eq!(check(&"changeme".repeat(5)), Err(WeakSecret::Guessable));
        assert_eq!(check("change-me-change-me-change-me-1234"), Err(WeakSecret::Guessable));
        assert_eq!(check("4f1f9b6f0ad3c5e2977d10c1b2a4e8d6"), Ok(()));
    }
}
