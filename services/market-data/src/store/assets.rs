//! Assets and what is known of them besides prices, as they are stored.

use chrono::{DateTime, Utc};
use contracts::events::AssetFacts;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    insert_into, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, Decimal, Symbol, Timestamp};

use super::{bad_row, schema::assets, utc};
use crate::domain::asset::{Asset, Figures};

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = assets, treat_none_as_default_value = false)]
struct AssetRow {
    asset_id: String,
    symbol: String,
    name: String,
    image_url: Option<String>,
    rank: Option<i32>,
    enabled: bool,
    version: i64,
    circulating_supply: Option<Decimal>,
    total_supply: Option<Decimal>,
    max_supply: Option<Decimal>,
    ath: Option<Decimal>,
    ath_at: Option<DateTime<Utc>>,
    atl: Option<Decimal>,
    atl_at: Option<DateTime<Utc>>,
    market_cap: Option<Decimal>,
    volume_24h: Option<Decimal>,
    facts_at: Option<DateTime<Utc>>,
    is_renamed: bool,
}

impl TryFrom<AssetRow> for Asset {
    type Error = diesel::result::Error;

    fn try_from(row: AssetRow) -> QueryResult<Self> {
        let what = format!("the asset {}", row.asset_id);
        let facts = AssetFacts {
            asset_id: AssetId::parse(&row.asset_id).map_err(|why| bad_row(&what, why))?,
            symbol: Symbol::parse(&row.symbol).map_err(|why| bad_row(&what, why))?,
            name: row.name,
            image_url: row.image_url,
            rank: row
                .rank
                .map(u32::try_from)
                .transpose()
                .map_err(|why| bad_row(&what, why))?,
            enabled: row.enabled,
            version: row.version.unsigned_abs(),
        };
        let record =
            |price: Option<Decimal>, at: Option<DateTime<Utc>>| price.map(|price| (price, at.map(Timestamp::from)));
        let figures = Figures {
            circulating_supply: row.circulating_supply,
            total_supply: row.total_supply,
            max_supply: row.max_supply,
            ath: record(row.ath, row.ath_at),
            atl: record(row.atl, row.atl_at),
            market_cap: row.market_cap,
            volume_24h: row.volume_24h,
            facts_at: row.facts_at.map(Timestamp::from),
        };
        Ok(Asset {
            facts,
            figures,
            is_renamed: row.is_renamed,
        })
    }
}

impl From<&Asset> for AssetRow {
    fn from(asset: &Asset) -> Self {
        let (facts, figures) = (&asset.facts, &asset.figures);
        let at = |record: Option<(Decimal, Option<Timestamp>)>| record.and_then(|(_, at)| at).map(utc);
        Self {
            asset_id: facts.asset_id.to_string(),
            symbol: facts.symbol.to_string(),
            name: facts.name.clone(),
            image_url: facts.image_url.clone(),
            rank: facts.rank.and_then(|rank| i32::try_from(rank).ok()),
            enabled: facts.enabled,
            version: facts.version.cast_signed(),
            circulating_supply: figures.circulating_supply,
            total_supply: figures.total_supply,
            max_supply: figures.max_supply,
            ath: figures.ath.map(|(price, _)| price),
            ath_at: at(figures.ath),
            atl: figures.atl.map(|(price, _)| price),
            atl_at: at(figures.atl),
            market_cap: figures.market_cap,
            volume_24h: figures.volume_24h,
            facts_at: figures.facts_at.map(utc),
            is_renamed: asset.is_renamed,
        }
    }
}

/// All assets, disabled ones too.
pub async fn load_all(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Asset>> {
    let rows: Vec<AssetRow> = assets::table
        .order(assets::asset_id)
        .select(AssetRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Asset::try_from).collect()
}

/// One asset, locked until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, id: &AssetId) -> QueryResult<Option<Asset>> {
    let row: Option<AssetRow> = assets::table
        .find(id.as_str())
        .select(AssetRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Asset::try_from).transpose()
}

/// Adds an asset; false where it is there already.
pub async fn insert(conn: &mut AsyncPgConnection, asset: &Asset) -> QueryResult<bool> {
    let added = insert_into(assets::table)
        .values(AssetRow::from(asset))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(added > 0)
}

/// Replaces what is known of an asset, all but its id.
pub async fn save(conn: &mut AsyncPgConnection, asset: &Asset) -> QueryResult<()> {
    let row = AssetRow::from(asset);
    update(assets::table.find(&row.asset_id))
        .set((
            (
                assets::symbol.eq(&row.symbol),
                assets::name.eq(&row.name),
                assets::image_url.eq(&row.image_url),
                assets::rank.eq(row.rank),
                assets::enabled.eq(row.enabled),
                assets::version.eq(row.version),
                assets::is_renamed.eq(row.is_renamed),
            ),
            (
                assets::circulating_supply.eq(row.circulating_supply),
                assets::total_supply.eq(row.total_supply),
                assets::max_supply.eq(row.max_supply),
                assets::ath.eq(row.ath),
                assets::ath_at.eq(row.ath_at),
                assets::atl.eq(row.atl),
                assets::atl_at.eq(row.atl_at),
                assets::market_cap.eq(row.market_cap),
                assets::volume_24h.eq(row.volume_24h),
                assets::facts_at.eq(row.facts_at),
            ),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
