use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use lapin::{
    BasicProperties,
    options::{BasicConsumeOptions, BasicPublishOptions, QueueBindOptions, QueueDeclareOptions},
    types::FieldTable,
};

use super::{
    connection::{Linked, Purpose, hang_up, in_time},
    names::Names,
};
use crate::{BrokerError, BrokerState};

const BEAT: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(8);

/// Asks for a sign of life again and again: only what comes back proves that a connection lives in both directions.
/// Ends, and gives the connection up, when nothing comes back.
pub(super) async fn watch(linked: Arc<Linked>, names: Arc<Names>, purpose: Purpose, state: Arc<Mutex<BrokerState>>) {
    let reason = tokio::select! {
        () = linked.lost().cancelled() => None,
        error = beat(&linked, &names, purpose) => Some(error),
    };
    if let Some(BrokerError(reason)) = reason {
        tracing::warn!(reason, "the connection to the broker is given up");
        *state.lock().unwrap_or_else(PoisonError::into_inner) = BrokerState::Down(reason);
        linked.lost().cancel();
    }
    hang_up(&linked).await;
}

async fn beat(linked: &Linked, names: &Names, purpose: Purpose) -> BrokerError {
    let beats = match purpose {
        Purpose::Publish => send_until_failure(linked, &names.beats()).await,
        Purpose::Consume => ask_until_failure(linked).await,
    };
    match beats {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

enum Never {}

/// Asks after a queue. In a memory alarm the broker reads nothing more from a connection that publishes, not even
/// acknowledgements: a connection that consumes must never publish.
async fn ask_until_failure(linked: &Linked) -> Result<Never, BrokerError> {
    let channel = linked.new_channel().await?;
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = in_time(channel.queue_declare("".into(), options, FieldTable::default())).await?;
    let question = QueueDeclareOptions {
        passive: true,
        ..Default::default()
    };
    loop {
        in_time(channel.queue_declare(queue.name().clone(), question, FieldTable::default())).await?;
        tokio::time::sleep(BEAT).await;
    }
}

/// Sends itself a message.
async fn send_until_failure(linked: &Linked, exchange: &str) -> Result<Never, BrokerError> {
    let channel = linked.new_channel().await?;
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = in_time(channel.queue_declare("".into(), options, FieldTable::default())).await?;
    let bound = channel.queue_bind(
        queue.name().clone(),
        exchange.into(),
        queue.name().clone(),
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    in_time(bound).await?;
    let options = BasicConsumeOptions {
        no_ack: true,
        ..Default::default()
    };
    let mut beats =
        in_time(channel.basic_consume(queue.name().clone(), "".into(), options, FieldTable::default())).await?;
    loop {
        if !linked.is_blocked() {
            let sent = channel.basic_publish(
                exchange.into(),
                queue.name().clone(),
                BasicPublishOptions::default(),
                b"beat",
                BasicProperties::default(),
            );
            in_time(sent).await?;
            match tokio::time::timeout(PATIENCE, beats.next()).await {
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(error))) => return Err(BrokerError(error.to_string())),
                Ok(None) => return Err(BrokerError("the connection was closed".to_owned())),
                // A memory alarm that began meanwhile holds the beat back; that is no reason to hang up.
                Err(_) if linked.is_blocked() => {}
                Err(_) => return Err(BrokerError("nothing came back in time".to_owned())),
            }
        }
        tokio::time::sleep(BEAT).await;
    }
}
