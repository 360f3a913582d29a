//! One line of a tick file: `timestamp_ms,symbol,price,quantity`.

use std::collections::{HashMap, HashSet};

use contracts::events::AssetFacts;
use domain::{
    AssetId, Decimal, Price, Quantity, Symbol, Tick, Timestamp,
    decimal::{parse_json_number, parse_plain},
};

/// A line that says a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTick {
    /// The event time.
    pub at: Timestamp,
    /// The ticker, upper case.
    pub symbol: Symbol,
    /// The asset: the ticker in lower case.
    pub asset: AssetId,
    /// The price.
    pub price: Price,
    /// How much was traded, where the line tells it.
    pub quantity: Option<Quantity>,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A price.
    Tick(FileTick),
    /// The optional header, or an empty line.
    Nothing,
}

/// Why a line is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Not three or four columns.
    #[error("expected timestamp_ms,symbol,price,quantity")]
    Columns,
    /// The first column is no time.
    #[error("the time is no whole number of milliseconds since 1970")]
    Time,
    /// The second column is no ticker.
    #[error("the symbol is no ticker")]
    Symbol,
    /// The third column is no price.
    #[error("the price is no decimal above zero with at most 28 digits and 18 decimals")]
    Price,
    /// The fourth column is no quantity.
    #[error("the quantity is no decimal of zero or more with at most 28 digits and 18 decimals")]
    Quantity,
}

/// The first column of a header.
const HEADER: &str = "timestamp_ms";

/// Reads a line, without or with its line break. `is_first` allows a header.
pub fn parse(line: &str, is_first: bool) -> Result<Line, BadLine> {
    let line = if is_first {
        line.trim_start_matches('\u{feff}')
    } else {
        line
    };
    let line = line.trim();
    if line.is_empty() {
        return Ok(Line::Nothing);
    }
    let mut columns = line.split(',').map(str::trim);
    let (Some(time), Some(symbol), Some(price)) = (columns.next(), columns.next(), columns.next()) else {
        return Err(BadLine::Columns);
    };
    if is_first && time.eq_ignore_ascii_case(HEADER) {
        return Ok(Line::Nothing);
    }
    let quantity = columns.next().unwrap_or_default();
    if columns.next().is_some() {
        return Err(BadLine::Columns);
    }
    let at = time
        .parse()
        .ok()
        .and_then(Timestamp::from_millis)
        .ok_or(BadLine::Time)?;
    let price = decimal(price)
        .and_then(|price| Price::new(price).ok())
        .ok_or(BadLine::Price)?;
    let quantity = match quantity {
        "" => None,
        text => Some(
            decimal(text)
                .and_then(|value| Quantity::new(value).ok())
                .ok_or(BadLine::Quantity)?,
        ),
    };
    let asset = AssetId::parse(symbol).map_err(|_| BadLine::Symbol)?;
    let symbol = Symbol::parse(symbol).map_err(|_| BadLine::Symbol)?;
    Ok(Line::Tick(FileTick {
        at,
        symbol,
        asset,
        price,
        quantity,
    }))
}

/// The header that recordings begin with.
pub const COLUMNS: &str = "timestamp_ms,symbol,price,quantity";

/// A price as a line, with its line break.
pub fn write(symbol: &Symbol, tick: &Tick) -> String {
    let quantity = tick.quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
    format!("{},{symbol},{},{quantity}\n", tick.event_at.millis(), tick.price)
}

/// The names under which assets stand in a file, where a ticker may mean one asset only.
///
/// A ticker means the best ranked of the assets that have it; the others stand under their ids. Names that were given
/// stay, whatever ranks and tickers become later; an asset whose id is no ticker either gets none.
#[derive(Debug, Default)]
pub struct FileNames {
    given: HashMap<AssetId, Symbol>,
    taken: HashSet<Symbol>,
}

impl FileNames {
    /// Names the assets that have no name yet.
    pub fn add(&mut self, assets: &[AssetFacts]) {
        let mut new: Vec<&AssetFacts> = assets.iter().collect();
        new.retain(|facts| !self.given.contains_key(&facts.asset_id));
        new.sort_by_key(|facts| (facts.rank.unwrap_or(u32::MAX), facts.asset_id.clone()));
        for facts in new {
            let id = Symbol::parse(facts.asset_id.as_str()).ok();
            let mut names = [Some(facts.symbol.clone()), id].into_iter().flatten();
            if let Some(name) = names.find(|name| !self.taken.contains(name)) {
                self.taken.insert(name.clone());
                self.given.insert(facts.asset_id.clone(), name);
            }
        }
    }

    /// The name of an asset.
    pub fn get(&self, asset: &AssetId) -> Option<&Symbol> {
        self.given.get(asset)
    }
}

