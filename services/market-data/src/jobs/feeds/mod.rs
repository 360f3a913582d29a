//! Where prices come from.

pub mod coingecko;
pub mod file;
pub mod gate;
pub mod lines;
pub mod live;
pub mod past;
pub mod rest;
pub mod simulator;
pub mod stream;
pub mod tail;
#[cfg(test)]
mod tls_stub;

use std::{collections::HashMap, sync::Arc};

use domain::{Source, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::ingest::{FeedMessage, FeedTick};
use crate::{
    domain::{feed::FeedSpec, sequencer::RawTick, tick_line::FileTick},
    error::{Error, Result},
    state::State,
};

/// What a feed is handed at the start of a term.
pub struct FeedContext {
    /// What is shared.
    pub state: Arc<State>,
    /// How many records of each input each partition holds.
    pub positions: HashMap<(String, u16), u64>,
    /// How many partitions there are.
    pub partitions: u16,
    /// The latest moment that the log has shown.
    pub latest: Option<Timestamp>,
    /// The term.
    pub epoch: i64,
    /// Cancelled when the term ends.
    pub ended: CancellationToken,
}

impl FeedContext {
    /// How many records of an input every partition holds: the ones before need not be read again.
    pub fn resume_at(&self, name: &str) -> u64 {
        let held = |partition| self.positions.get(&(name.to_owned(), partition)).copied().unwrap_or(0);
        (0..self.partitions).map(held).min().unwrap_or(0)
    }

    /// The furthest that any partition has come in an input.
    pub fn furthest(&self, name: &str) -> u64 {
        let held = |partition| self.positions.get(&(name.to_owned(), partition)).copied().unwrap_or(0);
        (0..self.partitions).map(held).max().unwrap_or(0)
    }
}

/// Messages of a feed that wait for its gate.
const AT_THE_GATE: usize = 1;

/// Runs the configured feed until it has nothing more to say.
pub async fn run(context: FeedContext, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    let spec = context.state.config.feed_spec.clone();
    let alone = match &spec {
        FeedSpec::Replay(_) => Some(Source::Replay),
        FeedSpec::Tail(_) => Some(Source::Tail),
        FeedSpec::Simulator { .. } => Some(Source::Simulator),
        // Live providers are switched on and off one by one.
        FeedSpec::Live(_) | FeedSpec::Auto => None,
    };
    let Some(source) = alone else {
        return tell(context, spec, messages).await;
    };
    let (sender, told) = mpsc::channel(AT_THE_GATE);
    let gate = gate::run(context.state.clone(), source, told, messages);
    let (outcome, gate) = tokio::join!(tell(context, spec, sender), gate);
    gate.and(outcome)
}

async fn tell(context: FeedContext, spec: FeedSpec, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    match spec {
        FeedSpec::Replay(spec) => file::run(context, spec, messages).await,
        FeedSpec::Tail(path) => tail::run(context, path, messages).await,
        FeedSpec::Simulator { seed } => simulator::run(context, seed, messages).await,
        FeedSpec::Live(sources) => live::run(context, sources, messages).await,
        // Decided at the start of the service.
        FeedSpec::Auto => Err(Error::Feed("the feed was not decided".to_owned())),
    }
}

/// A line of a file as a price for the log.
pub(crate) fn from_file(
    line: FileTick,
    position: u64,
    shift_ms: i64,
    source: Source,
    received_at: Timestamp,
) -> FeedTick {
    let event_at = Timestamp::from_millis(line.at.millis().saturating_add(shift_ms)).unwrap_or(line.at);
    let tick = RawTick {
        asset: line.asset,
        event_at,
        received_at,
        price: line.price,
        quantity: line.quantity,
        range: None,
        source,
        position: Some(position),
    };
    FeedTick {
        tick,
        symbol: Some(line.symbol),
    }
}
