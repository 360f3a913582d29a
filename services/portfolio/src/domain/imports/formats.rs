//! The exports that can be read, told apart by their headers.

use std::{cmp::Ordering, collections::HashMap};

use aws_lc_rs::digest;
use contracts::events::Side;
use csv::{ReaderBuilder, StringRecord, Trim};
use domain::AssetId;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{
    ForeignFill, ImportFile, ImportRow, Source, UnreadableFile,
    cells::{Cells, decimal, dollar_note, grouped, split_pair},
};
use crate::domain::journal::hex;

/// A longer key is kept as its hash.
const MAX_KEY: usize = 80;

type Columns = HashMap<String, usize>;
type ReadRow = fn(&Cells<'_>) -> Result<ForeignFill, String>;

/// A layout: whose it is, the columns by which it is known, and how its rows are read.
struct Format {
    source: Source,
    columns: &'static [&'static str],
    /// Which way its rows stand where their times don't tell.
    is_newest_first: bool,
    read: ReadRow,
}

const FORMATS: [Format; 5] = [
    Format {
        source: Source::Candlewick,
        columns: &[
            "id",
            "created_at",
            "asset_id",
            "side",
            "quantity",
            "price",
            "total",
            "fee",
        ],
        is_newest_first: true,
        read: candlewick,
    },
    Format {
        source: Source::Binance,
        columns: &["date(utc)", "pair", "side", "price", "executed", "amount", "fee"],
        is_newest_first: true,
        read: binance,
    },
    Format {
        source: Source::Binance,
        columns: &[
            "date(utc)",
            "market",
            "type",
            "price",
            "amount",
            "total",
            "fee",
            "fee coin",
        ],
        is_newest_first: true,
        read: binance_earlier,
    },
    Format {
        source: Source::Coinbase,
        columns: &[
            "trade id",
            "product",
            "side",
            "created at",
            "size",
            "price",
            "fee",
            "total",
            "price/fee/total unit",
        ],
        is_newest_first: false,
        read: coinbase,
    },
    Format {
        source: Source::Kraken,
        columns: &["txid", "pair", "time", "type", "price", "cost", "fee", "vol"],
        is_newest_first: false,
        read: kraken,
    },
];

/// Reads a file. What is wrong with single rows is told with them.
pub fn read(text: &str) -> Result<ImportFile, UnreadableFile> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records = reader.records();
    let header = records
        .next()
        .and_then(Result::ok)
        .ok_or(UnreadableFile::UnknownHeader)?;
    let (format, columns) = format_of(&header).ok_or(UnreadableFile::UnknownHeader)?;
    let mut rows = Vec::new();
    for record in records {
        let row = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = Cells {
                    columns: &columns,
                    record: &record,
                };
                let fill = (format.read)(&cells).map(|fill| identified(fill, &record));
                ImportRow { line, fill }
            }
            Err(error) => ImportRow {
                line: error.position().map_or(0, csv::Position::line),
                fill: Err("is no row of a CSV file in UTF-8".to_owned()),
            },
        };
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(UnreadableFile::Empty);
    }
    tell_equal_rows_apart(&mut rows);
    put_oldest_first(&mut rows, format.is_newest_first);
    Ok(ImportFile {
        source: format.source,
        rows,
    })
}

fn format_of(header: &StringRecord) -> Option<(&'static Format, Columns)> {
    let columns: Columns = header
        .iter()
        .enumerate()
        .map(|(at, name)| (name.to_ascii_lowercase(), at))
        .collect();
    let format = FORMATS
        .iter()
        .find(|format| format.columns.iter().all(|column| columns.contains_key(*column)))?;
    Some((format, columns))
}

/// A row without an id of its own is known by its content.
fn identified(mut fill: ForeignFill, record: &StringRecord) -> ForeignFill {
    if fill.key.is_empty() {
        let whole: Vec<&str> = record.iter().collect();
        fill.key = hash(&whole.join("\u{1f}"));
    } else if fill.key.len() > MAX_KEY {
        fill.key = hash(&fill.key);
    }
    fill
}

