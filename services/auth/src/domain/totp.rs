use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use domain::Timestamp;
use secrecy::SecretString;

use super::keyring::random_bytes;

/// The secret that an authenticator app shares with the account (RFC 6238: SHA-1, six digits, 30 s).
pub struct TotpSecret(Vec<u8>);

const STEP_SECONDS: i64 = 30;
const DIGITS: usize = 6;
const SECRET_LENGTH: usize = 20;

impl TotpSecret {
    /// A fresh secret.
    pub fn generate() -> Self {
        Self(random_bytes::<SECRET_LENGTH>().to_vec())
    }

    /// A stored secret.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is typed into an app that can't scan.
    pub fn base32(&self) -> SecretString {
        base32(&self.0).into()
    }

    /// As it is scanned.
    pub fn otpauth_url(&self, email: &str) -> SecretString {
        format!(
            "otpauth://totp/Candlewick:{}?secret={}&issuer=Candlewick&algorithm=SHA1&digits=6&period=30",
            percent(email),
            base32(&self.0)
        )
        .into()
    }

    /// The step whose code `otp` is: this one, the one before or the one after, but none up to `last_step`,
    /// whose code was used already.
    pub fn accepted_step(&self, otp: &str, now: Timestamp, last_step: Option<i64>) -> Option<i64> {
        let digits: String = otp.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let present = Self::step_at(now);
        (present - 1..=present + 1)
            .filter(|step| last_step.is_none_or(|last| *step > last))
            .find(|step| verify_slices_are_equal(self.code(*step).as_bytes(), digits.as_bytes()).is_ok())
    }

    /// The code of a step.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let offset = usize::from(bytes[bytes.len() - 1] & 0x0f);
        let number = u32::from_be_bytes([
            bytes[offset] & 0x7f,
            bytes[offset + 1],
            bytes[offset + 2],
            bytes[offset + 3],
        ]);
        format!("{:06}", number % 1_000_000)
    }

    /// The step at `now`.
    fn step_at(now: Timestamp) -> i64 {
        now.millis().div_euclid(1000 * STEP_SECONDS)
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base 32 of RFC 4648, without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[((buffer >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[((buffer << (5 - bits)) & 31) as usize]));
    }
    text
}

fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1000).expect("time")
    }

    /// The secret of RFC 6238, appendix B.
    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890".to_vec())
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().code(TotpSecret::step_at(at(second))), code, "{second}");
        }
    }

    #[test]
    fn one_step_to_either_side_is_accepted() {
        let (secret, step) = (rfc(), TotpSecret::step_at(at(1_800_000_000)));
        for offset in -3..=3 {
            let accepted = secret.accepted_step(&secret.code(step + offset), at(1_800_000_000), None);
            assert_eq!(accepted, (offset.abs() <= 1).then_some(step + offset), "{offset}");
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let (secret, now) = (rfc(), at(1_800_000_000));
        let step = TotpSecret::step_at(now);
        let code = secret.code(step);
        assert_eq!(secret.accepted_step(&code, now, Some(step - 1)), Some(step));
        assert_eq!(secret.accepted_step(&code, now, Some(step)), None);
        assert_eq!(
            secret.accepted_step(&secret.code(step - 1), now, Some(step)),
            None,
            "nor an older one after a newer"
        );
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let now = at(59);
        assert!(rfc().accepted_step("287 082", now, None).is_some());
        for raw in ["", "28708", "2870820", "28708a", "２８７０８２"] {
            assert_eq!(rfc().accepted_step(raw, now, None), None, "{raw}");
        }
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
        assert_eq!(
            rfc().otpauth_url("a+b@example.org").expose_secret(),
            "otpauth://totp/Candlewick:a%2Bb%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Candlewick&algorithm=SHA1&digits=6&period=30"
        );
    }
}
