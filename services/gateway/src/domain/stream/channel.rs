//! What a client can subscribe to.

use domain::Interval;

/// The longest name of a channel.
const MAX_LENGTH: usize = 160;

/// A channel, as its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// The newest prices of all assets: `ticker:*`.
    AllTickers,
    /// The newest price of one asset, by ticker or id: `ticker:BTC`.
    Ticker(String),
    /// The candles of one asset: `candles:BTC:1m`.
    Candles(String, Interval),
    /// What the user is told.
    Notifications,
    /// The user's paper portfolio.
    Portfolio,
    /// The orders in it.
    Orders,
}

/// The text names no channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownChannel {
    /// No such kind.
    #[error("must be ticker:*, ticker:SYMBOL, candles:SYMBOL:INTERVAL, notifications, portfolio or orders")]
    Kind,
    /// No such interval.
    #[error("the interval must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w")]
    Interval,
}

impl Channel {
    /// Reads a name.
    pub fn parse(name: &str) -> Result<Self, UnknownChannel> {
        if name.len() > MAX_LENGTH {
            return Err(UnknownChannel::Kind);
        }
        let mut parts = name.split(':');
        let (kind, symbol, interval) = (parts.next(), parts.next(), parts.next());
        match (kind, symbol, interval, parts.next()) {
            (Some("ticker"), Some("*"), None, None) => Ok(Self::AllTickers),
            (Some("ticker"), Some(symbol), None, None) if !symbol.is_empty() => Ok(Self::Ticker(symbol.to_owned())),
            (Some("candles"), Some(symbol), Some(interval), None) if !symbol.is_empty() => {
                let interval = interval.parse().map_err(|_| UnknownChannel::Interval)?;
                Ok(Self::Candles(symbol.to_owned(), interval))
            }
            (Some("notifications"), None, None, None) => Ok(Self::Notifications),
            (Some("portfolio"), None, None, None) => Ok(Self::Portfolio),
            (Some("orders"), None, None, None) => Ok(Self::Orders),
            _ => Err(UnknownChannel::Kind),
        }
    }

    /// Whether only its owner may hear it.
    pub fn is_private(&self) -> bool {
        matches!(self, Self::Notifications | Self::Portfolio | Self::Orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_channel_is_read() {
        let cases = [
            ("ticker:*", Channel::AllTickers),
            ("ticker:btc", Channel::Ticker("btc".to_owned())),
            ("candles:BTC:1m", Channel::Candles("BTC".to_owned(), Interval::M1)),
            ("notifications", Channel::Notifications),
            ("portfolio", Channel::Portfolio),
            ("orders", Channel::Orders),
        ];
        for (name, channel) in cases {
            assert_eq!(Channel::parse(name), Ok(channel), "{name}");
        }
    }

    #[test]
    fn what_names_no_channel_is_refused() {
        let long = format!("ticker:{}", "x".repeat(MAX_LENGTH));
        for name in [
            "",
            "ticker",
            "ticker:",
            "ticker:a:b",
            "candles:BTC",
            "candles::1m",
            "candles:BTC:1m:x",
            "orders:x",
            "TICKER:BTC",
            &long,
        ] {
            assert_eq!(Channel::parse(name), Err(UnknownChannel::Kind), "{name}");
        }
        assert_eq!(Channel::parse("candles:BTC:7m"), Err(UnknownChannel::Interval));
    }
}
