//! What handlers, consumers and jobs share.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel_async::AsyncPgConnection;
use domain::{AssetId, SharedClock, Symbol, Timestamp};
use messaging::Outbox;
use rust_decimal::Decimal;
use service_kit::{
    client::InternalClient,
    db::{Conn, Db},
    http::request_id,
};
use uuid::Uuid;

use crate::{
    config::Config,
    domain::{
        book::Book,
        catalogue::{Asset, Catalogue},
        prices::PriceTable,
        valuation,
    },
    error::Error,
    metrics::Metrics,
    store::{
        assets,
        booking::LockedBook,
        execution::Desk,
        holdings, opening,
        opening::{Beginning, Flow},
        portfolios,
        snapshots::{self, SnapshotRow},
    },
};

/// The asset that performance is compared with.
const BENCHMARK: &str = "BTC";

/// The state of a running service.
pub struct State {
    /// Its database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// The newest prices.
    pub prices: Arc<PriceTable>,
    /// The assets.
    pub catalogue: Arc<Catalogue>,
    /// Where facts are written down.
    pub outbox: Outbox,
    /// How far the tick log was read.
    pub messaging: messaging::Metrics,
    /// Calls other services.
    pub client: InternalClient,
    /// How many partitions the tick log has.
    pub partitions: u16,
    /// What is counted.
    pub metrics: Metrics,
    /// Market-data has told assets and prices since the start.
    pub is_market_known: AtomicBool,
    /// Settings.
    pub config: Config,
}

impl State {
    /// A connection.
    pub async fn conn(&self) -> Result<Conn, Error> {
        Ok(self.db.get().await?)
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// For carrying out what was decided, within a request.
    pub fn desk(&self, now: Timestamp) -> Desk<'_> {
        Desk {
            outbox: &self.outbox,
            now,
            correlation_id: request_id(),
        }
    }

    /// The user's open book, locked; opened where there is none.
    pub async fn book(
        &self,
        conn: &mut AsyncPgConnection,
        user: domain::UserId,
        now: Timestamp,
    ) -> Result<LockedBook, Error> {
        opening::locked(conn, user, self.beginning(now)).await
    }

    /// What a book begins with that is opened now.
    pub fn beginning(&self, now: Timestamp) -> Beginning {
        Beginning {
            balance: self.config.opening_balance,
            bitcoin_price: self.benchmark_price(),
            now,
        }
    }

    /// Whether market-data has told assets and prices since the start.
    pub fn is_market_known(&self) -> bool {
        self.is_market_known.load(Ordering::Relaxed)
    }

    /// The assets, to find what a request names.
    ///
    /// # Errors
    /// While they have not been read since the start.
    pub fn assets(&self) -> Result<&Catalogue, Error> {
        if self.catalogue.is_loaded() {
            Ok(&self.catalogue)
        } else {
            Err(Error::AssetsUnknown)
        }
    }

    /// The ticker of an asset; its id where it is not known.
    pub fn symbol_of(&self, asset: &AssetId) -> Symbol {
        let known = self.catalogue.get(asset.as_str()).map(|asset| asset.symbol.clone());
        // An asset id is as good as a ticker unless it is longer than one may be.
        known
            .or_else(|| Symbol::parse(asset.as_str()).ok())
            .unwrap_or_else(|| fallback_symbol(asset))
    }

    /// The asset that portfolios are measured against: whichever the ticker names.
    pub fn benchmark(&self) -> Option<AssetId> {
        self.catalogue.resolve(BENCHMARK).map(|asset| asset.id.clone())
    }

    /// What one bitcoin costs, as far as it is known.
    pub fn benchmark_price(&self) -> Option<Decimal> {
        let id = self.benchmark()?;
        self.prices.newest(&id).map(|mark| mark.price.value())
    }

    /// What is known at the moment of a deposit or withdrawal.
    pub async fn flow(&self, conn: &mut AsyncPgConnection, book: &LockedBook, now: Timestamp) -> Result<Flow, Error> {
        let held = holdings::of(conn, book.id()).await?;
        let held = holdings::assemble(held, Vec::new())?;
        let (equity, is_partial) = self.equity(&book.row.book(held))?;
        Ok(Flow {
            equity_before: (!is_partial).then_some(equity),
            bitcoin_price: self.benchmark_price(),
            now,
        })
    }

    /// What a book is worth now, to be kept for its curve.
    pub fn snapshot(&self, portfolio: Uuid, book: &Book, now: Timestamp) -> Result<SnapshotRow, Error> {
        let (equity, is_partial) = self.equity(book)?;
        Ok(SnapshotRow {
            portfolio_id: portfolio,
            at: now.into(),
            equity: (!is_partial).then_some(equity),
            flow: Decimal::ZERO,
            bitcoin_price: self.benchmark_price(),
        })
    }

    /// Keeps what a book is worth after its fills: what a curve shows at its turns.
    pub async fn keep_worth(
        &self,
        conn: &mut AsyncPgConnection,
        book: &LockedBook,
        now: Timestamp,
    ) -> Result<(), Error> {
        let held = holdings::of(conn, book.id()).await?;
        let whole = Book {
            holdings: holdings::assemble(held, Vec::new())?,
            ..book.book.clone()
        };
        let row = self.snapshot(book.row.id, &whole, now)?;
        Ok(snapshots::insert(conn, &row).await?)
    }

    /// What a book is worth, and whether a price was missing.
    pub fn equity(&self, book: &Book) -> Result<(Decimal, bool), Error> {
        Ok(valuation::equity(book, |asset| self.prices.newest(asset))?)
    }

    /// Reads the assets from the database again.
    pub async fn reload_assets(&self) -> Result<(), Error> {
        let mut conn = self.conn().await?;
        let rows = assets::all(&mut conn).await?;
        let known = rows.into_iter().filter_map(|row| {
            Some(Asset {
                id: AssetId::parse(&row.asset_id).ok()?,
                symbol: Symbol::parse(&row.symbol).ok()?,
                name: row.name,
                rank: row.rank,
                enabled: row.enabled,
            })
        });
        self.catalogue.replace(known.collect());
        Ok(())
    }

    /// A book as it stands, whole: with all holdings and, if wanted, lots.
    pub async fn whole_book(
        &self,
        conn: &mut AsyncPgConnection,
        row: &portfolios::PortfolioRow,
        with_lots: bool,
    ) -> Result<Book, Error> {
        let held = holdings::of(conn, row.portfolio_id()).await?;
        let lots = if with_lots {
            holdings::lots_of(conn, row.portfolio_id()).await?
        } else {
            Vec::new()
        };
        let whole: BTreeMap<_, _> = holdings::assemble(held, lots)?;
        Ok(row.book(whole))
    }
}

fn fallback_symbol(asset: &AssetId) -> Symbol {
    let short: String = asset.as_str().chars().take(32).collect();
    #[allow(
        clippy::expect_used,
        reason = "the first characters of an asset id are allowed in a ticker"
    )]
    Symbol::parse(&short).expect("a cut asset id is a ticker")
}
