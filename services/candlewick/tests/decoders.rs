//! Whatever comes in from outside is read or refused, quickly, and never ends the program.
//!
//! Each reader at a border gets arbitrary text, and good samples that were damaged: cut, spliced, with bytes and numbers
//! changed, nested a thousand deep. The file reader of imports has its own such test beside it.

use std::{fmt::Debug, sync::Arc, time::Duration};

use contracts::{
    AnyEvent, Event, LogBatch, Role,
    events::{AlertFired, OrderFilled, UserRegistered},
};
use domain::{Clock, Interval, SessionId, SystemClock, Timestamp, UserId};
use gateway::domain::{
    access::{AccessKeys, KeySet},
    stream::{channel::Channel, request::Request},
};
use market_data::domain::{
    providers::{binance, coinbase, coingecko, kraken, past},
    tick_line,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use service_kit::{
    http::parse_json,
    identity::{InternalTokens, UserIdentity},
    paging::Cursor,
};

/// How many inputs each reader gets.
const CASES: u32 = 400;
/// How long reading one of them may take, on a machine that has other things to do.
const DEADLINE: Duration = Duration::from_secs(2);

/// Pieces that readers have stumbled over elsewhere.
const NASTY: &[&str] = &[
    "",
    "0",
    "-0",
    "-1",
    "1e400",
    "1e-400",
    "1E+999999999",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "00012",
    "+1",
    "1.",
    ".1",
    "９",
    "99999999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000001",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "null",
    "true",
    "[]",
    "{}",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{1f4a9}",
    "é",
    "\r\n",
    "\n",
    "\t",
    " ",
    ",",
    ";",
    ":",
    ".",
    "..",
    "../",
    "%00",
    "%zz",
    "{\"",
    "\":",
    "[[[[[[[[",
    "]]]]]]]]",
    "'; DROP TABLE users; --",
    "<script>",
    "=1+1",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:60.999999999Z",
    "-262144-01-01T00:00:00Z",
    "2026-02-30T25:61:61+99:99",
];

#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, &'static str),
    Replace(prop::sample::Index, prop::sample::Index, &'static str),
    Repeat(prop::sample::Index, prop::sample::Index),
    Flip(prop::sample::Index, char),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        place().prop_map(Damage::Cut),
        (place(), select(NASTY)).prop_map(|(at, text)| Damage::Insert(at, text)),
        (place(), place(), select(NASTY)).prop_map(|(from, to, text)| Damage::Replace(from, to, text)),
        (place(), place()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        (place(), any::<char>()).prop_map(|(at, letter)| Damage::Flip(at, letter)),
    ]
}

impl Damage {
    fn done_to(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let span = |from: &prop::sample::Index, to: &prop::sample::Index| {
            let (from, to) = (from.index(letters.len() + 1), to.index(letters.len() + 1));
            (from.min(to), from.max(to))
        };
        let join = |before: &[char], between: &str, after: &[char]| {
            before
                .iter()
                .copied()
                .chain(between.chars())
                .chain(after.iter().copied())
                .collect()
        };
        match self {
            Self::Cut(at) => letters[..at.index(letters.len() + 1)].iter().collect(),
            Self::Insert(at, piece) => {
                let at = at.index(letters.len() + 1);
                join(&letters[..at], piece, &letters[at..])
            }
            Self::Replace(from, to, piece) => {
                let (from, to) = span(from, to);
                join(&letters[..from], piece, &letters[to..])
            }
            Self::Repeat(from, to) => {
                let (from, to) = span(from, to);
                let again: String = letters[from..to].iter().collect();
                join(&letters[..to], &again, &letters[to..])
            }
            Self::Flip(at, letter) => {
                let at = at.index(letters.len().max(1));
                join(
                    &letters[..at.min(letters.len())],
                    &letter.to_string(),
                    letters.get(at + 1..).unwrap_or(&[]),
                )
            }
        }
    }
}

/// Arbitrary text, damaged samples, and samples behind a thousand brackets.
fn inputs(samples: Vec<String>) -> impl Strategy<Value = String> {
    let damaged = (select(samples.clone()), prop::collection::vec(damage(), 1..6));
    let damaged = damaged.prop_map(|(sample, harm)| harm.iter().fold(sample, |text, damage| damage.done_to(&text)));
    let nested = (select(samples), select(vec!["[", "{\"all\":[", "{\"a\":"]))
        .prop_map(|(sample, open)| open.repeat(1_000) + &sample);
    prop_oneof![6 => damaged, 2 => any::<String>(), 1 => select(NASTY).prop_map(str::to_owned), 1 => nested]
}

/// Reads damaged samples; a good one must be among what was read, or the samples are no samples.
fn survives<T, E: Debug>(samples: &[&str], read: impl Fn(&str) -> Result<T, E>) {
    for sample in samples {
        if let Err(error) = read(sample) {
            panic!("{sample} is no sample: {error:?}");
        }
    }
    let samples = samples.iter().map(|sample| (*sample).to_owned()).collect();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(CASES));
    let outcome = runner.run(&inputs(samples), |text| {
        let begun = std::time::Instant::now();
        drop(read(&text));
        prop_assert!(begun.elapsed() < DEADLINE, "it took {:?}", begun.elapsed());
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn some<T>(value: Option<T>) -> Result<T, &'static str> {
    value.ok_or("refused")
}

fn payload_of<E: Event>(text: &str) -> Result<E, String> {
    let event: AnyEvent = serde_json::from_str(text).map_err(|error| error.to_string())?;
    event.read::<E>().map_err(|error| error.to_string())
}

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../../crates/contracts/golden/", $name, ".json"))
    };
}

