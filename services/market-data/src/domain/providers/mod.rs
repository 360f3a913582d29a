//! The wire of live providers: messages in, quotes out, and nothing else.

pub mod binance;
pub mod budget;
pub mod coinbase;
pub mod coingecko;
pub mod kraken;
pub mod past;
pub mod rounds;
pub mod session;

use domain::{Decimal, Price, Quantity, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A price as a provider says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The ticker of the asset, upper case.
    pub base: String,
    /// What it is priced in.
    pub quote: String,
    /// The price, in units of `quote`.
    pub price: Price,
    /// How much was traded at it.
    pub quantity: Option<Quantity>,
    /// When.
    pub at: Timestamp,
    /// The number of the trade, by which one that is told twice is known.
    pub trade_id: Option<u64>,
}

/// What a message of a stream means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Prices, and how many items beside them could not be used.
    Quotes(Vec<Quote>, usize),
    /// The stream lives and has nothing to say, or something that nobody asked for.
    Alive,
    /// It refuses a subscription.
    Refused(String),
    /// It is about to close.
    Closing,
    /// Not what this provider sends.
    Unreadable,
}

/// A number on the wire, as a text or as a JSON number, never through a float.
pub(crate) fn decimal(raw: &RawValue) -> Option<Decimal> {
    let text = raw.get();
    let plain = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    domain::decimal::parse_plain(plain)
        .or_else(|_| domain::decimal::parse_json_number(plain))
        .ok()
        .or_else(|| rounded(plain))
}

/// Providers sometimes tell more digits than anybody needs: the first 18 decimals count.
fn rounded(text: &str) -> Option<Decimal> {
    let value = Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()?;
    Some(value.round_dp(18).normalize())
}

pub(crate) fn price(raw: &RawValue) -> Option<Price> {
    decimal(raw).and_then(|value| Price::new(value).ok())
}

pub(crate) fn quantity(raw: &RawValue) -> Option<Quantity> {
    decimal(raw).and_then(|value| Quantity::new(value).ok())
}

/// A moment in RFC 3339; years that make no sense are refused.
pub(crate) fn moment(raw: &str) -> Option<Timestamp> {
    let at = Timestamp::parse(raw).ok()?;
    (at.millis() > 0).then_some(at)
}

pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// `BTC-USD`, `BTC/USD` in two.
pub(crate) fn pair(text: &str, separator: char) -> Option<(String, String)> {
    let (base, quote) = text.split_once(separator)?;
    (!base.is_empty() && !quote.is_empty()).then(|| (base.to_uppercase(), quote.to_uppercase()))
}
