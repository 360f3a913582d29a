//! Candles as a file, for spreadsheets.

use super::candles::CandleView;
use crate::error::{Error, Result};

const COLUMNS: [&str; 11] = [
    "timestamp",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "samples",
    "is_closed",
    "filled",
    "partial",
    "repaired",
];

/// The rows of the JSON answer under the names of its members; what is unknown is empty.
pub fn write(candles: &[CandleView]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for candle in candles {
        writer.write_record([
            candle.timestamp.to_string(),
            candle.open.to_string(),
            candle.high.to_string(),
            candle.low.to_string(),
            candle.close.to_string(),
            candle.volume.map(|volume| volume.to_string()).unwrap_or_default(),
            candle.samples.to_string(),
            candle.is_closed.to_string(),
            candle.filled.to_string(),
            candle.partial.to_string(),
            candle.repaired.to_string(),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Csv(error.into_error().into()))
}