#[test]
fn reliability_66_no_fact_and_no_batch_of_ticks_is_too_strange() {
    survives(&[golden!("alert.fired.v1")], payload_of::<AlertFired>);
    survives(&[golden!("order.filled.v1")], payload_of::<OrderFilled>);
    survives(&[golden!("user.registered.v1")], payload_of::<UserRegistered>);
    survives(&[golden!("log-batch.v1")], |text| LogBatch::decode(text.as_bytes()));
}

#[test]
fn reliability_66_no_token_is_too_strange() {
    let secret = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6".to_owned().into();
    let tokens = InternalTokens::from_secret(&secret, "alerts", Arc::new(SystemClock)).expect("a secret");
    let user = UserIdentity {
        id: UserId::new(),
        role: Role::User,
        session: Some(SessionId::new()),
        scopes: None,
    };
    survives(
        &[
            &tokens.mint_user("alerts", &user),
            &tokens.mint_service("alerts"),
            &tokens.mint_anonymous("alerts"),
        ],
        |text| tokens.verify(text),
    );
    // Nobody here can sign an access token: damaged ones are refused, which is all that is asked.
    let keys = r#"{"keys": [{"kid": "a", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let keys: KeySet = serde_json::from_str(keys).expect("keys");
    let keys = AccessKeys::new("https://candlewick.example", &keys);
    let now = SystemClock.now();
    let signed = tokens.mint_user("alerts", &user);
    survives(&[&signed], |text| {
        let refused = keys.verify(text, now).is_err();
        if refused {
            Ok(())
        } else {
            Err("a token that nobody signed counts")
        }
    });
}

