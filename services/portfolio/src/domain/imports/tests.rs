use proptest::prelude::*;
use rust_decimal::dec;

use super::*;
use crate::domain::catalogue::{Asset, Catalogue};

const BINANCE: &str = include_str!("../../../tests/samples/binance.csv");
const BINANCE_EARLIER: &str = include_str!("../../../tests/samples/binance_earlier.csv");
const COINBASE: &str = include_str!("../../../tests/samples/coinbase.csv");
const KRAKEN: &str = include_str!("../../../tests/samples/kraken.csv");
const OWN: &str = "id,created_at,order_id,asset_id,symbol,name,side,quantity,price,total,fee,realized_pnl,quote_price,quote_source,quote_event_at,executed_at,imported_from
01900000-0000-7000-8000-000000000002,2026-03-02T10:00:00.000Z,01900000-0000-7000-8000-0000000000aa,bitcoin,BTC,Bitcoin,sell,0.5,59970,29955.01,29.985,-1.5,60000,kraken,2026-03-02T10:00:00.000Z,2026-03-02T10:00:00.000Z,
01900000-0000-7000-8000-000000000001,2026-03-01T10:00:00.000Z,01900000-0000-7000-8000-0000000000bb,bitcoin,BTC,Bitcoin,buy,0.5,60078,30069.04,30.039,,60000,kraken,2026-03-01T10:00:00.000Z,2026-03-01T10:00:00.000Z,
";

fn catalogue() -> Catalogue {
    let asset = |id: &str, symbol: &str, rank| Asset {
        id: domain::AssetId::parse(id).expect("id"),
        symbol: domain::Symbol::parse(symbol).expect("symbol"),
        name: id.to_owned(),
        rank: Some(rank),
        enabled: true,
    };
    let catalogue = Catalogue::default();
    catalogue.replace(vec![asset("bitcoin", "BTC", 1), asset("ethereum", "ETH", 2)]);
    catalogue
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-26T00:00:00Z").expect("time")
}

fn planned(text: &str) -> Plan {
    plan(read(text).expect("a file"), &catalogue(), Book::default(), now())
}

fn reasons(plan: &Plan) -> Vec<String> {
    let wrong = |row: &Planned| match &row.standing {
        Standing::Wrong(why) => Some(format!("{} {}: {why}", why.kind.code(), row.line)),
        _ => None,
    };
    plan.rows.iter().filter_map(wrong).collect()
}

fn fills(plan: &Plan) -> Vec<(u64, Side, Decimal, Decimal, Decimal)> {
    let new = |row: &Planned| match &row.standing {
        Standing::New(fill) => Some((row.line, fill.side, fill.quantity, fill.fee.normalize(), fill.total)),
        _ => None,
    };
    plan.rows.iter().filter_map(new).collect()
}

#[test]
fn each_exchange_is_known_by_its_header_and_read_oldest_first() {
    let plan = planned(KRAKEN);
    assert_eq!(reasons(&plan), Vec::<String>::new());
    assert_eq!(
        fills(&plan),
        [
            (2, Side::Buy, dec!(0.01), dec!(1.56), dec!(601.56)),
            (3, Side::Buy, dec!(0.5), dec!(3.9), dec!(1503.90)),
            (4, Side::Sell, dec!(0.005), dec!(0.793), dec!(304.20)),
        ]
    );
    assert_eq!((plan.cost, plan.proceeds), (dec!(2105.46), dec!(304.20)));
    let plan = planned(COINBASE);
    assert_eq!(
        fills(&plan),
        [
            (2, Side::Buy, dec!(0.01), dec!(3.6), dec!(603.60)),
            (3, Side::Sell, dec!(0.004), dec!(1.46), dec!(242.54)),
            (4, Side::Buy, dec!(1.5), dec!(4.5), dec!(4504.50)),
        ]
    );
    for (text, source) in [
        (KRAKEN, Source::Kraken),
        (COINBASE, Source::Coinbase),
        (BINANCE, Source::Binance),
        (BINANCE_EARLIER, Source::Binance),
        (OWN, Source::Candlewick),
    ] {
        assert_eq!(read(text).expect("a file").source, source);
    }
}

