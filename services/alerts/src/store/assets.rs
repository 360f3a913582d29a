use contracts::events::AssetFacts;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgSortExpressionMethods, QueryDsl, QueryResult,
    insert_into, query_dsl::methods::FilterDsl, upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::assets;

/// An asset as this service knows it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = assets, treat_none_as_default_value = false)]
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
            asset_id: facts.asset_id.to_string(),
            symbol: facts.symbol.to_string(),
            name: facts.name.clone(),
            rank: facts.rank.and_then(|rank| i32::try_from(rank).ok()),
            enabled: facts.enabled,
            version: i64::try_from(facts.version).unwrap_or(i64::MAX),
        }
    }
}

/// Takes what is newer than the copy.
pub async fn upsert(conn: &mut AsyncPgConnection, rows: &[AssetRow]) -> QueryResult<()> {
    for part in rows.chunks(1_000) {
        let newer = insert_into(assets::table)
            .values(part)
            .on_conflict(assets::asset_id)
            .do_update()
            .set((
                assets::symbol.eq(excluded(assets::symbol)),
                assets::name.eq(excluded(assets::name)),
                assets::rank.eq(excluded(assets::rank)),
                assets::enabled.eq(excluded(assets::enabled)),
                assets::version.eq(excluded(assets::version)),
            ));
        FilterDsl::filter(newer, assets::version.lt(excluded(assets::version)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Notes that an asset is no longer offered.
pub async fn disable(conn: &mut AsyncPgConnection, asset_id: &str, version: u64) -> QueryResult<()> {
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    diesel::update(QueryDsl::filter(
        assets::table.find(asset_id),
        assets::version.lt(version),
    ))
    .set((assets::enabled.eq(false), assets::version.eq(version)))
    .execute(conn)
    .await?;
    Ok(())
}

/// The asset that a client means: the enabled one of exactly this id, or the one with the best rank of those with that
/// ticker in any case; an id in another case is the last resort. Where none is enabled, one that no longer is.
pub async fn resolve(conn: &mut AsyncPgConnection, text: &str) -> QueryResult<Option<AssetRow>> {
    let ticker = text.to_uppercase();
    QueryDsl::filter(
        assets::table,
        assets::asset_id.eq(text.to_lowercase()).or(assets::symbol.eq(&ticker)),
    )
    .order((
        assets::enabled.desc(),
        assets::asset_id.eq(text).desc(),
        assets::symbol.eq(&ticker).desc(),
        assets::rank.asc().nulls_last(),
        assets::asset_id.asc(),
    ))
    .first(conn)
    .await
    .optional()
}

/// These assets.
pub async fn of_ids(conn: &mut AsyncPgConnection, ids: &[String]) -> QueryResult<Vec<AssetRow>> {
    QueryDsl::filter(assets::table, assets::asset_id.eq_any(ids))
        .load(conn)
        .await
}