#[test]
fn reliability_66_no_message_of_a_provider_is_too_strange() {
    survives(
        &[
            r#"{"channel":"trade","type":"update","data":[{"symbol":"ABC/USD","side":"buy","price":0.000000000012,"qty":1e3,"ord_type":"limit","trade_id":5,"timestamp":"2026-01-05T00:00:01.5Z"}]}"#,
            r#"{"channel":"heartbeat"}"#,
        ],
        |text| Ok::<_, ()>(kraken::parse(text)),
    );
    survives(
        &[
            r#"{"type":"ticker","sequence":1,"product_id":"ABC-USD","price":"12.50","last_size":"0.4","time":"2026-01-05T00:00:01.250000Z","trade_id":7}"#,
            r#"{"type":"error","message":"no","reason":"gone"}"#,
        ],
        |text| Ok::<_, ()>(coinbase::parse(text)),
    );
    survives(
        &[
            r#"{"stream":"abcusdt@aggTrade","data":{"e":"aggTrade","E":1,"s":"ABCUSDT","a":9,"p":"1.50","q":"2","T":1767571200000,"m":true}}"#,
            r#"{"result":null,"id":1}"#,
        ],
        |text| Ok::<_, ()>(binance::parse(text)),
    );
    survives(
        &[
            r#"[{"id":"abc","symbol":"abc","name":"Abc","current_price":1.2e-11,"market_cap":5,"market_cap_rank":1,"total_volume":7,"last_updated":"2026-01-05T00:00:01.5Z","sparkline_in_7d":{"price":[1,2]}}]"#,
        ],
        |text| some(coingecko::parse_markets(text)),
    );
    survives(
        &[r#"{"prices":[[1621003519770,50675.25],[1621003958620,null],[-1,3]],"market_caps":[]}"#],
        |text| some(past::parse_market_chart(text)),
    );
    survives(&["[[1621003500000,1,2,0.5,1.5]]"], |text| {
        some(past::parse_ohlc(text, Interval::M30))
    });
    survives(
        &[r#"[[1621000800000,"1","2","0.5","1.5","10",1621004399999,"0",5,"0","0","0"]]"#],
        |text| some(past::parse_klines(text, Interval::H1)),
    );
}

#[test]
fn reliability_66_no_line_of_a_tick_file_is_too_strange() {
    let samples = [
        "1767571200000,BTC,60000.5,0.1",
        "1767571200000,btc,1",
        "timestamp_ms,symbol,price,quantity",
        "",
    ];
    survives(&samples, |text| tick_line::parse(text, true));
}

#[test]
fn reliability_66_no_number_time_or_cursor_is_too_strange() {
    let numbers = [
        "0",
        "1",
        "-12.5",
        "0.000000000000000001",
        "9999999999999999999999999999",
    ];
    survives(&numbers, domain::decimal::parse_plain);
    survives(&["1e3", "1.5E-7", "0", "-3"], domain::decimal::parse_json_number);
    survives(
        &["2026-01-05T00:00:01.5Z", "2026-01-05T00:00:01+02:00"],
        Timestamp::parse,
    );
    let cursors = [
        Cursor((7_i64, "abc".to_owned())).encode(),
        Cursor((i64::MIN, String::new())).encode(),
    ];
    survives(&[&cursors[0], &cursors[1]], |text| {
        some(Cursor::<(i64, String)>::decode(text))
    });
}

#[test]
fn reliability_66_no_condition_is_too_strange() {
    let samples = [
        r#"{"type": "above", "price": "70000"}"#,
        r#"{"type": "channel", "low": 1, "high": "2.5", "op": "exits"}"#,
        r#"{"type": "change_pct", "direction": "either", "percent": 5, "window": "1h"}"#,
        r#"{"type": "indicator", "indicator": "rsi:14", "interval": "1h", "op": "crosses_above", "value": 70}"#,
        r#"{"type": "volume_spike", "multiple": 3, "interval": "1h"}"#,
        r#"{"all": [{"type": "below", "price": 1e-8}, {"type": "crosses", "price": "2"}]}"#,
    ];
    survives(&samples, |text| alerts::domain::Condition::parse(text, "condition"));
}

#[test]
fn reliability_66_no_message_of_a_stream_client_is_too_strange() {
    let samples = [
        r#"{"op": "subscribe", "channels": ["ticker:BTC", "ticker:*", "candles:BTC:1m", "notifications"]}"#,
        r#"{"op": "auth", "token": "abc"}"#,
        r#"{"op": "ping"}"#,
    ];
    survives(&samples, Request::parse);
    survives(&["ticker:BTC", "candles:BTC:1m", "ticker:*", "orders"], Channel::parse);
    survives(&[r#"{"a": [1, {"b": "c"}]}"#], parse_json::<serde_json::Value>);
}
