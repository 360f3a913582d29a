//! Coinbase Exchange: the channels `ticker` and `heartbeat`.

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{Frame, Quote, moment, pair, price, quantity, read};

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    product_id: Option<&'a str>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    #[serde(borrow)]
    last_size: Option<&'a RawValue>,
    #[serde(borrow)]
    size: Option<&'a RawValue>,
    time: Option<&'a str>,
    trade_id: Option<u64>,
    message: Option<String>,
    reason: Option<String>,
}

/// Reads a message.
pub fn parse(text: &str) -> Frame {
    let Some(message) = read::<Message<'_>>(text) else {
        return Frame::Unreadable;
    };
    match message.kind {
        "ticker" | "match" | "last_match" => match quote(&message) {
            Some(quote) => Frame::Quotes(vec![quote], 0),
            None => Frame::Quotes(Vec::new(), 1),
        },
        "error" => {
            let why = [message.message, message.reason]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(": ");
            Frame::Refused(why)
        }
        _ => Frame::Alive,
    }
}

fn quote(message: &Message<'_>) -> Option<Quote> {
    let (base, quote) = pair(message.product_id?, '-')?;
    Some(Quote {
        base,
        quote,
        price: price(message.price?)?,
        quantity: message.last_size.or(message.size).and_then(quantity),
        at: moment(message.time?)?,
        trade_id: message.trade_id,
    })
}

/// What to send to hear of these tickers in USD.
pub fn subscribe(bases: &[String]) -> String {
    let products: Vec<String> = bases.iter().map(|base| format!("{base}-USD")).collect();
    json!({"type": "subscribe", "product_ids": products, "channels": ["ticker", "heartbeat"]}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticker_becomes_a_quote_and_oddities_do_not() {
        let text = r#"{"type":"ticker","sequence":1,"product_id":"ABC-USD","price":"12.50","last_size":"0.4","time":"2026-01-05T00:00:01.250000Z","trade_id":7}"#;
        let Frame::Quotes(quotes, 0) = parse(text) else {
            panic!("{:?}", parse(text))
        };
        assert_eq!(
            (quotes[0].base.as_str(), quotes[0].price.to_string(), quotes[0].trade_id),
            ("ABC", "12.50".to_owned(), Some(7))
        );
        assert_eq!(parse(&text.replace("12.50", "0")), Frame::Quotes(Vec::new(), 1));
        assert_eq!(
            parse(&text.replace("2026-01-05T", "0001-01-01T")),
            Frame::Quotes(Vec::new(), 1)
        );
        assert_eq!(
            parse(r#"{"type":"error","message":"no","reason":"gone"}"#),
            Frame::Refused("no: gone".to_owned())
        );
        assert_eq!(parse("<html>"), Frame::Unreadable);
    }
}
