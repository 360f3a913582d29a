use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{SessionId, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use super::Keyring;

/// For how long the token before the newest is still answered: the answer with the newest may have been lost,
/// or two tabs may have asked at once.
pub const PREDECESSOR_TOLERATED: Duration = Duration::from_secs(5);

/// A refresh token as a client shows it.
///
/// It names its session and its place in the session's chain, and proves both by a MAC over them and the
/// session's random salt. Neither the token nor anything that it could be guessed from is stored, all its
/// predecessors can be told from inventions, and everybody who shows one token at the same time is handed
/// the same successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session_id: SessionId,
    generation: u32,
    mac: [u8; 32],
}

/// What a session remembers of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshChain {
    /// The session.
    pub session_id: SessionId,
    /// The place of the newest token, from 0.
    pub generation: u32,
    /// When the newest token was made.
    pub rotated_at: Timestamp,
    /// Random bytes of this chain alone.
    pub salt: Vec<u8>,
}

/// What happens to a token that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the newest: make its successor.
    Rotate,
    /// It is the one before, and not for long: hand out the newest once more.
    Repeat,
    /// It was stolen, here or at its next use: end the session.
    Stolen,
    /// It was never made for this session.
    Invented,
}

/// The text is no refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct NotARefreshToken;

const PREFIX: &str = "cwr_";
const LENGTH: usize = 16 + 4 + 32;

impl RefreshToken {
    /// The token at `generation` of a session's chain.
    pub fn issue(keyring: &Keyring, session_id: SessionId, generation: u32, salt: &[u8]) -> Self {
        Self {
            session_id,
            generation,
            mac: keyring.refresh_mac(session_id.uuid(), generation, salt),
        }
    }

    /// Reads a token; whether it is genuine is known only beside its chain.
    pub fn parse(raw: &str) -> Result<Self, NotARefreshToken> {
        let body = raw.strip_prefix(PREFIX).ok_or(NotARefreshToken)?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| NotARefreshToken)?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| NotARefreshToken)?;
        let (mut id, mut generation, mut mac) = ([0; 16], [0; 4], [0; 32]);
        id.copy_from_slice(&bytes[..16]);
        generation.copy_from_slice(&bytes[16..20]);
        mac.copy_from_slice(&bytes[20..]);
        Ok(Self {
            session_id: Uuid::from_bytes(id).into(),
            generation: u32::from_be_bytes(generation),
            mac,
        })
    }

    /// The session that it claims.
    pub fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// The text for the client.
    pub fn reveal(&self) -> SecretString {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(self.session_id.uuid().as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.mac);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
    }
}

impl RefreshChain {
    /// Decides about a token that was shown at `now`.
    pub fn judge(&self, keyring: &Keyring, token: &RefreshToken, now: Timestamp) -> Verdict {
        let expected = keyring.refresh_mac(self.session_id.uuid(), token.generation, &self.salt);
        let is_genuine = token.session_id == self.session_id && verify_slices_are_equal(&expected, &token.mac).is_ok();
        if !is_genuine || token.generation > self.generation {
            return Verdict::Invented;
        }
        if token.generation == self.generation {
            return Verdict::Rotate;
        }
        let is_predecessor = token.generation + 1 == self.generation;
        if is_predecessor && now.since(self.rotated_at) <= PREDECESSOR_TOLERATED {
            Verdict::Repeat
        } else {
            Verdict::Stolen
        }
    }

    /// The newest token.
    pub fn newest(&self, keyring: &Keyring) -> RefreshToken {
        RefreshToken::issue(keyring, self.session_id, self.generation, &self.salt)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn keyring() -> Keyring {
        Keyring::new(&"a data secret for these tests only".into()).expect("keyring")
    }

    fn chain(generation: u32) -> RefreshChain {
        let rotated_at = Timestamp::from_millis(1_800_000_000_000).expect("time");
        RefreshChain {
            session_id: SessionId::new(),
            generation,
            rotated_at,
            salt: vec![7; 32],
        }
    }

    fn token(chain: &RefreshChain, generation: u32) -> RefreshToken {
        RefreshToken::issue(&keyring(), chain.session_id, generation, &chain.salt)
    }

    #[test]
    fn the_newest_token_is_rotated_however_late() {
        let chain = chain(3);
        assert_eq!(
            chain.judge(
                &keyring(),
                &token(&chain, 3),
                chain.rotated_at.plus(Duration::from_secs(86_400))
            ),
            Verdict::Rotate
        );
    }

    #[test]
    fn the_direct_predecessor_is_tolerated_for_five_seconds() {
        let chain = chain(3);
        let judge = |generation, ms| {
            chain.judge(
                &keyring(),
                &token(&chain, generation),
                chain.rotated_at.plus(Duration::from_millis(ms)),
            )
        };
        assert_eq!(judge(2, 0), Verdict::Repeat);
        assert_eq!(judge(2, 5000), Verdict::Repeat);
        assert_eq!(judge(2, 5001), Verdict::Stolen);
        assert_eq!(judge(1, 0), Verdict::Stolen);
        assert_eq!(judge(0, 0), Verdict::Stolen);
    }

    #[test]
    fn a_token_of_another_chain_or_of_the_future_is_an_invention() {
        let (chain, other) = (chain(3), chain(3));
        let now = chain.rotated_at;
        assert_eq!(chain.judge(&keyring(), &token(&other, 3), now), Verdict::Invented);
        assert_eq!(chain.judge(&keyring(), &token(&chain, 4), now), Verdict::Invented);
        let mut forged = token(&chain, 1);
        forged.mac[31] ^= 1;
        assert_eq!(
            chain.judge(&keyring(), &forged, now),
            Verdict::Invented,
            "an invention must not end the session"
        );
    }

    #[test]
    fn a_token_survives_its_text() {
        let chain = chain(9);
        let token = token(&chain, 9);
        assert_eq!(RefreshToken::parse(token.reveal().expose_secret()), Ok(token));
        for raw in ["", "cwr_", "cwr_AAAA", "cwk_AAAA", "cwr_%%%%"] {
            assert_eq!(RefreshToken::parse(raw), Err(NotARefreshToken), "{raw}");
        }
    }

    proptest! {
        /// Whoever shows whatever in whatever order: at most one chain, and once stolen never again alive.
        #[test]
        fn one_token_has_one_successor(shows in prop::collection::vec((0u32..6, 0u64..8_000), 1..60)) {
            let ring = keyring();
            let mut chain = chain(0);
            let (mut now, mut issued) = (chain.rotated_at, vec![token(&chain, 0)]);
            for (generation, gap) in shows {
                now = now.plus(Duration::from_millis(gap));
                let Some(shown) = issued.get(generation as usize).cloned() else { continue };
                match chain.judge(&ring, &shown, now) {
                    Verdict::Rotate => {
                        prop_assert_eq!(generation, chain.generation);
                        chain.generation += 1;
                        chain.rotated_at = now;
                        issued.push(chain.newest(&ring));
                    }
                    Verdict::Repeat => prop_assert_eq!(&chain.newest(&ring), issued.last().expect("one")),
                    Verdict::Stolen => {
                        prop_assert!(generation < chain.generation);
                        break;
                    }
                    Verdict::Invented => prop_assert!(false, "a genuine token was taken for an invention"),
                }
            }
        }
    }
}
