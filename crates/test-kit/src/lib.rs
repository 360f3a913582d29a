//! What tests share: a database of their own, a name of their own on the broker, a place for mails,
//! providers of prices that play a script, a line that breaks on command, an authenticator app, patience.
//!
//! A missing server fails a test with a hint; nothing is skipped.

mod authenticator;
mod broker;
mod connection;
mod database;
mod figures;
mod mail;
mod provider;
mod proxy;
mod size;
mod wait;

pub use authenticator::totp;
pub use broker::BrokerPrefix;
pub use connection::{Connection, RawAnswer, raw_request};
pub use database::{Database, number};
pub use figures::{Figures, quantile};
pub use mail::{Mail, MailSink};
pub use provider::{Asked, ProviderStub, Reply, StreamStub};
pub use proxy::{Direction, Flow, Proxy};
pub use size::sized;
pub use wait::{eventually, eventually_within};

/// Where PostgreSQL is: `DATABASE_URL`, or the usual local port.
pub fn database_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

/// Where RabbitMQ is: `AMQP_URL`, or the usual local port.
pub fn amqp_url() -> String {
    std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned())
}

/// Where Redis is: `REDIS_URL`, or the usual local port.
pub fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}
