//! What administrators read.

use actix_web::{get, web::Data};
use chrono::{DateTime, Utc};
use domain::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{Page, PageEnvelope, Query},
    identity::AdminCaller,
    paging::{Cursor, Limit, cut},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    domain::amount::money_text,
    error::Error,
    state::State,
    store::trades::{self, Transaction},
};

/// Which page is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TransactionsQuery {
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(Timestamp, Uuid)>>,
}

/// A trade or a funding of some user.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionView {
    /// Names it.
    id: Uuid,
    /// Whose; of a deleted account, nobody's.
    user_id: Uuid,
    /// The book.
    portfolio_id: Uuid,
    /// `buy`, `sell`, `deposit` or `withdraw`.
    kind: String,
    /// The asset of a trade.
    #[schema(required)]
    asset_id: Option<String>,
    /// Its ticker.
    #[schema(required)]
    symbol: Option<String>,
    /// How much of it.
    #[schema(required)]
    quantity: Option<Decimal>,
    /// At which price.
    #[schema(required)]
    price: Option<Decimal>,
    /// Cash that moved.
    amount: Decimal,
    /// The fee within it.
    #[schema(required)]
    fee: Option<Decimal>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl TransactionView {
    fn new(state: &State, transaction: Transaction) -> Self {
        match transaction {
            Transaction::Trade(row, user_id) => Self {
                id: row.id,
                user_id,
                portfolio_id: row.portfolio_id,
                symbol: state.catalogue.get(&row.asset_id).map(|asset| asset.symbol.to_string()),
                asset_id: Some(row.asset_id),
                kind: row.side,
                quantity: Some(row.quantity.normalize()),
                price: Some(row.price.normalize()),
                amount: money_text(row.total),
                fee: Some(money_text(row.fee)),
                created_at: row.created_at.into(),
            },
            Transaction::Funding(row, user_id) => Self {
                id: row.id,
                user_id,
                portfolio_id: row.portfolio_id,
                kind: row.direction,
                asset_id: None,
                symbol: None,
                quantity: None,
                price: None,
                amount: money_text(row.amount),
                fee: None,
                created_at: row.created_at.into(),
            },
        }
    }
}

/// Trades and funding of all users, newest first.
#[utoipa::path(tag = "admin", params(TransactionsQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page", body = PageEnvelope<TransactionView>)))]
#[get("/api/admin/transactions/")]
pub async fn admin_transactions(
    _: AdminCaller,
    state: Data<State>,
    query: Query<TransactionsQuery>,
) -> ApiResult<Page<TransactionView>> {
    page(&state, query.into_inner()).await
}

/// A page of trades and funding of all users.
pub(super) async fn page(state: &State, query: TransactionsQuery) -> ApiResult<Page<TransactionView>> {
    let TransactionsQuery { limit, cursor } = query;
    let before = cursor.map(|cursor| (DateTime::<Utc>::from(cursor.0.0), cursor.0.1));
    let mut conn = state.conn().await?;
    let rows = trades::of_everybody(&mut conn, before, limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = cut(rows, limit, |row| {
        let (at, id) = row.place();
        (Timestamp::from(at), id)
    });
    Ok(Page::new(
        rows.into_iter().map(|row| TransactionView::new(state, row)).collect(),
        limit,
        next,
    ))
}
