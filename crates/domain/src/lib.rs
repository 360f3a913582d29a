//! The words that every service shares: assets, prices, ticks, candles, time and ids.
//!
//! Values are parsed once, at the edge; a value of one of these types is valid by construction.
//! This crate does no I/O, reads no clock and knows neither HTTP nor SQL.

mod asset;
mod candle;
pub mod candles;
pub mod decimal;
mod ids;
mod money;
mod tick;
mod time;

pub use asset::{AssetId, InvalidAsset, Symbol};
pub use candle::{Candle, Ohlc};
pub use decimal::InvalidDecimal;
pub use ids::*;
pub use money::{InvalidAmount, Money, Price, Quantity};
pub use rust_decimal::Decimal;
pub use tick::{PriceRange, Source, Tick, UnknownSource};
pub use time::{Clock, Interval, InvalidTimestamp, ManualClock, SharedClock, SystemClock, Timestamp, UnknownInterval};
