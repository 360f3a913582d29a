//! Where prices come from, as an operator says it: the value of `FEED`.

use std::{fmt, path::PathBuf, str::FromStr};

use domain::Source;

/// Where prices come from.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedSpec {
    /// The live providers if one answers within 5 s, else the simulator.
    Auto,
    /// These live providers.
    Live(Vec<Source>),
    /// A made-up market; the same seed makes the same market.
    Simulator {
        /// The seed.
        seed: u64,
    },
    /// A recorded file.
    Replay(ReplaySpec),
    /// A file that grows while it is read.
    Tail(PathBuf),
}

/// How a recorded file is played.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplaySpec {
    /// The file.
    pub path: PathBuf,
    /// How fast.
    pub pace: Pace,
    /// Move all times so that the first is now.
    pub is_rebased: bool,
}

/// How fast recorded time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many recorded seconds a second; 1 is as it happened.
    Times(f64),
    /// As fast as the readers keep up.
    Max,
}

/// Which prices a database may hold: they never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// Of real markets, now.
    Live,
    /// Made up.
    Simulator,
    /// From files.
    File,
}

impl FeedKind {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Simulator => "simulator",
            Self::File => "file",
        }
    }
}

impl fmt::Display for FeedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live prices",
            Self::Simulator => "simulated prices",
            Self::File => "prices from files",
        })
    }
}

/// Why a text names no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFeed {
    /// None of the known forms.
    #[error(
        "FEED must be auto, live, a list of coingecko,coinbase,kraken,binance, simulator[:seed], replay:FILE[?speed=1|60|max&rebase=now] or tail:FILE, not {0:?}"
    )]
    Form(String),
    /// A seed that is no number.
    #[error("the simulator's seed must be a whole number, not {0:?}")]
    Seed(String),
    /// An option that a replay does not have, or a wrong value of one.
    #[error("a replay's options are speed=NUMBER, speed=max and rebase=now, not {0:?}")]
    Option(String),
}

impl FeedSpec {
    /// The providers of `live`.
    pub const LIVE: [Source; 4] = [Source::CoinGecko, Source::Coinbase, Source::Kraken, Source::Binance];

    /// Which prices it gives; `None` for `auto`, which is decided at the start.
    pub fn kind(&self) -> Option<FeedKind> {
        match self {
            Self::Auto => None,
            Self::Live(_) => Some(FeedKind::Live),
            Self::Simulator { .. } => Some(FeedKind::Simulator),
            Self::Replay(_) | Self::Tail(_) => Some(FeedKind::File),
        }
    }
}

impl FromStr for FeedSpec {
    type Err = InvalidFeed;

    fn from_str(raw: &str) -> Result<Self, InvalidFeed> {
        let raw = raw.trim();
        let (form, rest) = match raw.split_once(':') {
            Some((form, rest)) => (form, Some(rest)),
            None => (raw, None),
        };
        match (form, rest) {
            ("auto", None) => Ok(Self::Auto),
            ("live", None) => Ok(Self::Live(Self::LIVE.to_vec())),
            ("simulator", None) => Ok(Self::Simulator { seed: 1 }),
            ("simulator", Some(seed)) => {
                let seed = seed.parse().map_err(|_| InvalidFeed::Seed(seed.to_owned()))?;
                Ok(Self::Simulator { seed })
            }
            ("replay", Some(rest)) if !rest.is_empty() => replay(rest).map(Self::Replay),
            ("tail", Some(path)) if !path.is_empty() => Ok(Self::Tail(path.into())),
            (_, None) => providers(raw).map(Self::Live),
            _ => Err(InvalidFeed::Form(raw.to_owned())),
        }
    }
}

fn providers(raw: &str) -> Result<Vec<Source>, InvalidFeed> {
    let mut found = Vec::new();
    for name in raw.split(',').map(str::trim) {
        let source = FeedSpec::LIVE.into_iter().find(|source| source.as_str() == name);
        let source = source.ok_or_else(|| InvalidFeed::Form(raw.to_owned()))?;
        if !found.contains(&source) {
            found.push(source);
        }
    }
    Ok(found)
}

fn replay(rest: &str) -> Result<ReplaySpec, InvalidFeed> {
    let (path, options) = rest.rsplit_once('?').unwrap_or((rest, ""));
    let mut spec = ReplaySpec {
        path: path.into(),
        pace: Pace::Times(1.0),
        is_rebased: false,
    };
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let wrong = || InvalidFeed::Option(option.to_owned());
        match option.split_once('=') {
            Some(("speed", "max")) => spec.pace = Pace::Max,
            Some(("speed", times)) => {
                let times: f64 = times.parse().map_err(|_| wrong())?;
                if !(times.is_finite() && times > 0.0) {
                    return Err(wrong());
                }
                spec.pace = Pace::Times(times);
            }
            Some(("rebase", "now")) => spec.is_rebased = true,
            _ => return Err(wrong()),
        }
    }
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay_of(path: &str, pace: Pace, is_rebased: bool) -> FeedSpec {
        FeedSpec::Replay(ReplaySpec {
            path: path.into(),
            pace,
            is_rebased,
        })
    }

    #[test]
    fn every_form_of_feed_is_read() {
        let cases = [
            ("auto", FeedSpec::Auto),
            ("live", FeedSpec::Live(FeedSpec::LIVE.to_vec())),
            (
                "kraken, coinbase",
                FeedSpec::Live(vec![Source::Kraken, Source::Coinbase]),
            ),
            ("simulator", FeedSpec::Simulator { seed: 1 }),
            ("simulator:42", FeedSpec::Simulator { seed: 42 }),
            ("replay:day.csv.gz", replay_of("day.csv.gz", Pace::Times(1.0), false)),
            (
                "replay:/a b/day.csv?speed=max",
                replay_of("/a b/day.csv", Pace::Max, false),
            ),
            (
                "replay:C:/day.csv?speed=60&rebase=now",
                replay_of("C:/day.csv", Pace::Times(60.0), true),
            ),
            ("tail:/tmp/live.csv", FeedSpec::Tail("/tmp/live.csv".into())),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_feed_is_refused_with_the_forms_that_are() {
        for text in [
            "",
            "lives",
            "replay",
            "replay:",
            "tail:",
            "simulator:x",
            "kraken,simulator",
            "replay:f?speed=0",
            "replay:f?fast",
        ] {
            assert!(text.parse::<FeedSpec>().is_err(), "{text}");
        }
    }
}
