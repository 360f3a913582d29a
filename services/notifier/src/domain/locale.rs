use chrono::{DateTime, Datelike, Utc};
use domain::Timestamp;

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A language of notifications and mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English, also for languages that are not spoken here.
    #[default]
    English,
    /// French.
    French,
}

impl Locale {
    /// From a language tag such as `fr`, `fr-CH` or `en_GB`.
    pub fn from_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("fr") {
            Self::French
        } else {
            Self::English
        }
    }

    /// The language tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The text in this language.
    pub fn pick<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }

    /// A moment to the minute, as people read it.
    pub fn moment(self, at: Timestamp) -> String {
        let at = DateTime::<Utc>::from(at);
        let (day, year, time) = (at.day(), at.year(), at.format("%H:%M"));
        let months = match self {
            Self::English => &ENGLISH_MONTHS,
            Self::French => &FRENCH_MONTHS,
        };
        let month = months[at.month0() as usize];
        match (self, day) {
            (Self::English, _) => format!("{day} {month} {year}, {time} UTC"),
            (Self::French, 1) => format!("1er {month} {year} à {time} UTC"),
            (Self::French, _) => format!("{day} {month} {year} à {time} UTC"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_worded_in_each_language() {
        let at = |text: &str| Timestamp::from(text.parse::<DateTime<Utc>>().expect("a time"));
        let (first, last) = (at("2026-08-01T04:05:32.140Z"), at("2026-12-31T23:59:59.999Z"));
        assert_eq!(Locale::English.moment(first), "1 August 2026, 04:05 UTC");
        assert_eq!(Locale::French.moment(first), "1er août 2026 à 04:05 UTC");
        assert_eq!(Locale::English.moment(last), "31 December 2026, 23:59 UTC");
        assert_eq!(Locale::French.moment(last), "31 décembre 2026 à 23:59 UTC");
    }
}
