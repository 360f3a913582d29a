//! The service over HTTP and messages, on a real PostgreSQL.

mod arrival;
mod bank;
mod books;
mod floats;
mod helpers;
mod idempotency;
mod imports;
mod orders;
mod races;
mod reading;
mod state_machine;
mod trading;
