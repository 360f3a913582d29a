//! Binance combined streams of trades.

use domain::Timestamp;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{Frame, Quote, price, quantity, read};

#[derive(Deserialize)]
struct Combined<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    msg: String,
}

#[derive(Deserialize)]
struct Kind<'a> {
    e: Option<&'a str>,
}

#[derive(Deserialize)]
struct Trade<'a> {
    s: &'a str,
    #[serde(borrow)]
    p: &'a RawValue,
    #[serde(borrow)]
    q: &'a RawValue,
    #[serde(rename = "T")]
    at: i64,
    t: Option<u64>,
    a: Option<u64>,
}

/// What Binance prices assets in, longest first.
const QUOTES: [&str; 4] = ["FDUSD", "USDT", "USDC", "USD"];

/// Reads a message, of a combined stream or of a single one.
pub fn parse(text: &str) -> Frame {
    let Some(combined) = read::<Combined<'_>>(text) else {
        return Frame::Unreadable;
    };
    if let Some(refusal) = combined.error {
        return Frame::Refused(refusal.msg);
    }
    let data = combined.data.map_or(text, RawValue::get);
    match read::<Kind<'_>>(data).and_then(|kind| kind.e) {
        Some("trade" | "aggTrade") => match read::<Trade<'_>>(data).map(|trade| quote(&trade)) {
            Some(Ok(quote)) => Frame::Quotes(quote.into_iter().collect(), 0),
            Some(Err(())) | None => Frame::Quotes(Vec::new(), 1),
        },
        Some("serverShutdown") => Frame::Closing,
        _ => Frame::Alive,
    }
}

/// A quote; nothing where the pair is priced in what we do not convert.
fn quote(trade: &Trade<'_>) -> Result<Option<Quote>, ()> {
    let found = QUOTES
        .into_iter()
        .find_map(|quote| trade.s.strip_suffix(quote).map(|base| (base, quote)));
    let Some((base, quote)) = found.filter(|(base, _)| !base.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(Quote {
        base: base.to_owned(),
        quote: quote.to_owned(),
        price: price(trade.p).ok_or(())?,
        quantity: quantity(trade.q),
        at: Timestamp::from_millis(trade.at)
            .filter(|at| at.millis() > 0)
            .ok_or(())?,
        trade_id: trade.t.or(trade.a),
    }))
}

/// What to send to hear of these tickers in USDT, and of the price of USDC in USDT.
pub fn subscribe(bases: &[String]) -> String {
    let streams: Vec<String> = bases
        .iter()
        .map(|base| format!("{}usdt@aggTrade", base.to_lowercase()))
        .collect();
    json!({"method": "SUBSCRIBE", "params": streams, "id": 1}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_in_dollars_become_quotes_and_others_are_left_out() {
        let text = r#"{"stream":"abcusdt@aggTrade","data":{"e":"aggTrade","E":1,"s":"ABCUSDT","a":9,"p":"1.50","q":"2","T":1767571200000,"m":true}}"#;
        let Frame::Quotes(quotes, 0) = parse(text) else {
            panic!("{:?}", parse(text))
        };
        assert_eq!(
            (quotes[0].base.as_str(), quotes[0].quote.as_str(), quotes[0].trade_id),
            ("ABC", "USDT", Some(9))
        );
        assert_eq!(parse(&text.replace("ABCUSDT", "ABCEUR")), Frame::Quotes(Vec::new(), 0));
        assert_eq!(parse(&text.replace("1.50", "-1")), Frame::Quotes(Vec::new(), 1));
        assert_eq!(
            parse(r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}"#),
            Frame::Closing
        );
        assert_eq!(parse(r#"{"result":null,"id":1}"#), Frame::Alive);
    }
}
