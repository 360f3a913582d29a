use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use domain::EventId;

use crate::{Metrics, memory::MemoryBroker, rabbit::RabbitBroker};

/// What the platform asks of a broker.
///
/// Facts go to durable queues, one for each consuming service, and are gone when every one of them has
/// acknowledged. The tick log keeps its messages in order, numbered by offset, for any number of readers.
#[async_trait]
pub trait Broker: Send + Sync + 'static {
    /// Hands a fact over. Returns once the broker is answerable for it: RabbitMQ has it on disk, or, inside
    /// the process, every consumer has committed its effect. Waits 5 s at most (30 s inside the process).
    async fn publish(&self, fact: OutgoingFact) -> Result<(), PublishError>;

    /// Receives the facts of a service's durable queue, with at most `prefetch` of them unacknowledged.
    async fn consume(&self, service: &str, prefetch: u16) -> Result<Box<dyn Deliveries>, BrokerError>;

    /// Receives what was given up from a service's queue.
    async fn consume_dead(&self, service: &str) -> Result<Box<dyn Deliveries>, BrokerError>;

    /// Receives facts of these contexts from now on, for as long as it is held; slow readers lose the oldest.
    async fn listen(&self, contexts: &[&str]) -> Result<Box<dyn Deliveries>, BrokerError>;

    /// How many facts wait in a service's durable queue; `None` where the service has none.
    async fn queue_depth(&self, service: &str) -> Result<Option<u64>, BrokerError>;

    /// Appends a message to a partition of the tick log. After an error the message may be in the log or not;
    /// the writer repeats it, and readers drop what they have seen ([`crate::SequenceFilter`]).
    async fn append(&self, partition: u16, body: Vec<u8>) -> Result<(), PublishError>;

    /// Reads a partition of the tick log.
    async fn read(&self, partition: u16, from: LogStart) -> Result<Box<dyn LogReader>, BrokerError>;

    /// How many partitions the tick log has.
    fn partitions(&self) -> u16;

    /// What it counts itself: its connections, and what was appended to the log.
    fn metrics(&self) -> &Metrics;

    /// Whether it can be reached at present.
    fn state(&self) -> BrokerState;

    /// Lets connections go. Unacknowledged facts come again later.
    async fn close(&self);
}

/// Whether a broker can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokerState {
    /// It answers.
    Up,
    /// It does not, or not in time; the text says how that was noticed.
    Down(String),
}

/// A fact on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFact {
    /// The event's id.
    pub id: EventId,
    /// Such as `alert.fired.v1`.
    pub routing_key: String,
    /// The envelope's JSON.
    pub body: Vec<u8>,
    /// Refuse it unless a durable queue takes it.
    pub is_mandatory: bool,
    /// Only to this service's queue, as a replay.
    pub target_service: Option<String>,
}

/// Why a message could not be handed over; it has to be tried again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No durable queue takes it.
    #[error("no queue takes {0}")]
    Unroutable(String),
    /// The broker refused it, for example because a queue is full.
    #[error("the broker refused the message")]
    Refused,
    /// The broker accepts nothing at present.
    #[error("the broker blocks publishers")]
    Blocked,
    /// No answer in time; the message may have arrived.
    #[error("the broker did not answer in time")]
    Timeout,
    /// No connection.
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

/// The broker is out of reach.
#[derive(Debug, Clone, thiserror::Error)]
#[error("broker: {0}")]
pub struct BrokerError(pub String);

/// A message received from a queue.
pub struct Delivery {
    /// The envelope's JSON.
    pub body: Vec<u8>,
    /// It has been handed out before.
    pub is_redelivered: bool,
    /// A person asked for it to be handled again.
    pub is_replay: bool,
    /// How to say what became of it. Dropping it without a word gives the message back.
    pub acker: Box<dyn Acker>,
}

/// Says what became of a received message.
#[async_trait]
pub trait Acker: Send + Sync {
    /// Its effect is committed.
    async fn ack(self: Box<Self>) -> Result<(), BrokerError>;
    /// It is given up: off to the dead letters.
    async fn reject(self: Box<Self>) -> Result<(), BrokerError>;
}

/// Messages as they arrive.
#[async_trait]
pub trait Deliveries: Send {
    /// The next message; an error ends it, and the caller asks the broker for a new one.
    async fn next(&mut self) -> Result<Delivery, BrokerError>;
}

/// Where to start reading a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStart {
    /// At the oldest message kept.
    First,
    /// At this offset, or at the oldest kept behind it.
    Offset(u64),
    /// At what is appended from now on.
    End,
}

/// One message of the tick log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// Its number in the partition; rises by one.
    pub offset: u64,
    /// The batch's bytes.
    pub body: Vec<u8>,
}

/// Messages of a partition, in order.
#[async_trait]
pub trait LogReader: Send {
    /// The next message; an error ends it, and the caller reads on from behind the last offset it saw.
    async fn next(&mut self) -> Result<LogRecord, BrokerError>;
}

/// How to reach a broker.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// `amqp://…`, or `memory:` for the one inside the process.
    pub url: String,
    /// Put before every name on the broker, so that several platforms can share it.
    pub prefix: String,
    /// How many partitions the tick log has.
    pub partitions: u16,
    /// Where the in-process broker keeps the tick log; `None` keeps it in memory alone.
    pub log_dir: Option<PathBuf>,
    /// The most messages that a durable queue holds before it refuses more.
    pub queue_limit: u32,
}

impl BrokerOptions {
    /// The usual settings for a broker.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            prefix: "candlewick".to_owned(),
            partitions: 4,
            log_dir: None,
            queue_limit: 1_000_000,
        }
    }
}

/// Makes a broker from its address. RabbitMQ is not asked yet: its connection is made when first needed, and again whenever it is lost.
pub fn connect(options: BrokerOptions, metrics: Metrics) -> Result<Arc<dyn Broker>, BrokerError> {
    if options.url == "memory:" {
        let broker = MemoryBroker::open(&options, metrics)
            .map_err(|error| BrokerError(format!("the tick log cannot be opened: {error}")))?;
        return Ok(Arc::new(broker));
    }
    if options.url.starts_with("amqp://") || options.url.starts_with("amqps://") {
        return Ok(Arc::new(RabbitBroker::new(options, metrics)));
    }
    Err(BrokerError(
        "AMQP_URL must be amqp://…, amqps://… or memory:".to_owned(),
    ))
}
