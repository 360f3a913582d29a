//! The service over HTTP and messages, on a real PostgreSQL.

mod arrival;
mod bank;
mod books;
mod floats;
mod helpers;
mod idempotency;
mod imports;
mod orders;
mod performance;
mod prepared;
mod races;
mod reading;
mod recovery;
mod state_machine;
mod trading;
mod triggers;
