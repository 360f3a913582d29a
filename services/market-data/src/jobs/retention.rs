//! Drops what is older than it has to be kept, and makes room for tomorrow.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};

use crate::{error::Result, state::State, store};

/// So many rows are dropped at once, so that nobody waits long.
const STEP: i64 = 20_000;

/// Makes the partitions of today and tomorrow; drops old ticks and old one-minute candles.
pub async fn run(state: &State) -> Result<()> {
    let today = DateTime::<Utc>::from(state.now()).date_naive();
    let mut conn = state.conn().await?;
    for day in [Some(today), today.checked_add_days(Days::new(1))]
        .into_iter()
        .flatten()
    {
        store::ticks::keep_day(&mut conn, day).await?;
    }
    if let Some(oldest) = today.checked_sub_days(Days::new(state.config.keep.tick_days)) {
        store::ticks::drop_before(&mut conn, oldest).await?;
    }
    let two_days_ago = state.now().minus(Duration::from_secs(2 * 86_400));
    store::repairs::forget_minutes(&mut conn, two_days_ago).await?;
    // Recorded prices may be of another year: minutes age by the feed's own time.
    let clock = state.market().clock();
    let Some(clock) = clock else { return Ok(()) };
    let before = clock.minus(Duration::from_secs(state.config.keep.minute_days * 86_400));
    while store::candles::drop_minutes(&mut conn, before, STEP).await? > 0 {}
    Ok(())
}
