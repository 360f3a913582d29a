//! Looks after open streams: quiet and stalled ones, ended sign-ins, the goodbye.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::state::State;

/// How soon a stop is noticed.
const BEAT: Duration = Duration::from_millis(100);
/// How often connections are looked after.
const ROUND: Duration = Duration::from_secs(1);

/// Looks after all streams until the service stops.
pub async fn look_after(state: Arc<State>) -> anyhow::Result<()> {
    let mut is_closing = false;
    let mut next_round = Instant::now();
    loop {
        tokio::time::sleep(BEAT).await;
        if !is_closing && state.context.health.is_draining() {
            is_closing = true;
            state.streams.close();
        }
        let now = Instant::now();
        if now >= next_round {
            next_round = now + ROUND;
            round(&state);
        }
    }
}

fn round(state: &State) {
    let streams = &state.streams;
    let (now, patience) = (streams.now(), state.config.stream.patience());
    for link in streams.links() {
        link.look_after(now, &patience);
    }
    let moved = {
        let mut prices = streams.prices();
        prices.age(state.context.clock.now());
        prices.take_moved()
    };
    streams.changed.notify_one();
    let mut live = streams.live();
    live.moved(&moved);
    live.forget_unheard();
}
