//! From the feed into the tick log.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use contracts::{LogBatch, LogEntry, events::AssetFacts, events::AssetListed};
use diesel_async::AsyncConnection;
use domain::{AssetId, Interval, Symbol, Timestamp};
use futures_util::future::try_join_all;
use messaging::Pause;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{FIRST_PAUSE, feeds, recorder::Progress};
use crate::{
    domain::{
        asset::{Asset, Figures},
        feed::FeedKind,
        sequencer::{RawTick, Sequencer},
    },
    error::{Error, Result},
    state::State,
    store::assets,
};

/// So many entries may be in the log without being recorded; then the feed waits.
const MAX_UNRECORDED: u64 = 40_000;
/// So many entries are written at once at most.
const MAX_BATCH: usize = 4_000;

/// What a feed says.
#[derive(Debug)]
pub enum FeedMessage {
    /// From here on positions count the records of this input. A fresh one has none in the log, whatever is stored.
    Begin {
        /// Its name, the same for the same input.
        name: String,
        /// It was cut off and written anew.
        is_fresh: bool,
    },
    /// Prices.
    Ticks(Vec<FeedTick>),
    /// The feed's own time has come so far.
    Clock(Timestamp),
    /// From now on the market is watched.
    Up(Timestamp),
    /// From now on nobody watches the market.
    Down(Timestamp),
    /// The input is at its end.
    End,
}

/// A price, and how to call its asset should it be a new one.
#[derive(Debug)]
pub struct FeedTick {
    /// The price.
    pub tick: RawTick,
    /// The ticker, where an unknown asset is to be listed.
    pub symbol: Option<Symbol>,
}

/// Writes what the feed says into the log.
pub struct Ingestor {
    state: Arc<State>,
    sequencer: Sequencer,
    progress: Arc<Progress>,
    positions: HashMap<(String, u16), u64>,
    listed: HashSet<AssetId>,
}

impl Ingestor {
    /// For one term.
    pub fn new(
        state: Arc<State>,
        sequencer: Sequencer,
        progress: Arc<Progress>,
        positions: HashMap<(String, u16), u64>,
    ) -> Self {
        Self {
            state,
            sequencer,
            progress,
            positions,
            listed: HashSet::new(),
        }
    }

    /// Runs the feed and writes the log until `ended`.
    pub async fn run(mut self, ended: CancellationToken) -> Result<()> {
        let mut conn = self.state.conn().await?;
        self.listed = assets::load_all(&mut conn)
            .await?
            .into_iter()
            .map(|asset| asset.facts.asset_id)
            .collect();
        drop(conn);
        self.tell_of_blindness().await?;
        let (sender, receiver) = mpsc::channel(64);
        let context = feeds::FeedContext {
            state: self.state.clone(),
            positions: self.positions.clone(),
            partitions: self.state.broker.partitions(),
            latest: self.sequencer.latest(),
            epoch: self.sequencer.epoch().cast_signed(),
            ended: ended.clone(),
        };
        tokio::select! {
            outcome = feeds::run(context, sender) => outcome,
            outcome = self.write(receiver) => outcome,
        }
    }

    /// Says that nobody watched the market since the last term ended. A file loses nothing meanwhile, and a simulated
    /// market moves little in a moment.
    async fn tell_of_blindness(&mut self) -> Result<()> {
        let Some(latest) = self.sequencer.latest().filter(|_| self.sequencer.is_up()) else {
            return Ok(());
        };
        let patience = match self.state.kind {
            FeedKind::File => return Ok(()),
            FeedKind::Simulator => Duration::from_secs(90),
            FeedKind::Live => Duration::ZERO,
        };
        if self.state.now().since(latest) > patience {
            self.sequencer.feed_down(latest);
            self.flush().await?;
        }
        Ok(())
    }

    async fn write(&mut self, mut messages: mpsc::Receiver<FeedMessage>) -> Result<()> {
        while let Some(message) = messages.recv().await {
            self.take(message).await?;
            while self.sequencer.waiting() < MAX_BATCH {
                let Ok(message) = messages.try_recv() else { break };
                self.take(message).await?;
            }
            self.flush().await?;
            self.progress.at_most(MAX_UNRECORDED).await;
        }
        // The feed is over but the term is not: the recorder goes on, and so does the lease.
        std::future::pending().await
    }