/// Recorders write small amounts as `3.844E-5`.
fn decimal(text: &str) -> Option<Decimal> {
    parse_plain(text).or_else(|_| parse_json_number(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(line: &str) -> FileTick {
        match parse(line, false) {
            Ok(Line::Tick(tick)) => tick,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_line_becomes_a_tick_with_all_its_digits() {
        let found = tick("1542153600000,btc,6459.0694273,1.3438056\r\n");
        assert_eq!((found.asset.as_str(), found.symbol.as_str()), ("btc", "BTC"));
        assert_eq!(found.price.to_string(), "6459.0694273");
        assert_eq!(
            found.quantity.map(|quantity| quantity.to_string()),
            Some("1.3438056".to_owned())
        );
        assert_eq!(
            tick("0,PEPE,0.000000000012,3.844E-5")
                .quantity
                .map(|value| value.to_string()),
            Some("0.00003844".to_owned())
        );
        assert_eq!(tick("1,BTC,1,").quantity, None);
        assert_eq!(tick("1,BTC,1").quantity, None);
    }

    #[test]
    fn a_line_that_is_written_is_read_as_the_same_tick() {
        for quantity in [Some("1.3438056"), None] {
            let tick = Tick {
                asset: AssetId::parse("pepe").expect("id"),
                seq: 1,
                event_at: Timestamp::from_millis(1_542_153_600_123).expect("time"),
                received_at: Timestamp::from_millis(1_542_153_600_200).expect("time"),
                price: Price::parse("0.000000000012").expect("price"),
                quantity: quantity.map(|text| Quantity::parse(text).expect("quantity")),
                range: None,
                source: domain::Source::Kraken,
                is_late: false,
            };
            let read = self::tick(&write(&Symbol::parse("PEPE").expect("symbol"), &tick));
            assert_eq!(
                (read.at, read.asset, read.price, read.quantity),
                (tick.event_at, tick.asset, tick.price, tick.quantity)
            );
        }
        assert_eq!(parse(COLUMNS, true), Ok(Line::Nothing));
    }

    #[test]
    fn assets_that_share_a_ticker_have_different_names_in_a_file_and_keep_them() {
        let facts = |id: &str, symbol: &str, rank| AssetFacts {
            asset_id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(symbol).expect("symbol"),
            name: id.to_owned(),
            image_url: None,
            rank,
            enabled: true,
            version: 1,
        };
        let mut names = FileNames::default();
        let long = "a-name-that-is-much-too-long-for-a-ticker";
        names.add(&[
            facts("abc-two", "abc", None),
            facts("abc-one", "abc", Some(3)),
            facts(long, "abc", None),
        ]);
        let name = |names: &FileNames, id: &str| names.get(&AssetId::parse(id).expect("id")).map(ToString::to_string);
        assert_eq!(name(&names, "abc-one").as_deref(), Some("ABC"));
        assert_eq!(name(&names, "abc-two").as_deref(), Some("ABC-TWO"));
        assert_eq!(name(&names, long), None);
        names.add(&[facts("abc-two", "abc", Some(1)), facts("abc", "abc", Some(2))]);
        assert_eq!(name(&names, "abc-one").as_deref(), Some("ABC"));
        assert_eq!(name(&names, "abc"), None, "both of its names are taken");
    }

    #[test]
    fn a_header_is_allowed_on_the_first_line_only() {
        assert_eq!(
            parse("\u{feff}timestamp_ms,symbol,price,quantity", true),
            Ok(Line::Nothing)
        );
        assert_eq!(parse("timestamp_ms,symbol,price,quantity", false), Err(BadLine::Time));
        assert_eq!(parse("  \n", false), Ok(Line::Nothing));
    }

    #[test]
    fn what_is_no_tick_is_refused_with_the_column() {
        let cases = [
            ("1,BTC", BadLine::Columns),
            ("1,BTC,1,1,1", BadLine::Columns),
            ("x,BTC,1,1", BadLine::Time),
            ("1.5,BTC,1,1", BadLine::Time),
            ("99999999999999999,BTC,1,1", BadLine::Time),
            ("1,,1,1", BadLine::Symbol),
            ("1,A/B,1,1", BadLine::Symbol),
            ("1,BTC,0,1", BadLine::Price),
            ("1,BTC,-1,1", BadLine::Price),
            ("1,BTC,NaN,1", BadLine::Price),
            ("1,BTC,1e400,1", BadLine::Price),
            ("1,BTC,1,-1", BadLine::Quantity),
            ("1,BTC,1,abc", BadLine::Quantity),
        ];
        for (line, why) in cases {
            assert_eq!(parse(line, false), Err(why), "{line}");
        }
    }
}
