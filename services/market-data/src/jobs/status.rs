//! How the sources of prices fare, for people.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Source, Timestamp};
use serde::Serialize;

/// The state of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Prices flow.
    Live,
    /// Late or wrong, yet not gone.
    Degraded,
    /// Gone.
    Down,
    /// Not asked.
    Disabled,
}

/// What is known of a source beyond its ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// As its feed sees it.
    pub state: SourceState,
    /// What is wrong, for people.
    pub error: Option<String>,
    /// When the feed last heard from it.
    pub last_sync_at: Option<Timestamp>,
    /// Since when it is not well.
    pub degraded_since: Option<Timestamp>,
}

/// The reports of all sources of this feed.
#[derive(Clone, Default)]
pub struct FeedStatus(Arc<Mutex<BTreeMap<Source, SourceReport>>>);

impl FeedStatus {
    /// Notes how a source fares; true where its state changed.
    pub fn set(&self, source: Source, state: SourceState, error: Option<String>, now: Timestamp) -> bool {
        let mut reports = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = reports.get(&source).cloned();
        let is_well = matches!(state, SourceState::Live | SourceState::Disabled);
        let since = before.as_ref().and_then(|report| report.degraded_since);
        let report = SourceReport {
            state,
            error,
            last_sync_at: if is_well {
                Some(now)
            } else {
                before.as_ref().and_then(|report| report.last_sync_at)
            },
            degraded_since: if is_well { None } else { since.or(Some(now)) },
        };
        let has_changed = before.is_none_or(|before| before.state != state);
        reports.insert(source, report);
        has_changed
    }

    /// All reports.
    pub fn all(&self) -> BTreeMap<Source, SourceReport> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One report.
    pub fn get(&self, source: Source) -> Option<SourceReport> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&source)
            .cloned()
    }
}