fn hash(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

/// Two fills may look the same in a file without ids. The second one is so in any file that holds both.
fn tell_equal_rows_apart(rows: &mut [ImportRow]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for fill in rows.iter_mut().filter_map(|row| row.fill.as_mut().ok()) {
        let count = seen.entry(fill.key.clone()).or_default();
        *count += 1;
        // The content's hash has 64 digits; what has an id is told apart by that, and an id twice is one fill.
        if *count > 1 && fill.key.len() == 64 {
            fill.key = format!("{}-{count}", fill.key);
        }
    }
}

/// Exports come in either order; rows of one moment keep theirs.
fn put_oldest_first(rows: &mut [ImportRow], is_newest_first: bool) {
    let moment = |row: &ImportRow| row.fill.as_ref().ok().map(|fill| fill.executed_at);
    let mut known = rows.iter().filter_map(moment);
    let (first, last) = (known.next(), known.next_back());
    let is_reversed = match last.cmp(&first) {
        Ordering::Less => last.is_some(),
        Ordering::Equal => is_newest_first,
        Ordering::Greater => false,
    };
    if is_reversed {
        rows.reverse();
    }
    rows.sort_by_key(moment);
}

fn candlewick(cells: &Cells<'_>) -> Result<ForeignFill, String> {
    let id: Uuid = cells
        .required("id")?
        .parse()
        .map_err(|_| "id must be a UUID".to_owned())?;
    // The export keeps spreadsheets from taking a text for a formula.
    let asset = cells.required("asset_id")?.trim_start_matches('\'').to_owned();
    AssetId::parse(&asset).map_err(|_| "asset_id is no id of an asset".to_owned())?;
    let executed_at = match cells.text("executed_at") {
        "" => cells.moment("created_at")?,
        _ => cells.moment("executed_at")?,
    };
    let fill = ForeignFill {
        key: id.to_string(),
        executed_at,
        asset,
        side: cells.side("side")?,
        quantity: cells.decimal("quantity")?,
        price: cells.decimal("price")?,
        fee: cells.decimal("fee")?,
        note: None,
    };
    let stated = cells.decimal("total")?;
    check_sum("total", stated, fill.booked()?.total)?;
    Ok(fill)
}

fn binance(cells: &Cells<'_>) -> Result<ForeignFill, String> {
    let (pair, amount) = (cells.required("pair")?, cells.required("amount")?);
    let quote = amount.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let base = pair
        .strip_suffix(quote)
        .filter(|base| !base.is_empty() && !quote.is_empty());
    let base = base.ok_or_else(|| format!("pair must end with the currency of amount {amount}"))?;
    let executed = cells.required("executed")?;
    let quantity = executed.strip_suffix(base);
    let quantity = grouped(
        "executed",
        quantity.ok_or_else(|| format!("executed must be an amount of {base}"))?,
    )?;
    let cost = grouped("amount", amount.strip_suffix(quote).unwrap_or(amount))?;
    let fee = match cells.text("fee") {
        "" => Fee::Quote(Decimal::ZERO),
        text => match (text.strip_suffix(base), text.strip_suffix(quote)) {
            (Some(number), _) => Fee::Base(grouped("fee", number)?),
            (_, Some(number)) => Fee::Quote(grouped("fee", number)?),
            _ => Fee::Other(text.to_owned()),
        },
    };
    let fill = ForeignFill {
        key: String::new(),
        executed_at: cells.moment("date(utc)")?,
        asset: base.to_owned(),
        side: cells.side("side")?,
        quantity,
        price: grouped("price", cells.required("price")?)?,
        fee: Decimal::ZERO,
        note: dollar_note(quote)?,
    };
    with_fee(checked(fill, "amount", cost)?, fee)
}

fn binance_earlier(cells: &Cells<'_>) -> Result<ForeignFill, String> {
    let market = cells.required("market")?;
    let (base, quote) = split_pair(market).ok_or_else(|| format!("{market} is no pair against US dollars"))?;
    let (amount, coin) = (cells.optional("fee")?.unwrap_or_default(), cells.text("fee coin"));
    let fee = match coin {
        coin if coin == base => Fee::Base(amount),
        coin if coin == quote || amount.is_zero() => Fee::Quote(amount),
        coin => Fee::Other(format!("{amount} {coin}")),
    };
    let fill = ForeignFill {
        key: String::new(),
        executed_at: cells.moment("date(utc)")?,
        asset: base.to_owned(),
        side: cells.side("type")?,
        quantity: cells.decimal("amount")?,
        price: cells.decimal("price")?,
        fee: Decimal::ZERO,
        note: dollar_note(quote)?,
    };
    with_fee(checked(fill, "total", cells.decimal("total")?)?, fee)
}

fn coinbase(cells: &Cells<'_>) -> Result<ForeignFill, String> {
    let product = cells.required("product")?;
    let (base, quote) = product
        .split_once('-')
        .ok_or_else(|| format!("product must be a pair such as BTC-USD, not {product}"))?;
    let unit = cells.required("price/fee/total unit")?;
    if unit != quote {
        return Err(format!("price/fee/total unit must be {quote}"));
    }
    let fill = ForeignFill {
        key: format!("{product}:{}", cells.required("trade id")?),
        executed_at: cells.moment("created at")?,
        asset: base.to_owned(),
        side: cells.side("side")?,
        quantity: cells.decimal("size")?,
        price: cells.decimal("price")?,
        fee: cells.optional("fee")?.unwrap_or_default(),
        note: dollar_note(quote)?,
    };
    // Buys are written with a minus: cash went out.
    let stated = cells.decimal("total")?.abs();
    check_sum("total", stated, fill.booked()?.total)?;
    Ok(fill)
}

fn kraken(cells: &Cells<'_>) -> Result<ForeignFill, String> {
    let pair = cells.required("pair")?;
    let (base, quote) = kraken_pair(pair).ok_or_else(|| format!("{pair} is no pair against US dollars"))?;
    let fill = ForeignFill {
        key: cells.required("txid")?.to_owned(),
        executed_at: cells.moment("time")?,
        asset: base,
        side: cells.side("type")?,
        quantity: cells.decimal("vol")?,
        price: cells.decimal("price")?,
        fee: cells.optional("fee")?.unwrap_or_default(),
        note: dollar_note(quote)?,
    };
    checked(fill, "cost", decimal("cost", cells.required("cost")?)?)
}

/// Kraken's own names: an X before old coins and a Z before old currencies, XBT for bitcoin and XDG for dogecoin.
fn kraken_pair(pair: &str) -> Option<(String, &str)> {
    let (base, quote) = match (pair.split_once('/'), pair.strip_suffix("ZUSD")) {
        (Some(named), _) => named,
        (None, Some(base)) if base.len() == 4 && base.starts_with('X') => (&base[1..], "USD"),
        // Dollars of others are not traded there: what ends with BUSD or TUSD is a coin's last letter and USD.
        _ => ["USDT", "USDC", "USD"]
            .iter()
            .find_map(|quote| Some((pair.strip_suffix(quote).filter(|base| !base.is_empty())?, *quote)))?,
    };
    let name = match base {
        "XBT" => "BTC",
        "XDG" => "DOGE",
        other => other,
    };
    Some((name.to_owned(), quote))
}

enum Fee {
    /// Of the currency that was paid or got.
    Quote(Decimal),
    /// Of the asset itself.
    Base(Decimal),
    /// Of something else, as it is written.
    Other(String),
}

/// Counts a fee. One that was taken in the asset changes how much of that came in or went out.
fn with_fee(mut fill: ForeignFill, fee: Fee) -> Result<ForeignFill, String> {
    match fee {
        Fee::Quote(fee) => fill.fee = fee,
        Fee::Base(fee) => {
            fill.quantity = match fill.side {
                Side::Buy => fill.quantity.checked_sub(fee),
                Side::Sell => fill.quantity.checked_add(fee),
            }
            .ok_or("its fee is too large")?;
            fill.fee = fee.checked_mul(fill.price).ok_or("its fee is too large")?;
        }
        Fee::Other(text) => {
            let note = format!("its fee of {text} is not counted: what that was worth is not known");
            fill.note = Some(match fill.note {
                Some(known) => format!("{known}; {note}"),
                None => note,
            });
        }
    }
    Ok(fill)
}

/// The fill, if what it is said to be worth is its quantity times its price.
fn checked(fill: ForeignFill, column: &str, stated: Decimal) -> Result<ForeignFill, String> {
    let worth = fill
        .quantity
        .checked_mul(fill.price)
        .ok_or("is worth too much to be counted")?;
    check_sum(column, stated.abs(), worth)?;
    Ok(fill)
}

/// Files round; a sum that is off by more than a cent and a thousandth is another number.
fn check_sum(column: &str, stated: Decimal, computed: Decimal) -> Result<(), String> {
    let allowed = computed
        .abs()
        .checked_mul(dec!(0.001))
        .and_then(|share| share.checked_add(dec!(0.01)));
    let apart = stated.checked_sub(computed).map(|apart| apart.abs());
    match (apart, allowed) {
        (Some(apart), Some(allowed)) if apart <= allowed => Ok(()),
        _ => Err(format!("its {column} of {stated} does not fit its quantity and price")),
    }
}

#[cfg(test)]
mod tests {
    use super::kraken_pair;

    #[test]
    fn pairs_of_kraken_are_told_apart_with_and_without_a_slash() {
        for (pair, base, quote) in [
            ("XXBTZUSD", "BTC", "USD"),
            ("XBT/USD", "BTC", "USD"),
            ("XBTUSD", "BTC", "USD"),
            ("DOT/USD", "DOT", "USD"),
            ("DOTUSD", "DOT", "USD"),
            ("SHIBUSD", "SHIB", "USD"),
            ("SOLUSDT", "SOL", "USDT"),
            ("XDG/USDC", "DOGE", "USDC"),
        ] {
            assert_eq!(kraken_pair(pair), Some((base.to_owned(), quote)), "{pair}");
        }
        assert_eq!(kraken_pair("XXBTZEUR"), None);
        assert_eq!(kraken_pair("USD"), None);
    }
}
