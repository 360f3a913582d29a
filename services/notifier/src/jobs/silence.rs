//! Deleted means silent: right before sending, the alerts service is asked which alerts still exist.
//!
//! A fact that is on its way can't be called back, so the sender asks instead of waiting for news. While the alerts
//! service does not answer, a message waits a little; after that, telling too much is better than telling nothing.

use std::{collections::BTreeSet, time::Duration};

use contracts::internal::{AlertsAnswer, AlertsQuestion};
use domain::AlertId;
use service_kit::client::CallError;
use uuid::Uuid;

use crate::{state::State, store::outcomes};

/// Why a message about a deleted alert is not sent.
pub const DELETED: &str = "the alert was deleted";

/// What is known about the alerts of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Those that are gone have been silenced.
    Given,
    /// Nobody could be asked.
    Missing,
}

/// Silences what concerns alerts that no longer exist.
pub async fn silence_deleted(state: &State, alerts: &BTreeSet<Uuid>) -> anyhow::Result<Word> {
    if alerts.is_empty() {
        return Ok(Word::Given);
    }
    let question = AlertsQuestion {
        alert_ids: alerts.iter().copied().map(AlertId::from).collect(),
    };
    let call = state
        .client
        .post("alerts", "/internal/alerts/existing", &question)
        .within(Duration::from_secs(1));
    let answer: AlertsAnswer = match call.send().await {
        Ok(answer) => answer,
        Err(CallError::Refused { status: 404 | 405, .. }) => {
            // An earlier release, which can't be asked: it will not learn it while we wait.
            return Ok(Word::Given);
        }
        Err(error) => {
            tracing::debug!(%error, "the alerts service can't say which alerts exist");
            return Ok(Word::Missing);
        }
    };
    let existing: BTreeSet<Uuid> = answer.alert_ids.into_iter().map(AlertId::uuid).collect();
    let gone: Vec<Uuid> = alerts.difference(&existing).copied().collect();
    if !gone.is_empty() {
        let mut conn = state.db.get().await?;
        let silenced = outcomes::suppress_alerts(&mut conn, &gone, DELETED).await?;
        tracing::debug!(silenced, "deliveries of deleted alerts were silenced");
    }
    Ok(Word::Given)
}