#[test]
fn a_fee_in_the_asset_changes_how_much_came_in_and_one_in_another_asset_is_told() {
    let plan = planned(BINANCE);
    assert_eq!(reasons(&plan), Vec::<String>::new());
    assert_eq!(
        fills(&plan),
        [
            (6, Side::Buy, dec!(0.25), dec!(0.75), dec!(750.75)),
            (5, Side::Buy, dec!(0.25), dec!(0.75), dec!(750.75)),
            (4, Side::Buy, dec!(0.5), dec!(0), dec!(1500.00)),
            // 0.1 BTC for 6,000 USDT, of which 0.0001 BTC were kept as a fee.
            (3, Side::Buy, dec!(0.0999), dec!(6), dec!(6000.00)),
            (2, Side::Sell, dec!(0.05), dec!(3.1), dec!(3096.90)),
        ]
    );
    let note = plan.rows[2].told.as_ref().and_then(|told| told.note.clone());
    assert_eq!(
        note.as_deref(),
        Some("1 USDC is counted as 1 USD; its fee of 0.0012BNB is not counted: what that was worth is not known")
    );
    assert_eq!(
        fills(&planned(BINANCE_EARLIER)),
        [
            (2, Side::Buy, dec!(0.01998), dec!(1.2), dec!(1200.00)),
            (3, Side::Sell, dec!(0.01), dec!(0.61), dec!(609.39)),
        ]
    );
}

#[test]
fn our_own_export_comes_back_as_it_went_out() {
    assert_eq!(
        fills(&planned(OWN)),
        [
            (3, Side::Buy, dec!(0.5), dec!(30.039), dec!(30069.04)),
            (2, Side::Sell, dec!(0.5), dec!(29.985), dec!(29955.01)),
        ]
    );
}

#[test]
fn a_row_keeps_its_key_in_any_file_and_equal_rows_have_two() {
    let keys = |text: &str| -> Vec<String> {
        let rows = read(text).expect("a file").rows;
        rows.into_iter().map(|row| row.fill.expect("a fill").key).collect()
    };
    let all = keys(BINANCE);
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 5, "two equal rows are two fills");
    let lines: Vec<&str> = BINANCE.lines().collect();
    let mut part = keys(&[lines[0], lines[5], lines[3]].join("\n"));
    part.retain(|key| !all.contains(key));
    assert_eq!(part, Vec::<String>::new(), "an overlapping file tells the same keys");
    let twice = format!("{KRAKEN}{}", KRAKEN.lines().nth(1).expect("a row"));
    assert_eq!(planned(&twice).counts(), (3, 1, 0), "one id is one fill");
}

#[test]
fn a_file_without_a_known_header_or_rows_is_refused() {
    for text in ["", "a,b\n1,2", "\u{feff}", "txid,pair", "\u{0}\u{1}"] {
        assert_eq!(read(text), Err(UnreadableFile::UnknownHeader), "{text:?}");
    }
    assert_eq!(
        read(KRAKEN.lines().next().expect("a header")),
        Err(UnreadableFile::Empty)
    );
    assert!(
        read(&format!("\u{feff}{KRAKEN}")).is_ok(),
        "a byte order mark is no matter"
    );
}

