//! Mends the past of live prices: what is missing after an outage, and the history of assets that have none.
//!
//! A hole is asked about once; what was asked is written down in the transaction that stores the answer. It runs for
//! the length of a term, so one instance at a time does it, and only with live providers.

use std::{collections::HashMap, sync::Arc, time::Duration};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::{
    AssetId, Candle, Interval, Timestamp,
    candles::{MarkedCandle, roll_up},
};
use messaging::leases;

use super::{
    feeds::past::{Account, BELIEVED, Past},
    follower,
    term::LEASE,
};
use crate::{
    domain::repair::{Hole, completed},
    error::{Error, Result},
    state::State,
    store::{
        candles::{self, CandleRange},
        repairs,
    },
};

/// How often holes are looked for at the least.
const EVERY: Duration = Duration::from_secs(30);
/// What nobody could tell is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(120);
const DAY: Duration = Duration::from_secs(86_400);
/// How far back candles of which length are missed.
const GRAINS: [(Interval, Duration); 3] = [
    (Interval::M1, DAY),
    (Interval::H1, Duration::from_secs(30 * 86_400)),
    (Interval::D1, Duration::from_secs(365 * 86_400)),
];
/// So many holes are looked at in one round.
const HOLES: i64 = 200;
/// So many are asked about before newer ones are looked for.
const AT_ONCE: usize = 5;

/// Looks for holes and mends them until the term ends.
pub async fn run(state: Arc<State>, epoch: i64, past: Past) -> Result<()> {
    let mut repairer = Repairer {
        state,
        epoch,
        past,
        later: HashMap::new(),
    };
    let wait = Duration::from_secs(repairer.state.config.repair.wait_seconds);
    let pause = (wait / 2).clamp(Duration::from_secs(1), EVERY);
    loop {
        if !repairer.past.is_ready() {
            repairer.state.pause(Duration::from_secs(1)).await?;
            continue;
        }
        match repairer.round().await {
            Ok(Round::HasMore) => continue,
            Ok(Round::Done) => {}
            Err(error @ (Error::Displaced | Error::Stopping)) => return Err(error),
            Err(error) => tracing::warn!(error = %error, cause = ?error, "the past could not be mended yet"),
        }
        repairer.state.pause(pause).await?;
    }
}

enum Round {
    HasMore,
    Done,
}

struct Repairer {
    state: Arc<State>,
    epoch: i64,
    past: Past,
    /// Holes of which nobody could tell, and when they may be asked about again.
    later: HashMap<Hole, Timestamp>,
}

impl Repairer {
    async fn round(&mut self) -> Result<Round> {
        let now = self.state.now();
        self.later.retain(|_, at| *at > now);
        let mut holes = self.holes(now).await?;
        holes.retain(|hole| !self.later.contains_key(hole));
        let has_more = holes.len() > AT_ONCE;
        holes.truncate(AT_ONCE);
        for hole in holes {
            let account = self.past.ask(&hole).await?;
            let is_known = |account: &Account| {
                account.knows_until.is_some_and(|until| until >= hole.to) || now.since(hole.to) > BELIEVED
            };
            match account.filter(is_known) {
                Some(account) => self.mend(&hole, &account).await?,
                None => drop(self.later.insert(hole, now.plus(AGAIN))),
            }
        }
        self.finish(now).await?;
        Ok(if has_more { Round::HasMore } else { Round::Done })
    }

    async fn holes(&self, now: Timestamp) -> Result<Vec<Hole>> {
        let wait = Duration::from_secs(self.state.config.repair.wait_seconds);
        let mut conn = self.state.conn().await?;
        let mut found = Vec::new();
        for (interval, length) in GRAINS {
            let from = interval.bucket_start(now.minus(length));
            let to = interval.bucket_start(now.minus(wait));
            found.extend(repairs::holes(&mut conn, interval, (from, to), HOLES).await?);
        }
        Ok(found)
    }

