//! Kraken WebSocket v2: the channel `trade`, and its heartbeats.

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{Frame, Quote, moment, pair, price, quantity, read};

#[derive(Deserialize)]
struct Message<'a> {
    channel: Option<&'a str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    success: Option<bool>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Trade<'a> {
    symbol: &'a str,
    #[serde(borrow)]
    price: &'a RawValue,
    #[serde(borrow)]
    qty: &'a RawValue,
    timestamp: &'a str,
    trade_id: Option<u64>,
}

/// Reads a message.
pub fn parse(text: &str) -> Frame {
    let Some(message) = read::<Message<'_>>(text) else {
        return Frame::Unreadable;
    };
    if message.success == Some(false) {
        return Frame::Refused(message.error.unwrap_or_else(|| "refused".to_owned()));
    }
    match (message.channel, message.data) {
        (Some("trade"), Some(data)) => trades(data.get()),
        _ => Frame::Alive,
    }
}

fn trades(text: &str) -> Frame {
    let Some(items) = read::<Vec<&RawValue>>(text) else {
        return Frame::Unreadable;
    };
    let quotes: Vec<Quote> = items
        .iter()
        .filter_map(|item| read::<Trade<'_>>(item.get()).and_then(|trade| quote(&trade)))
        .collect();
    let bad = items.len() - quotes.len();
    Frame::Quotes(quotes, bad)
}

fn quote(trade: &Trade<'_>) -> Option<Quote> {
    let (base, quote) = pair(trade.symbol, '/')?;
    Some(Quote {
        base: if base == "XBT" { "BTC".to_owned() } else { base },
        quote,
        price: price(trade.price)?,
        quantity: quantity(trade.qty),
        at: moment(trade.timestamp)?,
        trade_id: trade.trade_id,
    })
}

/// What to send to hear of these tickers in USD.
pub fn subscribe(bases: &[String]) -> String {
    let symbols: Vec<String> = bases.iter().map(|base| format!("{base}/USD")).collect();
    json!({"method": "subscribe", "params": {"channel": "trade", "symbol": symbols, "snapshot": true}}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_become_quotes_and_bad_ones_are_counted() {
        let trade = r#"{"symbol":"ABC/USD","side":"buy","price":0.000000000012,"qty":1e3,"ord_type":"limit","trade_id":5,"timestamp":"2026-01-05T00:00:01.5Z"}"#;
        let text = format!(r#"{{"channel":"trade","type":"update","data":[{trade},{{"symbol":"ABC/USD"}}]}}"#);
        let Frame::Quotes(quotes, 1) = parse(&text) else {
            panic!("{:?}", parse(&text))
        };
        assert_eq!(
            (
                quotes[0].price.to_string(),
                quotes[0].quantity.map(|value| value.to_string())
            ),
            ("0.000000000012".to_owned(), Some("1000".to_owned()))
        );
        assert_eq!(parse(r#"{"channel":"heartbeat"}"#), Frame::Alive);
        assert_eq!(
            parse(r#"{"error":"no","method":"subscribe","success":false}"#),
            Frame::Refused("no".to_owned())
        );
    }
}
