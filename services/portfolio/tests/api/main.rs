//! The service over HTTP and messages, on a real PostgreSQL.

mod helpers;
mod trading;