    async fn mend(&self, hole: &Hole, account: &Account) -> Result<()> {
        let now = self.state.now();
        let mut conn = self.state.conn().await?;
        let changed = conn
            .transaction(async |conn| {
                if !leases::fence(conn, LEASE, self.epoch).await? {
                    return Err(Error::Displaced);
                }
                let mut changed = 0;
                for told in &account.candles {
                    changed += complete(conn, told).await?;
                }
                for told in &account.candles {
                    let Some(first) = told.first() else { continue };
                    changed += roll(conn, hole, first.interval, now).await?;
                }
                repairs::note(conn, hole, account.source, changed, now).await?;
                Ok(changed)
            })
            .await?;
        self.state
            .metrics
            .repaired
            .with_label_values(&[account.source.as_str()])
            .inc_by(changed as u64);
        if changed > 0 {
            self.show(&mut conn, &hole.asset).await?;
        }
        tracing::info!(asset.id = %hole.asset, interval = %hole.interval, from = %hole.from, to = %hole.to, changed,
            source = %account.source, "a hole in the past was mended");
        Ok(())
    }

    /// Longer candles that were open while their minutes were mended are completed once they are over.
    async fn finish(&self, now: Timestamp) -> Result<()> {
        let mut conn = self.state.conn().await?;
        for bucket in repairs::unfinished(&mut conn, now.minus(DAY), HOLES).await? {
            let changed = conn
                .transaction(async |conn| {
                    if !leases::fence(conn, LEASE, self.epoch).await? {
                        return Err(Error::Displaced);
                    }
                    let mut changed = 0;
                    for grain in Interval::ALL.into_iter().filter(|grain| *grain < bucket.interval) {
                        changed += roll_one(conn, &bucket, grain, now).await?;
                    }
                    Ok(changed)
                })
                .await?;
            if changed > 0 {
                self.show(&mut conn, &bucket.asset).await?;
            }
        }
        Ok(())
    }

    /// Lets the market in memory know.
    async fn show(&self, conn: &mut AsyncPgConnection, asset: &AssetId) -> Result<()> {
        let Some(clock) = self.state.market().clock_of(asset) else {
            return Ok(());
        };
        let past = follower::recent(conn, asset, clock).await?;
        self.state.market_mut().refill(asset, &past);
        Ok(())
    }
}

fn range(asset: &AssetId, interval: Interval, (from, to): (Timestamp, Timestamp)) -> CandleRange {
    CandleRange {
        asset: asset.clone(),
        interval,
        from: Some(from),
        to: Some(to),
        limit: i64::MAX,
        keeps_oldest: true,
    }
}

/// Stores what is told of buckets of one length where it makes or completes a candle; says how many.
async fn complete(conn: &mut AsyncPgConnection, told: &[Candle]) -> Result<usize> {
    let (Some(first), Some(last)) = (told.first(), told.last()) else {
        return Ok(0);
    };
    let stored = range(&first.asset, first.interval, (first.start, last.end()));
    let stored: HashMap<Timestamp, MarkedCandle> = candles::load(conn, &stored)
        .await?
        .into_iter()
        .map(|marked| (marked.candle.start, marked))
        .collect();
    let changed: Vec<MarkedCandle> = told
        .iter()
        .filter_map(|candle| completed(stored.get(&candle.start), candle))
        .collect();
    Ok(candles::store(conn, &changed).await?)
}

/// Makes the longer candles that touch a hole anew from those of `grain`.
async fn roll(conn: &mut AsyncPgConnection, hole: &Hole, grain: Interval, now: Timestamp) -> Result<usize> {
    let mut changed = 0;
    for interval in Interval::ALL.into_iter().filter(|interval| *interval > grain) {
        let bucket = Hole {
            interval,
            from: interval.bucket_start(hole.from),
            ..hole.clone()
        };
        changed += roll_one(conn, &bucket, grain, now).await?;
    }
    Ok(changed)
}

/// Makes the candles of a stretch's length anew from those of `grain`, where some of these were repaired.
async fn roll_one(conn: &mut AsyncPgConnection, stretch: &Hole, grain: Interval, now: Timestamp) -> Result<usize> {
    let last = Timestamp::from_millis(stretch.to.millis() - 1).unwrap_or(stretch.to);
    let end = stretch.interval.bucket_end(stretch.interval.bucket_start(last));
    let parts = range(&stretch.asset, grain, (stretch.from, end));
    let parts: Vec<Candle> = candles::load(conn, &parts)
        .await?
        .into_iter()
        .map(|marked| marked.candle)
        .collect();
    let mut rolled = roll_up(&parts, stretch.interval, now);
    rolled.retain(|candle| candle.repaired && candle.is_closed);
    complete(conn, &rolled).await
}
