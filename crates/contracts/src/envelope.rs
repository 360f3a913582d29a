use domain::{EventId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Who must get a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A service decides on it: it is kept until a durable queue has it.
    Durable,
    /// It only refreshes what somebody is looking at: nobody listening is fine.
    Live,
}

/// A fact that a service tells the others. Immutable: a new meaning is a new version.
pub trait Event: Serialize + DeserializeOwned + Send + Sync {
    /// `context.past_tense`, such as `alert.fired`.
    const NAME: &'static str;
    /// Counts incompatible changes, from 1.
    const VERSION: u16;
    /// Who must get it.
    const REACH: Reach;

    /// What the fact is about. Facts of one context with the same key stay in order.
    fn key(&self) -> String;
}

/// A fact with its circumstances, as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope<P> {
    /// Unique; consumers drop what they have seen.
    pub id: EventId,
    /// `context.past_tense`.
    pub name: String,
    /// The version of the payload.
    pub version: u16,
    /// When it became true.
    pub occurred_at: Timestamp,
    /// What it is about.
    pub key: String,
    /// Counts the facts of one context and key from 1, without gaps.
    pub seq: u64,
    /// Runs from the request that caused it to the e-mail that follows.
    pub correlation_id: Uuid,
    /// The service that said it.
    pub producer: String,
    /// What happened.
    pub payload: P,
}

impl<P> Envelope<P> {
    /// The part of the name before the point.
    pub fn context(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// The broker's routing key, such as `alert.fired.v1`.
    pub fn routing_key(&self) -> String {
        format!("{}.v{}", self.name, self.version)
    }
}

/// A fact whose payload has not been read yet.
pub type AnyEvent = Envelope<Box<RawValue>>;

/// Why a payload could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WrongEvent {
    /// Another fact was expected.
    #[error("expected {expected}, got {got}")]
    Name {
        /// What the caller wanted.
        expected: &'static str,
        /// What it has.
        got: String,
    },
    /// The payload has another shape.
    #[error("payload of {name} is unreadable")]
    Payload {
        /// The fact's routing key.
        name: String,
        /// What was wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl AnyEvent {
    /// Whether this is an `E`, in the version that this code knows.
    pub fn is<E: Event>(&self) -> bool {
        self.name == E::NAME && self.version == E::VERSION
    }

    /// The payload as an `E`. Unknown members are ignored, so that a newer producer may add some.
    pub fn read<E: Event>(&self) -> Result<E, WrongEvent> {
        if !self.is::<E>() {
            return Err(WrongEvent::Name {
                expected: E::NAME,
                got: self.routing_key(),
            });
        }
        serde_json::from_str(self.payload.get()).map_err(|source| WrongEvent::Payload {
            name: self.routing_key(),
            source,
        })
    }
}
