//! Candles as a file, for spreadsheets.

use actix_web::{HttpRequest, http::header::ACCEPT};

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

/// Whether the client asks for a file in place of JSON.
pub fn is_wanted(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.unwrap_or_default().split(',').any(|kind| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/csv"))
    })
}

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

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_file_is_wanted_where_the_client_says_so() {
        let cases = [
            ("text/csv", true),
            ("TEXT/CSV; q=0.9, */*;q=0.1", true),
            ("application/json, text/csv", true),
            ("*/*", false),
            ("text/plain", false),
        ];
        for (accept, expected) in cases {
            let request = TestRequest::get().insert_header((ACCEPT, accept)).to_http_request();
            assert_eq!(is_wanted(&request), expected, "{accept}");
        }
        assert!(!is_wanted(&TestRequest::get().to_http_request()));
    }
}
