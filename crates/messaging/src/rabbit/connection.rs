use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use lapin::{Channel, Connection, ConnectionProperties, options::ConfirmSelectOptions};
use tokio::{runtime::Handle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{DEADLINE, heartbeat, names::Names, publisher::Publisher, topology::Builder};
use crate::{BrokerError, BrokerOptions, BrokerState, Metrics};

/// How soon after a failed try the next one is allowed.
const REST: std::time::Duration = std::time::Duration::from_millis(500);

/// What a connection is for: each has its own, because a memory alarm blocks publishers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Publish,
    Consume,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Consume => "consume",
        }
    }
}

/// A connection that is made when it is needed and made again when it is lost.
pub(super) struct Link {
    options: BrokerOptions,
    purpose: Purpose,
    names: Arc<Names>,
    metrics: Metrics,
    slot: tokio::sync::Mutex<Slot>,
    state: Arc<Mutex<BrokerState>>,
    is_closed: AtomicBool,
}

#[derive(Default)]
struct Slot {
    linked: Option<Arc<Linked>>,
    failed: Option<(Instant, String)>,
}

/// One live connection with a channel.
pub(super) struct Linked {
    connection: Connection,
    channel: Channel,
    publisher: Publisher,
    /// Cancelled when the connection is given up, so that whoever reads from it stops waiting.
    lost: CancellationToken,
}

impl Linked {
    pub(super) fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    pub(super) async fn new_channel(&self) -> Result<OwnChannel, BrokerError> {
        in_time(self.connection.create_channel()).await.map(OwnChannel)
    }

    pub(super) fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.connection.status().blocked()
    }
}

impl Link {
    pub(super) fn new(options: &BrokerOptions, purpose: Purpose, names: Arc<Names>, metrics: Metrics) -> Self {
        let state = Arc::new(Mutex::new(BrokerState::Down("not connected yet".to_owned())));
        Self {
            options: options.clone(),
            purpose,
            names,
            metrics,
            slot: tokio::sync::Mutex::new(Slot::default()),
            state,
            is_closed: AtomicBool::new(false),
        }
    }

    /// The live connection, made now if there is none. Fails at once while a failed try is fresh.
    pub(super) async fn get(&self) -> Result<Arc<Linked>, BrokerError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(BrokerError("the connection was closed".to_owned()));
        }
        let mut slot = self.slot.lock().await;
        if let Some(linked) = &slot.linked
            && !linked.lost.is_cancelled()
            && linked.connection.status().connected()
            && linked.channel.status().connected()
        {
            return Ok(Arc::clone(linked));
        }
        if let Some((at, reason)) = &slot.failed
            && at.elapsed() < REST
        {
            return Err(BrokerError(reason.clone()));
        }
        if let Some(old) = slot.linked.take() {
            old.lost.cancel();
        }
        match self.connect().await {
            Ok(linked) => {
                tracing::info!(purpose = self.purpose.name(), "connected to the broker");
                self.metrics.reconnects.inc();
                self.set_state(BrokerState::Up);
                let linked = Arc::new(linked);
                // Watched from outside: a connection can be open and deaf.
                tokio::spawn(heartbeat::watch(
                    Arc::clone(&linked),
                    Arc::clone(&self.names),
                    self.purpose,
                    Arc::clone(&self.state),
                ));
                *slot = Slot {
                    linked: Some(Arc::clone(&linked)),
                    failed: None,
                };
                Ok(linked)
            }
            Err(error) => {
                self.set_state(BrokerState::Down(error.0.clone()));
                slot.failed = Some((Instant::now(), error.0.clone()));
                Err(error)
            }
        }
    }

    /// Gives a connection up; the next [`Link::get`] makes a new one.
    pub(super) async fn lost(&self, linked: &Linked, reason: &str) {
        if linked.lost.is_cancelled() {
            return;
        }
        tracing::warn!(
            purpose = self.purpose.name(),
            reason,
            "the connection to the broker is given up"
        );
        linked.lost.cancel();
        self.set_state(BrokerState::Down(reason.to_owned()));
    }

    pub(super) fn state(&self) -> BrokerState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        let linked = self.slot.lock().await.linked.take();
        if let Some(linked) = linked {
            linked.lost.cancel();
        }
    }

    fn set_state(&self, state: BrokerState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    async fn connect(&self) -> Result<Linked, BrokerError> {
        let properties =
            ConnectionProperties::default().with_connection_name(format!("candlewick {}", self.purpose.name()).into());
        let connection = in_time(Connection::connect(&self.options.url, properties)).await?;
        let builder = Builder {
            names: &self.names,
            options: &self.options,
        };
        let channel = builder.prepare(&connection).await?;
        in_time(channel.confirm_select(ConfirmSelectOptions::default())).await?;
        let lost = CancellationToken::new();
        let (publisher, work) = Publisher::new(channel.clone());
        // Ends with the connection, and answers nobody any more.
        tokio::spawn(lost.clone().run_until_cancelled_owned(work));
        Ok(Linked {
            connection,
            channel,
            publisher,
            lost,
        })
    }
}

/// A channel for one purpose, closed when whoever has it is done or gives up.
///
/// A subscription that is given up before the broker has confirmed it would else stay: the library's own record of it
/// keeps the channel open, and the broker goes on handing it messages that nobody reads.
pub(super) struct OwnChannel(Channel);

impl Deref for OwnChannel {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.0
    }
}

impl Drop for OwnChannel {
    fn drop(&mut self) {
        let channel = self.0.clone();
        if channel.status().connected()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(async move {
                if let Err(error) = in_time(channel.close(200, "done".into())).await {
                    tracing::debug!(%error, "a channel was not closed; it ends with its connection");
                }
            });
        }
    }
}

impl Drop for Linked {
    fn drop(&mut self) {
        self.lost.cancel();
    }
}

/// Closes a connection that nobody uses any more, without waiting for long.
pub(super) async fn hang_up(linked: &Linked) {
    let closed = linked.connection.close(200, "bye".into());
    if tokio::time::timeout(DEADLINE, closed).await.is_err() {
        tracing::debug!("the broker did not say goodbye");
    }
}

/// The answer to a request, if it comes in time.
pub(super) async fn in_time<T>(request: impl Future<Output = lapin::Result<T>>) -> Result<T, BrokerError> {
    match tokio::time::timeout(DEADLINE, request).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(BrokerError(error.to_string())),
        Err(_) => Err(BrokerError("no answer in time".to_owned())),
    }
}
