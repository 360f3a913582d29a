//! What a person tells about themself.

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text_value! {
    /// How a person (or an API token) is called: 1 to 100 characters on one line.
    Name
}
text_value! {
    /// A telephone number: 7 to 15 digits, maybe with a leading `+`; kept without separators.
    Phone
}
text_value! {
    /// A country by its two letters of ISO 3166-1.
    Country
}
text_value! {
    /// A language, maybe with a region: `en`, `fr`, `pt-BR`.
    Locale
}

/// Why a text is no part of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProfile {
    /// Not a name.
    #[error("must be 1 to 100 characters on one line")]
    Name,
    /// Not a telephone number.
    #[error("must be a telephone number of 7 to 15 digits, such as +33 6 12 34 56 78")]
    Phone,
    /// Not a country.
    #[error("must be the two letters of a country, such as FR")]
    Country,
    /// Not a language.
    #[error("must be a language, such as en or pt-BR")]
    Locale,
}

const MAX_NAME: usize = 100;

impl Name {
    /// Reads a name, without the spaces around it.
    pub fn parse(raw: &str) -> Result<Self, InvalidProfile> {
        let name = raw.trim();
        let length = name.chars().count();
        if !(1..=MAX_NAME).contains(&length) || name.chars().any(is_treacherous) {
            return Err(InvalidProfile::Name);
        }
        Ok(Self(name.to_owned()))
    }
}

/// Line breaks and other controls, and what turns the direction of the text around it.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl Phone {
    /// Reads a number, written with spaces, dots, dashes or brackets.
    pub fn parse(raw: &str) -> Result<Self, InvalidProfile> {
        let raw = raw.trim();
        let (plus, rest) = raw.strip_prefix('+').map_or(("", raw), |rest| ("+", rest));
        let mut digits = String::with_capacity(rest.len());
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '.' | '-' | '(' | ')' | '/' => {}
                _ => return Err(InvalidProfile::Phone),
            }
        }
        if !(7..=15).contains(&digits.len()) {
            return Err(InvalidProfile::Phone);
        }
        Ok(Self(format!("{plus}{digits}")))
    }
}

impl Country {
    /// Reads a code in either case.
    pub fn parse(raw: &str) -> Result<Self, InvalidProfile> {
        let code = raw.trim().to_ascii_uppercase();
        if code.len() == 2 && COUNTRIES.split_ascii_whitespace().any(|known| known == code) {
            Ok(Self(code))
        } else {
            Err(InvalidProfile::Country)
        }
    }
}

impl Locale {
    /// Reads a language tag in any case.
    pub fn parse(raw: &str) -> Result<Self, InvalidProfile> {
        let raw = raw.trim();
        let (language, region) = raw
            .split_once(['-', '_'])
            .map_or((raw, None), |(language, region)| (language, Some(region)));
        let is_word = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        if !is_word(language, 2..=3) || region.is_some_and(|region| !is_word(region, 2..=2)) {
            return Err(InvalidProfile::Locale);
        }
        let language = language.to_ascii_lowercase();
        Ok(Self(match region {
            Some(region) => format!("{language}-{}", region.to_ascii_uppercase()),
            None => language,
        }))
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

const COUNTRIES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR \
CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU \
ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI \
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_at_most_a_hundred_characters() {
        assert_eq!(Name::parse("  Åsa Ødegård ").expect("name").as_str(), "Åsa Ødegård");
        assert!(Name::parse(&"é".repeat(100)).is_ok());
        for raw in [
            "",
            "   ",
            &"é".repeat(101),
            "Ana\r\nBcc: eve@example.org",
            "a\u{202E}nimda",
            "a\u{0}b",
            "a\tb",
        ] {
            assert_eq!(Name::parse(raw), Err(InvalidProfile::Name), "{raw:?}");
        }
    }

    #[test]
    fn telephone_numbers_lose_their_separators() {
        assert_eq!(
            Phone::parse("+33 (6) 12-34.56 78").expect("phone").as_str(),
            "+33612345678"
        );
        assert_eq!(Phone::parse("0612345678").expect("phone").as_str(), "0612345678");
        for raw in [
            "",
            "+",
            "123456",
            "1234567890123456",
            "12345a78",
            "++1234567",
            "１２３４５６７",
        ] {
            assert_eq!(Phone::parse(raw), Err(InvalidProfile::Phone), "{raw}");
        }
    }

    #[test]
    fn countries_are_those_of_iso_3166() {
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
        assert_eq!(Country::parse("fr").expect("country").as_str(), "FR");
        for raw in ["", "F", "FRA", "XX", "A "] {
            assert_eq!(Country::parse(raw), Err(InvalidProfile::Country), "{raw}");
        }
    }

    #[test]
    fn languages_may_carry_a_region() {
        assert_eq!(Locale::parse("EN").expect("locale").as_str(), "en");
        assert_eq!(Locale::parse("pt_br").expect("locale").as_str(), "pt-BR");
        for raw in ["", "e", "english", "en-", "en-GBR", "en-GB-x", "e1"] {
            assert_eq!(Locale::parse(raw), Err(InvalidProfile::Locale), "{raw}");
        }
    }
}
