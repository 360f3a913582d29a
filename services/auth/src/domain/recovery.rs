use secrecy::SecretString;

use super::{keyring::random_bytes, totp::base32};

/// How many recovery codes a user is given.
pub const RECOVERY_CODES: usize = 10;

/// Fresh codes, each good once in place of a code from the app: 50 random bits, as `abcde-fghij`.
pub fn generate() -> Vec<SecretString> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let text = base32(&random_bytes::<7>()).to_lowercase();
            format!("{}-{}", &text[..5], &text[5..10]).into()
        })
        .collect()
}

/// The spelling under which a code is hashed; `None` for what can't be one.
pub fn canonical(raw: &str) -> Option<String> {
    let code: String = raw
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .collect();
    let fits = code.len() == 10
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte));
    fits.then_some(code)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn codes_differ_and_are_read_in_any_spelling() {
        let codes = generate();
        let distinct: HashSet<&str> = codes.iter().map(|code| code.expose_secret()).collect();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        let code = codes[0].expose_secret();
        let bare = code.replace('-', "");
        assert_eq!(canonical(code).as_deref(), Some(bare.as_str()));
        assert_eq!(
            canonical(&format!(" {} ", code.to_uppercase())).as_deref(),
            Some(bare.as_str())
        );
    }

    #[test]
    fn what_has_another_shape_is_no_code() {
        for raw in ["", "123456", "abcde-fghi", "abcde-fghijk", "abcde-fgh1j", "ábcde-fghij"] {
            assert_eq!(canonical(raw), None, "{raw}");
        }
    }
}
