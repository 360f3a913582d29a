//! Finds or obtains the binaries of PostgreSQL, RabbitMQ and Redis and runs private servers on loopback ports.
//!
//! A private server belongs to one folder and to the process that started it: it stops with that process, however that
//! process ends, and a later start in the same folder finds its data again. Everything here blocks; call it from
//! `spawn_blocking` in asynchronous code. What is deliberately not here: clients of these servers, schemas, and
//! anything that a deployment with servers of its own needs.

mod address;
mod apt;
mod error;
mod find;
mod folder;
mod node;
mod ports;
mod postgres;
pub mod probe;
pub mod process;
mod programs;
mod rabbitmq;
mod redis;
pub mod secret;
mod user;

pub use error::{Error, Result};
pub use find::{Found, Kind, Origin, Search, find_or_start, install_missing};
pub use ports::{free_port, require_free_port};
pub use postgres::{Postgres, PostgresOptions, ScratchDatabase, provide_postgres_binaries};
pub use programs::{find_program, require_programs};
pub use rabbitmq::{RabbitMq, RabbitMqOptions};
pub use redis::Redis;
