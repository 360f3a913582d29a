//! What books hold, and the lots that it was bought in.

use std::collections::{BTreeMap, VecDeque};

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper, insert_into, prelude::*,
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, PortfolioId, UserId};
use futures_util::{future::join_all, join};
use messaging::Prepared;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    booking::Change,
    schema::{holdings, lots, portfolios},
    together::all_of,
};
use crate::domain::book::{Bought, Holding, Lot};

/// So many lots are read at once.
const LOTS_PAGE: i64 = 250;

/// A holding's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = holdings, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct HoldingRow {
    /// The book.
    pub portfolio_id: Uuid,
    /// The asset.
    pub asset_id: String,
    /// All of it.
    pub quantity: Decimal,
    /// What open orders hold of it.
    pub reserved: Decimal,
    /// What all of it cost.
    pub cost: Decimal,
    /// How much there was behind the last buy.
    pub bought_quantity: Decimal,
    /// What that cost.
    pub bought_cost: Decimal,
}

impl HoldingRow {
    /// As a holding with these lots.
    pub fn holding(&self, lots: VecDeque<Lot>) -> Holding {
        Holding {
            quantity: self.quantity,
            reserved: self.reserved,
            cost: self.cost,
            bought: Bought {
                quantity: self.bought_quantity,
                cost: self.bought_cost,
            },
            lots,
        }
    }
}

/// A lot's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = lots, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct LotRow {
    /// The book.
    pub portfolio_id: Uuid,
    /// The asset.
    pub asset_id: String,
    /// The journal entry that bought it.
    pub seq: i64,
    /// What is left.
    pub quantity: Decimal,
    /// What that cost.
    pub cost: Decimal,
}

impl From<LotRow> for Lot {
    fn from(row: LotRow) -> Self {
        Self {
            seq: row.seq,
            quantity: row.quantity,
            cost: row.cost,
        }
    }
}

