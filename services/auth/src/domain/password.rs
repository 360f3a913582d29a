use secrecy::{ExposeSecret, SecretString};

use super::EmailAddress;

/// A password that somebody may choose.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    /// Shorter than 12 characters.
    #[error("must have at least 12 characters")]
    Short,
    /// Longer than 128 characters.
    #[error("must have at most 128 characters")]
    Long,
    /// Everybody tries it first.
    #[error("is among the passwords that attackers try first; choose another")]
    Known,
    /// It repeats what the account shows.
    #[error("must not be your name or e-mail address")]
    Personal,
}

const MIN_LENGTH: usize = 12;
const MAX_LENGTH: usize = 128;
/// The longest password that is refused for its pattern alone.
const LONGEST_PATTERN: usize = 32;

/// Sorted, in lower case.
const KNOWN: &str = include_str!("weak_passwords.txt");

/// Rows of keyboards, the alphabet and the digits: walking along one of them is no secret.
const WALKS: [&str; 9] = [
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
];

impl NewPassword {
    /// Checks a password that the owner of `name` and `email` wants.
    pub fn parse(raw: SecretString, name: &str, email: &EmailAddress) -> Result<Self, UnfitPassword> {
        let length = raw.expose_secret().chars().count();
        if length < MIN_LENGTH {
            return Err(UnfitPassword::Short);
        }
        if length > MAX_LENGTH {
            return Err(UnfitPassword::Long);
        }
        let lower = raw.expose_secret().trim().to_lowercase();
        if is_personal(&lower, name, email) {
            return Err(UnfitPassword::Personal);
        }
        if is_known(&lower) || is_pattern(raw.expose_secret()) {
            return Err(UnfitPassword::Known);
        }
        Ok(Self(raw))
    }

    /// The password, to be hashed.
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

fn is_personal(lower: &str, name: &str, email: &EmailAddress) -> bool {
    let squeeze = |text: &str| {
        text.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let password = squeeze(lower);
    let shown = [squeeze(name), squeeze(email.as_str()), squeeze(email.local_part())];
    // A name with a year or a "123" behind it is still the name.
    shown.iter().any(|shown| {
        !shown.is_empty() && (password == *shown || password.trim_matches(|c: char| c.is_ascii_digit()) == *shown)
    })
}

fn is_known(lower: &str) -> bool {
    // A line is found by halving: the list is sorted by bytes.
    let (mut from, mut to) = (0, KNOWN.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = KNOWN.as_bytes()[..middle]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let end = KNOWN.as_bytes()[start..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(KNOWN.len(), |at| start + at);
        match KNOWN.as_bytes()[start..end].cmp(lower.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

/// What stands in no list but is guessed as soon: small letters and digits of which a glance shows the rest. Nobody tries
/// long ones, nor those with capitals and signs, before the lists.
fn is_pattern(raw: &str) -> bool {
    let chars: Vec<char> = raw.chars().collect();
    let is_plain = chars.iter().all(|c| c.is_lowercase() || c.is_numeric());
    is_plain && chars.len() <= LONGEST_PATTERN && (is_repetition(&chars) || is_mostly_walks(raw))
}

/// `aaaaaaaaaaaa`, `abcabcabcabc`, `passwordpassword`: one part of at most eight characters, again and again.
fn is_repetition(chars: &[char]) -> bool {
    (1..=8).any(|length| {
        chars.len() >= 2 * length && chars.iter().zip(&chars[length..]).all(|(left, right)| left == right)
    })
}

/// Made of pieces of keyboard rows, the alphabet or digits, of at least four characters each, forwards or backwards,
/// with at most three characters that are not.
fn is_mostly_walks(lower: &str) -> bool {
    let backwards = WALKS.map(|walk| walk.chars().rev().collect::<String>());
    let is_walk = |piece: &str| {
        WALKS.iter().any(|walk| walk.contains(piece)) || backwards.iter().any(|walk| walk.contains(piece))
    };
    let (mut rest, mut strange) = (lower, 0);
    while let Some(first) = rest.chars().next() {
        let longest = (4..=rest.len())
            .rev()
            .filter(|end| rest.is_char_boundary(*end))
            .find(|end| is_walk(&rest[..*end]));
        let step = longest.unwrap_or(first.len_utf8());
        strange += usize::from(longest.is_none());
        rest = &rest[step..];
    }
    strange <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str) -> Result<(), UnfitPassword> {
        let email = EmailAddress::parse("margaret.hamilton@example.org").expect("address");
        NewPassword::parse(raw.into(), "Margaret Hamilton", &email).map(|_| ())
    }

    #[test]
    fn the_list_is_sorted_and_holds_some_thousand_passwords() {
        let lines: Vec<&str> = KNOWN.lines().collect();
        assert!(lines.len() > 4000, "{}", lines.len());
        assert!(lines.is_sorted());
        for line in lines {
            assert!(is_known(line), "{line}");
        }
        assert!(!is_known("") && !is_known("zzzz") && !is_known("!") && !is_known("margin of error"));
    }

    #[test]
    fn passwords_have_12_to_128_characters() {
        assert_eq!(check("k4-Zebra-lo"), Err(UnfitPassword::Short));
        assert_eq!(check("k4-Zebra-lou"), Ok(()));
        assert_eq!(check(&"é7ßq".repeat(3)), Err(UnfitPassword::Known));
        assert_eq!(check(&"a".repeat(128)), Ok(()));
        assert_eq!(check(&"Ab3-".repeat(3)), Ok(()));
        let long: String = ('一'..).take(128).collect();
        assert_eq!(check(&long), Ok(()));
        assert_eq!(check(&format!("{long}x")), Err(UnfitPassword::Long));
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        for raw in [
            "password1234",
            "PASSWORD1234",
            "Password2024!",
            "123456789012",
            "1q2w3e4r5t6y",
            "qwertyuiop123",
            "iloveyouforever",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "correcthorsebatterystaple",
            "abcdefghijkl",
            "lkjihgfedcba",
            "qwertyuiopasdfghjkl",
            "1qaz2wsx3edc4rfv",
            "987654321098",
            "zxcvbnm1234qwer",
            "satoshinakamoto1",
            "summersummer123",
        ] {
            assert_eq!(check(raw), Err(UnfitPassword::Known), "{raw}");
        }
    }

    #[test]
    fn the_name_and_the_address_are_no_password() {
        for raw in [
            "margaret hamilton",
            "MargaretHamilton",
            "margaret.hamilton@example.org",
            "Margaret.Hamilton",
            "margarethamilton1969",
            "12margaret-hamilton",
        ] {
            assert_eq!(check(raw), Err(UnfitPassword::Personal), "{raw}");
        }
    }

    #[test]
    fn phrases_of_ones_own_are_welcome() {
        for raw in [
            "tangled otter lamp",
            "x9$Kw2!pQ7zR",
            "my cat eats 12 socks",
            "Grüße-aus-Köln-an-Rhein",
        ] {
            assert_eq!(check(raw), Ok(()), "{raw}");
        }
    }

    #[test]
    fn a_password_does_not_print() {
        let email = EmailAddress::parse("a@example.org").expect("address");
        let password = NewPassword::parse("tangled otter lamp".into(), "A", &email).expect("password");
        assert!(!format!("{password:?}").contains("otter"));
    }
}
