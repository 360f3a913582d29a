//! What other services ask.

use actix_web::{get, web::Data};
use contracts::internal::{AssetSnapshot, CandleSnapshot, PriceFacts, PriceSnapshot, TickFacts, TickPage};
use domain::{AssetId, Source, Timestamp};
use serde::Deserialize;
use service_kit::{
    ApiResult, FieldErrors,
    http::{Ok200, Query},
    identity::ServiceCaller,
    paging::Cursor,
};

use super::{
    candles::{self, Wanted},
    ohlc::MAX_CANDLES,
    params,
};
use crate::{error::Error, state::State, store};

/// The most ticks of one page.
const MAX_TICKS: usize = 20_000;

/// All assets, as the database has them: whoever follows `asset.#` from here on misses nothing.
#[get("/internal/assets")]
pub async fn read_assets(state: Data<State>, _: ServiceCaller) -> ApiResult<Ok200<AssetSnapshot>> {
    let mut conn = state.conn().await?;
    let all = store::assets::load_all(&mut conn).await.map_err(Error::from)?;
    Ok(Ok200(AssetSnapshot {
        assets: all.into_iter().map(|asset| asset.facts).collect(),
    }))
}

/// Whose price.
#[derive(Debug, Deserialize)]
pub struct PricesQuery {
    asset: Option<String>,
}

/// The newest prices of all assets, or of one.
#[get("/internal/prices")]
pub async fn read_prices(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<PricesQuery>,
) -> ApiResult<Ok200<PriceSnapshot>> {
    let mut errors = FieldErrors::new();
    let wanted = errors.take_optional("asset", query.into_inner().asset.as_deref(), AssetId::parse);
    let wanted = errors.finish(wanted)?;
    let staleness = state.staleness();
    let market = state.market();
    let entries: Vec<_> = match &wanted {
        Some(asset) => market.get(asset).into_iter().collect(),
        None => market.entries().collect(),
    };
    let mut prices = Vec::new();
    for entry in entries {
        if let Some(last) = &entry.last {
            prices.push(PriceFacts {
                asset_id: entry.id().clone(),
                price: last.price,
                source: last.source,
                event_at: last.event_at,
                received_at: last.received_at,
                seq: last.seq,
                day_ago: market.day_ago(entry),
            });
        }
    }
    prices.sort_by(|left, right| left.asset_id.cmp(&right.asset_id));
    let millis = |source: Source| u64::try_from(staleness.after(source).as_millis()).unwrap_or(u64::MAX);
    let stale_after_ms = Source::ALL.into_iter().map(|source| (source, millis(source))).collect();
    Ok(Ok200(PriceSnapshot { prices, stale_after_ms }))
}

/// Which candles.
#[derive(Debug, Deserialize)]
pub struct CandlesQuery {
    asset: String,
    interval: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<String>,
}

/// Candles of one asset.
#[get("/internal/candles")]
pub async fn read_candles(
    state: Data<State>,
    _: ServiceCaller,
    query: Query<CandlesQuery>,
) -> ApiResult<Ok200<CandleSnapshot>> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let asset = errors.take("asset", AssetId::parse(&query.asset));
    let interval = params::interval(&mut errors, query.interval.as_deref());
    let window = params::window(&mut errors, None, query.from.as_deref(), query.to.as_deref());
    let limit = params::number(
        &mut errors,
        "limit",
        query.limit.as_deref(),
        (1, 10 * MAX_CANDLES),
        MAX_CANDLES,
    );
    let (asset, (interval, (window, limit))) = errors.finish(asset.zip(interval.zip(window.zip(limit))))?;
    if state.market().get(&asset).is_none() {
        return Err(Error::UnknownAsset.into());
    }
    let mut found = candles::load(
        &state,
        &Wanted {
            asset,
            interval,
            window,
            limit,
        },
    )
    .await?;
    let open = found.pop_if(|candle| !candle.is_closed);
    Ok(Ok200(CandleSnapshot { candles: found, open }))
}

/// Which ticks.
#[derive(Debug, Deserialize)]
pub struct TicksQuery {
    asset: String,
    from: Option<String>,
    to: Option<String>,
    after: Option<Cursor<(Timestamp, u64)>>,
    limit: Option<String>,
}

/// Stored ticks of one asset by event time.
#[get("/internal/ticks")]
pub async fn read_ticks(state: Data<State>, _: ServiceCaller, query: Query<TicksQuery>) -> ApiResult<Ok200<TickPage>> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let asset = errors.take("asset", AssetId::parse(&query.asset));
    let from = errors.take_optional("from", query.from.as_deref(), params::time);
    let to = errors.take_optional("to", query.to.as_deref(), params::time);
    let limit = params::number(&mut errors, "limit", query.limit.as_deref(), (1, MAX_TICKS), 5_000);
    let (asset, (from, (to, limit))) = errors.finish(asset.zip(from.zip(to.zip(limit))))?;
    let probe = i64::try_from(limit).unwrap_or(i64::MAX) + 1;
    let mut conn = state.conn().await?;
    let after = query.after.map(|cursor| cursor.0);
    let found = store::ticks::load(&mut conn, &asset, (from, to), after, probe)
        .await
        .map_err(Error::from)?;
    let oldest = store::ticks::load(&mut conn, &asset, (None, None), None, 1)
        .await
        .map_err(Error::from)?;
    let stored_seq = store::states::last_seq(&mut conn, &asset).await.map_err(Error::from)?;
    let mut ticks: Vec<TickFacts> = found.into_iter().map(TickFacts::from).collect();
    let has_more = ticks.len() > limit;
    ticks.truncate(limit);
    let next = ticks
        .last()
        .filter(|_| has_more)
        .map(|tick| Cursor((tick.event_at, tick.seq)).encode());
    Ok(Ok200(TickPage {
        ticks,
        next,
        stored_from: oldest.first().map(|tick| tick.event_at),
        stored_seq,
    }))
}
