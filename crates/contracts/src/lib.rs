//! What crosses the borders between services: facts, the tick log, and the shapes of internal routes.
//!
//! Everything here is versioned JSON. The files in `golden/` show the wire form; a change of one of them
//! is a decision about every service that still runs the previous release.

mod envelope;
pub mod events;
mod identity;
pub mod internal;
mod log;
mod topology;

pub use envelope::{AnyEvent, Envelope, Event, Reach, WrongEvent};
pub use identity::{ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, AccessClaims, Role, Scope, UnknownRole, UnknownScope};
pub use log::{FeedPosition, LogBatch, LogEntry, WrongBatch};
pub use topology::{
    CONSUMERS, Consumer, LISTENERS, PRODUCERS, Producer, SERVICES, TICK_READERS, TICK_WRITER, contexts_of,
};
