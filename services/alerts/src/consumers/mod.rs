//! What the service listens to: facts of other services, and the tick log.

pub mod facts;
mod history;
mod log;
mod owner;

pub use owner::own_partition;
