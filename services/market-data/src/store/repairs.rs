//! Where the past has holes, and which of them a provider was asked about.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, QueryResult, QueryableByName, delete, insert_into, sql_query,
    sql_types::{BigInt, Integer, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, Interval, Source, Timestamp};

use super::{
    bad_row,
    candles::{interval_of, span_of},
    schema::repairs,
    utc,
};
use crate::domain::repair::Hole;

#[derive(QueryableByName)]
struct HoleRow {
    #[diesel(sql_type = Text)]
    asset_id: String,
    #[diesel(sql_type = Integer)]
    span: i32,
    #[diesel(sql_type = Timestamptz)]
    from_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    to_at: DateTime<Utc>,
}

impl TryFrom<HoleRow> for Hole {
    type Error = diesel::result::Error;

    fn try_from(row: HoleRow) -> QueryResult<Self> {
        let what = format!("a hole of {}", row.asset_id);
        Ok(Hole {
            asset: AssetId::parse(&row.asset_id).map_err(|why| bad_row(&what, why))?,
            interval: interval_of(row.span).ok_or_else(|| bad_row(&what, "no such interval"))?,
            from: row.from_at.into(),
            to: row.to_at.into(),
        })
    }
}

// A hole ends where candles are complete again, so one that is still growing is none yet. Only before an asset was ever
// asked about does its unknown past end at $3.
// Each asset's candles are found by their key, however many older ones there are.
const HOLES: &str = "WITH known AS (
        SELECT a.asset_id, c.start_at FROM market_data.assets AS a CROSS JOIN LATERAL (
            SELECT start_at FROM market_data.candles
            WHERE asset_id = a.asset_id AND span = $1 AND start_at >= $2 AND start_at < $3 AND NOT partial) AS c
        WHERE a.enabled
        UNION ALL SELECT asset_id, $2 - make_interval(mins => $1) FROM market_data.assets WHERE enabled
        UNION ALL SELECT asset_id, $3 FROM market_data.assets AS a WHERE enabled AND NOT EXISTS (
            SELECT FROM market_data.repairs AS r WHERE r.asset_id = a.asset_id AND r.span = $1)
    ), pairs AS (
        SELECT asset_id, start_at + make_interval(mins => $1) AS from_at,
            lead(start_at) OVER (PARTITION BY asset_id ORDER BY start_at) AS to_at
        FROM known
    )
    SELECT p.asset_id, $1 AS span, p.from_at, p.to_at
    FROM pairs AS p JOIN market_data.assets AS a USING (asset_id)
    WHERE p.to_at > p.from_at AND NOT EXISTS (
        SELECT FROM market_data.repairs AS r
        WHERE r.asset_id = p.asset_id AND r.span = $1 AND r.from_at <= p.from_at AND r.to_at >= p.to_at)
    ORDER BY a.rank NULLS LAST, p.asset_id, p.from_at DESC LIMIT $4";

/// The holes of enabled assets between two moments that nobody was asked about yet, the largest assets' first.
pub async fn holes(
    conn: &mut AsyncPgConnection,
    interval: Interval,
    (from, to): (Timestamp, Timestamp),
    limit: i64,
) -> QueryResult<Vec<Hole>> {
    let rows: Vec<HoleRow> = sql_query(HOLES)
        .bind::<Integer, _>(span_of(interval))
        .bind::<Timestamptz, _>(utc(from))
        .bind::<Timestamptz, _>(utc(to))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Hole::try_from).collect()
}

const UNFINISHED: &str =
    "SELECT a.asset_id, s.span, c.start_at AS from_at, c.start_at + make_interval(mins => s.span) AS to_at
    FROM (SELECT DISTINCT asset_id FROM market_data.repairs WHERE candles > 0 AND to_at > $1 - interval '8 days') AS a
    CROSS JOIN (VALUES (5), (15), (30), (60), (240), (1440), (10080)) AS s (span)
    CROSS JOIN LATERAL (
        SELECT start_at FROM market_data.candles
        WHERE asset_id = a.asset_id AND span = s.span AND start_at > $1 - make_interval(mins => s.span)
            AND partial AND NOT repaired) AS c
    WHERE EXISTS (
        SELECT FROM market_data.repairs AS r
        WHERE r.asset_id = a.asset_id AND r.span < s.span AND r.candles > 0
            AND r.from_at < c.start_at + make_interval(mins => s.span) AND r.to_at > c.start_at)
    ORDER BY a.asset_id, s.span, from_at LIMIT $2";

/// Longer candles that ended since `since` and were made before what was repaired of them was known to their maker.
pub async fn unfinished(conn: &mut AsyncPgConnection, since: Timestamp, limit: i64) -> QueryResult<Vec<Hole>> {
    let rows: Vec<HoleRow> = sql_query(UNFINISHED)
        .bind::<Timestamptz, _>(utc(since))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Hole::try_from).collect()
}

/// Notes that `source` was asked about a hole, and how many candles that made or completed.
pub async fn note(
    conn: &mut AsyncPgConnection,
    hole: &Hole,
    source: Source,
    candles: usize,
    now: Timestamp,
) -> QueryResult<()> {
    insert_into(repairs::table)
        .values((
            repairs::asset_id.eq(hole.asset.as_str()),
            repairs::span.eq(span_of(hole.interval)),
            repairs::from_at.eq(utc(hole.from)),
            repairs::to_at.eq(utc(hole.to)),
            repairs::source.eq(source.as_str()),
            repairs::candles.eq(i32::try_from(candles).unwrap_or(i32::MAX)),
            repairs::repaired_at.eq(utc(now)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what was asked about minutes that ended before `before`: nobody asks about them again.
pub async fn forget_minutes(conn: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    delete(repairs::table)
        .filter(repairs::span.eq(span_of(Interval::M1)))
        .filter(repairs::to_at.lt(utc(before)))
        .execute(conn)
        .await
}