    async fn take(&mut self, message: FeedMessage) -> Result<()> {
        match message {
            FeedMessage::Begin { name, is_fresh } => {
                self.flush().await?;
                let known = |partition: u16| self.positions.get(&(name.clone(), partition)).copied().unwrap_or(0);
                let positions: Vec<u64> = match is_fresh {
                    true => Vec::new(),
                    false => (0..self.state.broker.partitions()).map(known).collect(),
                };
                self.sequencer.begin_feed(name, &positions);
            }
            FeedMessage::Ticks(ticks) => {
                self.list_unknown(&ticks).await?;
                for tick in ticks {
                    self.sequencer.push(tick.tick);
                }
            }
            FeedMessage::Clock(at) => self.sequencer.reach(at),
            FeedMessage::Up(at) => self.sequencer.feed_up(at),
            FeedMessage::Down(at) => self.sequencer.feed_down(at),
            FeedMessage::End => {
                if self.sequencer.is_up()
                    && let Some(latest) = self.sequencer.latest()
                {
                    // Nothing more can come for the last minute.
                    let end = Interval::M1.bucket_end(Interval::M1.bucket_start(latest));
                    self.sequencer.reach(end);
                    self.sequencer.feed_down(end);
                }
            }
        }
        Ok(())
    }

    /// Lists assets that nobody knows, before any of their ticks is in the log.
    async fn list_unknown(&mut self, ticks: &[FeedTick]) -> Result<()> {
        let mut unknown: Vec<Asset> = Vec::new();
        for FeedTick { tick, symbol } in ticks {
            let Some(symbol) = symbol else { continue };
            if self.listed.insert(tick.asset.clone()) {
                unknown.push(new_asset(tick.asset.clone(), symbol.clone()));
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let mut pause = Pause::between(FIRST_PAUSE, Duration::from_secs(2));
        loop {
            match list(&self.state, &unknown).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::warn!(error = %error, "new assets could not be listed yet");
                    self.state.pause(pause.take()).await?;
                }
            }
        }
    }

    async fn flush(&mut self) -> Result<()> {
        let batches = self.sequencer.take();
        let state = &self.state;
        let written = batches
            .iter()
            .map(async |(partition, batch)| append(state, *partition, batch).await);
        try_join_all(written).await?;
        for (_, batch) in &batches {
            self.progress.wrote(batch.entries.len());
            count(state, batch);
        }
        Ok(())
    }
}

/// Appends a batch; tries again for as long as the broker is away. Readers drop what they get twice.
pub async fn append(state: &State, partition: u16, batch: &LogBatch) -> Result<()> {
    let body = batch.encode()?;
    let mut pause = Pause::between(FIRST_PAUSE, Duration::from_secs(2));
    loop {
        match state.broker.append(partition, body.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(partition, error = %error, "the tick log did not take a batch, it will be tried again");
                state.pause(pause.take()).await?;
            }
        }
    }
}

fn count(state: &State, batch: &LogBatch) {
    for entry in &batch.entries {
        if let LogEntry::Tick(tick) = entry {
            state.metrics.ticks.with_label_values(&[tick.source.as_str()]).inc();
            if tick.is_late {
                state.metrics.late.inc();
            }
        }
    }
}

fn new_asset(asset_id: AssetId, symbol: Symbol) -> Asset {
    let name = symbol.to_string();
    let facts = AssetFacts {
        asset_id,
        symbol,
        name,
        image_url: None,
        rank: None,
        enabled: true,
        version: 1,
    };
    Asset {
        facts,
        figures: Figures::default(),
        is_renamed: false,
    }
}

/// Adds assets and tells everybody.
pub async fn list(state: &State, found: &[Asset]) -> Result<()> {
    let now = state.now();
    let mut conn = state.conn().await?;
    conn.transaction(async |conn| {
        for asset in found {
            if assets::insert(conn, asset).await? {
                state
                    .outbox
                    .add(conn, &AssetListed(asset.facts.clone()), now, Uuid::now_v7())
                    .await?;
            }
        }
        Ok::<(), Error>(())
    })
    .await?;
    state.outbox.wake();
    let all = assets::load_all(&mut conn).await?;
    state.market_mut().set_assets(all);
    Ok(())
}
