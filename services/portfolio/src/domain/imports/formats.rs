//! The exports that can be read, told apart by their headers.

use std::{cmp::Ordering, collections::HashMap};

use aws_lc_rs::digest;
use csv::{ReaderBuilder, StringRecord, Trim};

use super::{
    Fault, FaultKind, ForeignFill, ImportFile, ImportRow, Source, UnreadableFile,
    cells::Cells,
    rows::{binance, binance_earlier, candlewick, coinbase, kraken},
};
use crate::domain::journal::hex;

/// A longer key is kept as its hash.
const MAX_KEY: usize = 80;

type Columns = HashMap<String, usize>;
type ReadRow = fn(&Cells<'_>) -> Result<ForeignFill, Fault>;

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
                fill: Err(FaultKind::UnreadableRow.because("is no row of a CSV file in UTF-8")),
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
