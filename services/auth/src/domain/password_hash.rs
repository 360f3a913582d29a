use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

/// What a password hash costs: argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self {
            memory_kib: 46 * 1024,
            passes: 1,
        }
    }
}

/// Hashing failed, or the costs are out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashingFailed;

/// Whether a password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Wrong.
    No,
    /// Right, and the stored hash is as strong as today's.
    Yes,
    /// Right; the stored hash is weaker than today's: store this one instead.
    Upgrade(String),
}

impl HashCost {
    fn argon2(self) -> Result<Argon2<'static>, HashingFailed> {
        let params = Params::new(self.memory_kib, self.passes, 1, None).map_err(|_| HashingFailed)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Hashes a password with a fresh salt. Takes long, and all that memory.
    pub fn hash(self, password: &SecretString) -> Result<String, HashingFailed> {
        let hash = self
            .argon2()?
            .hash_password(password.expose_secret().as_bytes())
            .map_err(|_| HashingFailed)?;
        Ok(hash.to_string())
    }

    /// Compares a password with a stored hash. Takes as long as the hash says.
    pub fn verify(self, password: &SecretString, stored: &str) -> Result<Verified, HashingFailed> {
        let parsed = PasswordHash::new(stored).map_err(|_| HashingFailed)?;
        if self
            .argon2()?
            .verify_password(password.expose_secret().as_bytes(), &parsed)
            .is_err()
        {
            return Ok(Verified::No);
        }
        if self.is_met_by(&parsed) {
            Ok(Verified::Yes)
        } else {
            Ok(Verified::Upgrade(self.hash(password)?))
        }
    }

    fn is_met_by(self, stored: &PasswordHash) -> bool {
        let is_id = stored.algorithm.as_str() == Algorithm::Argon2id.as_str();
        Params::try_from(stored)
            .is_ok_and(|params| is_id && params.m_cost() >= self.memory_kib && params.t_cost() >= self.passes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost {
        memory_kib: 64,
        passes: 1,
    };

    #[test]
    fn only_the_right_password_is_accepted() {
        let stored = CHEAP.hash(&"tangled otter lamp".into()).expect("hash");
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_eq!(CHEAP.verify(&"tangled otter lamp".into(), &stored), Ok(Verified::Yes));
        assert_eq!(CHEAP.verify(&"tangled otter lamb".into(), &stored), Ok(Verified::No));
    }

    #[test]
    fn equal_passwords_have_different_hashes() {
        assert_ne!(
            CHEAP.hash(&"tangled otter lamp".into()),
            CHEAP.hash(&"tangled otter lamp".into())
        );
    }

    #[test]
    fn a_weaker_hash_is_replaced_when_the_password_was_right() {
        let stored = CHEAP.hash(&"tangled otter lamp".into()).expect("hash");
        let stronger = HashCost {
            memory_kib: 128,
            passes: 2,
        };
        assert_eq!(stronger.verify(&"wrong".into(), &stored), Ok(Verified::No));
        let Ok(Verified::Upgrade(new)) = stronger.verify(&"tangled otter lamp".into(), &stored) else {
            panic!("no upgrade")
        };
        assert!(new.starts_with("$argon2id$v=19$m=128,t=2,p=1$"), "{new}");
        assert_eq!(
            CHEAP.verify(&"tangled otter lamp".into(), &new),
            Ok(Verified::Yes),
            "stronger than asked for is fine"
        );
    }

    #[test]
    fn a_broken_hash_is_an_error_and_no_answer() {
        assert_eq!(CHEAP.verify(&"tangled otter lamp".into(), "plain"), Err(HashingFailed));
    }
}
