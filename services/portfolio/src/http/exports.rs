//! Fills as a CSV file, however many there are.
//!
//! The file is read and sent in parts, so that neither memory nor a connection of the database is held for its length.
//! Where a part cannot be read, the answer is cut off: a client never takes a part for the whole.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use domain::PortfolioId;
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{once, try_unfold},
};

use super::views::TradeView;
use crate::{
    error::Error,
    state::State,
    store::trades::{self, TradeFilter},
};

/// How many rows a part has.
const PART: usize = 5_000;

const COLUMNS: [&str; 17] = [
    "id",
    "created_at",
    "order_id",
    "asset_id",
    "symbol",
    "name",
    "side",
    "quantity",
    "price",
    "total",
    "fee",
    "realized_pnl",
    "quote_price",
    "quote_source",
    "quote_event_at",
    "executed_at",
    "imported_from",
];

/// All fills of a book that the filter lets through, newest first; only the columns where there is no book.
pub async fn answer(state: Data<State>, book: Option<PortfolioId>, filter: TradeFilter) -> Result<HttpResponse, Error> {
    let export = Export {
        state,
        left: book.map(|book| (book, filter)),
        is_begun: false,
    };
    // What fails here is refused in the usual way.
    let (first, export) = export.part().await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"trades.csv\""));
    if export.left.is_none() {
        return Ok(answer.body(first));
    }
    let rest = try_unfold(export, |export: Export| async move {
        if export.left.is_none() {
            return Ok(None);
        }
        export.part().await.map(Some)
    });
    let parts = once(async { Ok(first) }).chain(rest);
    Ok(answer.streaming(parts.inspect_err(|error: &Error| tracing::error!(%error, "an export was cut off"))))
}

struct Export {
    state: Data<State>,
    /// Where there is more to read.
    left: Option<(PortfolioId, TradeFilter)>,
    is_begun: bool,
}

impl Export {
    /// The next part, and what is behind it.
    async fn part(mut self) -> Result<(Bytes, Self), Error> {
        let rows = match &self.left {
            Some((book, filter)) => {
                let mut conn = self.state.conn().await?;
                trades::page(&mut conn, *book, filter, i64::try_from(PART).unwrap_or(i64::MAX)).await?
            }
            None => Vec::new(),
        };
        let is_last = rows.len() < PART;
        let last = rows.last().map(|row| row.seq);
        self.left = self.left.filter(|_| !is_last).map(|(book, filter)| {
            let filter = TradeFilter { before: last, ..filter };
            (book, filter)
        });
        let views = rows.into_iter().map(|row| TradeView::new(&self.state, row));
        let header = (!self.is_begun).then_some(COLUMNS);
        let text = write(header, views).map_err(|_| Error::Corrupt("a row of the export"))?;
        self.is_begun = true;
        Ok((text, self))
    }
}

fn write(header: Option<[&str; COLUMNS.len()]>, views: impl Iterator<Item = TradeView>) -> Result<Bytes, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if let Some(header) = header {
        writer.write_record(header)?;
    }
    for view in views {
        writer.write_record(record(view))?;
    }
    let text = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(text.into())
}

fn record(view: TradeView) -> [String; COLUMNS.len()] {
    [
        view.id.to_string(),
        view.created_at.to_string(),
        view.order_id.map(|id| id.to_string()).unwrap_or_default(),
        plain_cell(view.asset_id),
        plain_cell(view.symbol),
        plain_cell(view.name),
        view.side,
        view.quantity.to_string(),
        view.price.to_string(),
        view.total.to_string(),
        view.fee.to_string(),
        view.realized_pnl.map(|gain| gain.to_string()).unwrap_or_default(),
        view.quote.price.to_string(),
        view.quote.source,
        view.quote.event_at.to_string(),
        view.executed_at.to_string(),
        view.imported_from.unwrap_or_default(),
    ]
}

// A spreadsheet takes a cell that begins like this for a formula.
fn plain_cell(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}
