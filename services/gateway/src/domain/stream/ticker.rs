//! One asset on the stream: its newest price, and how that is told.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use contracts::events::AssetFacts;
use domain::{AssetId, Price, Source, Symbol, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::topic::Topic;

/// A price as the channels `ticker:…` tell it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Ticker {
    /// The asset.
    #[schema(value_type = String, example = "bitcoin")]
    pub asset_id: AssetId,
    /// Its ticker.
    #[schema(value_type = String, example = "BTC")]
    pub symbol: Symbol,
    /// The newest price in USD; null while there is none.
    #[schema(value_type = Option<String>, required)]
    pub price: Option<Price>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub event_at: Option<Timestamp>,
    /// When it was received.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub received_at: Option<Timestamp>,
    /// Who said it.
    #[schema(value_type = Option<String>, required)]
    pub source: Option<Source>,
    /// Percent since a day ago.
    #[schema(required)]
    pub change_24h: Option<f64>,
    /// Too old to be relied on.
    pub stale: bool,
}

/// An asset, its newest price, and what was told of it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) facts: Option<AssetFacts>,
    pub(super) last: Option<Last>,
    pub(super) day_ago: Option<Price>,
    pub(super) topic: Arc<Topic>,
    pub(super) told: Option<Told>,
    /// Its row in `ticker:*`.
    pub(super) version_in_all: u64,
    pub(super) version: u64,
}

/// The newest price, as the tick log told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) seq: u64,
    pub(super) price: Price,
    pub(super) event_at: Timestamp,
    pub(super) received_at: Timestamp,
    pub(super) source: Source,
}

/// What of a ticker makes news: the rest goes along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) symbol: Symbol,
    pub(super) price: Option<Price>,
    pub(super) is_stale: bool,
}

impl Listed {
    /// Whether clients may hear of it.
    pub(super) fn is_offered(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.enabled)
    }

    /// The best rank comes first in lists.
    pub(super) fn place(&self) -> i64 {
        self.facts
            .as_ref()
            .and_then(|facts| facts.rank)
            .map_or(i64::MAX, i64::from)
    }

    /// Recorded prices may be of another year, so theirs is the time of reception.
    pub(super) fn is_stale(&self, after: &HashMap<Source, Duration>, now: Timestamp) -> bool {
        self.last.is_none_or(|last| {
            let since = match last.source.is_simulated() {
                true => last.received_at,
                false => last.event_at,
            };
            now.since(since) > after.get(&last.source).copied().unwrap_or_default()
        })
    }

    /// What is told of it now; `None` while it is not offered.
    pub(super) fn ticker(&self, stale_after: &HashMap<Source, Duration>, now: Timestamp) -> Option<(Told, Bytes)> {
        let facts = self.facts.as_ref().filter(|facts| facts.enabled)?;
        let is_stale = self.is_stale(stale_after, now);
        let last = self.last;
        let ticker = Ticker {
            asset_id: facts.asset_id.clone(),
            symbol: facts.symbol.clone(),
            price: last.map(|last| last.price),
            event_at: last.map(|last| last.event_at),
            received_at: last.map(|last| last.received_at),
            source: last.map(|last| last.source),
            change_24h: last
                .zip(self.day_ago)
                .and_then(|(last, day_ago)| last.price.percent_over(day_ago)),
            stale: is_stale,
        };
        // Texts, decimals and times always have a JSON form.
        let data = serde_json::to_vec(&ticker).ok()?;
        let told = Told {
            symbol: ticker.symbol,
            price: ticker.price,
            is_stale,
        };
        Some((told, data.into()))
    }
}