#[test]
fn every_wrong_row_is_told_with_its_line_and_reason() {
    let row = |cells: &str| {
        let header = "txid,pair,time,type,price,cost,fee,vol";
        reasons(&planned(&format!("{header}\n{cells}")))
    };
    for (cells, reason) in [
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,hold,1,1,0,1",
            "wrong_cell 2: type must be buy or sell",
        ),
        (
            "T1,XXBTZUSD,yesterday,buy,1,1,0,1",
            "wrong_time 2: time must be a time such as 2026-11-26 10:15:30",
        ),
        (
            "T1,XXBTZUSD,2027-01-05 10:00:00,buy,1,1,0,1",
            "in_future 2: lies in the future",
        ),
        (
            "T1,NOPEUSD,2026-01-05 10:00:00,buy,1,1,0,1",
            "unknown_asset 2: NOPE is not known here",
        ),
        (
            "T1,XXBTZEUR,2026-01-05 10:00:00,buy,1,1,0,1",
            "unknown_pair 2: XXBTZEUR is no pair against US dollars",
        ),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,sell,60000,6000,0,0.1",
            "more_than_held 2: sells 0.1 BTC where 0 are held and free",
        ),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,buy,60000,7000,0,0.1",
            "wrong_sum 2: its cost of 7000 does not fit its quantity and price",
        ),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,buy,60000,0,0,0.000000001",
            "wrong_number 2: its quantity must have at most 8 decimals",
        ),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,buy,1,0,0,0",
            "wrong_number 2: its quantity must be greater than 0",
        ),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,buy,1,1,-1,1",
            "wrong_number 2: its fee must not be negative",
        ),
        (
            ",XXBTZUSD,2026-01-05 10:00:00,buy,1,1,0,1",
            "missing_cell 2: txid is missing",
        ),
        ("T1", "missing_cell 2: pair is missing"),
        (
            "T1,XXBTZUSD,2026-01-05 10:00:00,buy,1000000,100000000000,0,100000",
            "too_large 2: is worth more than 1000000000 USD",
        ),
    ] {
        assert_eq!(row(cells), [reason], "{cells}");
    }
    for wrong in ["NaN", "1e9", "0x10", "1,5", "１", "--1", "1.2.3", ""] {
        let cells = format!("T1,XXBTZUSD,2026-01-05 10:00:00,buy,\"{wrong}\",1,0,1");
        assert_eq!(row(&cells).len(), 1, "{wrong}");
    }
}

#[test]
fn thousands_are_read_with_commas_and_a_decimal_comma_is_not_guessed() {
    let row = |executed: &str, amount: &str| {
        planned(&format!(
            "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n2026-01-05 10:00:00,BTCUSDT,BUY,60000,\"{executed}BTC\",\"{amount}USDT\","
        ))
    };
    assert_eq!(row("0.1", "6,000.00").counts(), (1, 0, 0));
    assert_eq!(row("0,1", "6000").counts(), (0, 0, 1));
    assert_eq!(row("0.1", "6.000,00").counts(), (0, 0, 1));
}

proptest! {
    /// Whatever is sent, reading it ends with an answer.
    #[test]
    fn reliability_66_no_file_is_too_strange_to_be_answered(tail in "\\PC{0,200}", at in 0_usize..600, with in "[\\PC\n\",;.0-9-]{0,12}") {
        for sample in [BINANCE, BINANCE_EARLIER, COINBASE, KRAKEN, OWN] {
            let cut = (0..=at.min(sample.len())).rev().find(|cut| sample.is_char_boundary(*cut)).unwrap_or(0);
            let text = format!("{}{with}{}{tail}", &sample[..cut], &sample[cut..]);
            if let Ok(file) = read(&text) {
                let rows = file.rows.len();
                let plan = plan(file, &catalogue(), Book::default(), now());
                let (new, known, wrong) = plan.counts();
                prop_assert_eq!(new + known + wrong, rows);
            }
        }
    }
}

#[test]
fn a_year_of_two_digits_is_one_of_this_century() {
    let short = BINANCE.replace("\"2026-", "\"26-");
    assert_ne!(short, BINANCE);
    let times = |text: &str| -> Vec<Option<Timestamp>> {
        let told = |row: &Planned| row.told.as_ref().map(|told| told.executed_at);
        planned(text).rows.iter().map(told).collect()
    };
    assert_eq!(times(&short), times(BINANCE));
}
