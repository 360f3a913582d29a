//! This service's copy of the assets.

use contracts::events::AssetFacts;
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*, query_dsl::methods::FilterDsl as _,
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::AssetId;

use super::schema::assets;

/// An asset's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assets, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct AssetRow {
    /// The asset.
    pub asset_id: String,
    /// Its ticker.
    pub symbol: String,
    /// Its name.
    pub name: String,
    /// Its place by market cap.
    pub rank: Option<i32>,
    /// Offered to users.
    pub enabled: bool,
    /// Counts its changes.
    pub version: i64,
}

impl From<&AssetFacts> for AssetRow {
    fn from(facts: &AssetFacts) -> Self {
        Self {
            asset_id: facts.asset_id.as_str().to_owned(),
            symbol: facts.symbol.as_str().to_owned(),
            name: facts.name.clone(),
            rank: facts.rank.and_then(|rank| i32::try_from(rank).ok()),
            enabled: facts.enabled,
            version: i64::try_from(facts.version).unwrap_or(i64::MAX),
        }
    }
}

/// Takes over what is newer than what is known.
pub async fn upsert(conn: &mut AsyncPgConnection, rows: &[AssetRow]) -> QueryResult<()> {
    for chunk in rows.chunks(1000) {
        insert_into(assets::table)
            .values(chunk)
            .on_conflict(assets::asset_id)
            .do_update()
            .set((
                assets::symbol.eq(excluded(assets::symbol)),
                assets::name.eq(excluded(assets::name)),
                assets::rank.eq(excluded(assets::rank)),
                assets::enabled.eq(excluded(assets::enabled)),
                assets::version.eq(excluded(assets::version)),
            ))
            .filter(assets::version.lt(excluded(assets::version)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// An asset is no longer offered.
pub async fn disable(conn: &mut AsyncPgConnection, asset: &AssetId, version: i64) -> QueryResult<()> {
    diesel::update(QueryDsl::filter(
        QueryDsl::find(assets::table, asset.as_str()),
        assets::version.lt(version),
    ))
    .set((assets::enabled.eq(false), assets::version.eq(version)))
    .execute(conn)
    .await?;
    Ok(())
}

/// All of them.
pub async fn all(conn: &mut AsyncPgConnection) -> QueryResult<Vec<AssetRow>> {
    assets::table.select(AssetRow::as_select()).load(conn).await
}