/// One holding, without lots.
pub async fn one(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    asset: &AssetId,
) -> QueryResult<Option<HoldingRow>> {
    holdings::table
        .find((portfolio.uuid(), asset.as_str()))
        .select(HoldingRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The lots of a book, by asset and oldest first.
pub async fn lots_of(conn: &mut AsyncPgConnection, book: PortfolioId) -> QueryResult<Vec<LotRow>> {
    lots::table
        .filter(lots::portfolio_id.eq(book.uuid()))
        .order((lots::asset_id, lots::seq))
        .select(LotRow::as_select())
        .load(conn)
        .await
}

/// What several books hold, without lots.
pub async fn of_books(conn: &mut AsyncPgConnection, books: &[Uuid]) -> QueryResult<Vec<HoldingRow>> {
    holdings::table
        .filter(holdings::portfolio_id.eq_any(books))
        .filter(holdings::quantity.gt(Decimal::ZERO))
        .select(HoldingRow::as_select())
        .load(conn)
        .await
}

/// What a book holds, without lots.
pub async fn of(mut conn: &AsyncPgConnection, book: PortfolioId) -> QueryResult<Vec<HoldingRow>> {
    holdings::table
        .filter(holdings::portfolio_id.eq(book.uuid()))
        .filter(holdings::quantity.gt(Decimal::ZERO))
        .select(HoldingRow::as_select())
        .load(&mut conn)
        .await
}

/// What a user's open book holds, without lots.
pub async fn of_open(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Vec<HoldingRow>> {
    let open = portfolios::table
        .filter(portfolios::user_id.eq(user.uuid()))
        .filter(portfolios::closed_at.is_null())
        .select(portfolios::id);
    holdings::table
        .filter(holdings::portfolio_id.eq_any(open))
        .filter(holdings::quantity.gt(Decimal::ZERO))
        .select(HoldingRow::as_select())
        .load(&mut conn)
        .await
}

/// The oldest lots of one asset in a book: as many as hold more than what is sold of it, if there are so many.
pub async fn oldest_lots(
    mut conn: &AsyncPgConnection,
    book: PortfolioId,
    asset: &AssetId,
    sold: Decimal,
) -> QueryResult<VecDeque<Lot>> {
    let (mut found, mut held) = (VecDeque::new(), Decimal::ZERO);
    loop {
        let after = found.back().map_or(0, |lot: &Lot| lot.seq);
        let page: Vec<LotRow> = lots::table
            .filter(lots::portfolio_id.eq(book.uuid()))
            .filter(lots::asset_id.eq(asset.as_str()))
            .filter(lots::seq.gt(after))
            .order(lots::seq)
            .limit(LOTS_PAGE)
            .select(LotRow::as_select())
            .load(&mut conn)
            .await?;
        if page.is_empty() {
            return Ok(found);
        }
        held += page.iter().map(|lot| lot.quantity).sum::<Decimal>();
        found.extend(page.into_iter().map(Lot::from));
        // With one that is left, what was sold is known to lie before it.
        if held > sold {
            return Ok(found);
        }
    }
}

/// Rows as the book's holdings. Rows of an asset id that cannot be read are a fault of the data and left out by the caller's error.
pub fn assemble(held: Vec<HoldingRow>, lots: Vec<LotRow>) -> Result<BTreeMap<AssetId, Holding>, domain::InvalidAsset> {
    let mut holdings = BTreeMap::new();
    for row in held {
        holdings.insert(AssetId::parse(&row.asset_id)?, row.holding(VecDeque::new()));
    }
    for lot in lots {
        if let Some(holding) = holdings.get_mut(lot.asset_id.as_str()) {
            holding.lots.push_back(lot.into());
        }
    }
    Ok(holdings)
}

/// Saves what changed of a book's holdings and their lots.
pub async fn save(conn: &AsyncPgConnection, book: Uuid, changes: &[Change<'_>]) -> QueryResult<()> {
    let saved = changes.iter().map(|change| save_change(conn, book, change));
    all_of(join_all(saved).await)
}

async fn save_change(conn: &AsyncPgConnection, book: Uuid, change: &Change<'_>) -> QueryResult<()> {
    let (holding, lots) = join!(save_one(conn, book, change), save_lots(conn, book, change));
    all_of([holding, lots])
}

async fn save_one(mut conn: &AsyncPgConnection, book: Uuid, change: &Change<'_>) -> QueryResult<()> {
    let row = HoldingRow {
        portfolio_id: book,
        asset_id: change.asset.as_str().to_owned(),
        quantity: change.new.quantity,
        reserved: change.new.reserved,
        cost: change.new.cost,
        bought_quantity: change.new.bought.quantity,
        bought_cost: change.new.bought.cost,
    };
    let saving = insert_into(holdings::table)
        .values(&row)
        .on_conflict((holdings::portfolio_id, holdings::asset_id))
        .do_update()
        .set((
            holdings::quantity.eq(excluded(holdings::quantity)),
            holdings::reserved.eq(excluded(holdings::reserved)),
            holdings::cost.eq(excluded(holdings::cost)),
            holdings::bought_quantity.eq(excluded(holdings::bought_quantity)),
            holdings::bought_cost.eq(excluded(holdings::bought_cost)),
        ));
    Prepared(saving).execute(&mut conn).await?;
    Ok(())
}

async fn save_lots(mut conn: &AsyncPgConnection, book: Uuid, change: &Change<'_>) -> QueryResult<()> {
    let old = change.old.map(|old| &old.lots);
    let last_known = old.and_then(|old| old.back()).map_or(0, |lot| lot.seq);
    let bought: Vec<&Lot> = change.new.lots.iter().filter(|lot| lot.seq > last_known).collect();
    insert_lots(conn, book, change.asset, &bought).await?;
    let Some(oldest) = old.and_then(|old| old.front()) else {
        return Ok(());
    };
    // First in, first out: what was sold lies before what is left.
    let first_left = change.new.lots.front().map_or(i64::MAX, |lot| lot.seq);
    if first_left > oldest.seq {
        let sold = lots::table
            .filter(lots::portfolio_id.eq(book))
            .filter(lots::asset_id.eq(change.asset.as_str()))
            .filter(lots::seq.lt(first_left));
        diesel::delete(sold).execute(&mut conn).await?;
    }
    if let Some(front) = change.new.lots.front()
        && old.is_some_and(|old| old.iter().any(|lot| lot.seq == front.seq && lot != front))
    {
        let saving = diesel::update(lots::table.find((book, change.asset.as_str(), front.seq)))
            .set((lots::quantity.eq(front.quantity), lots::cost.eq(front.cost)));
        Prepared(saving).execute(&mut conn).await?;
    }
    Ok(())
}

async fn insert_lots(mut conn: &AsyncPgConnection, book: Uuid, asset: &AssetId, bought: &[&Lot]) -> QueryResult<()> {
    let row = |lot: &Lot| LotRow {
        portfolio_id: book,
        asset_id: asset.as_str().to_owned(),
        seq: lot.seq,
        quantity: lot.quantity,
        cost: lot.cost,
    };
    // A statement for one row is prepared once for each connection, one for many rows every time.
    if let [lot] = bought {
        insert_into(lots::table).values(row(lot)).execute(&mut conn).await?;
        return Ok(());
    }
    for part in bought.chunks(5_000) {
        let rows: Vec<LotRow> = part.iter().map(|lot| row(lot)).collect();
        insert_into(lots::table).values(rows).execute(&mut conn).await?;
    }
    Ok(())
}
