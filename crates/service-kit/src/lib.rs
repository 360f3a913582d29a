//! What every service is built from: configuration, start and stop, database, cache, HTTP, identity.
//!
//! A service brings its domain, its routes, its consumers and its tables; everything that all of them do alike is
//! here. This crate knows no service and no fact; it reads no environment and keeps no global state.
//!
//! `tests/api/tiny_service.rs` is a whole service in one file, to copy from.

pub mod cache;
pub mod client;
pub mod config;
mod context;
pub mod db;
mod error;
mod field_errors;
pub mod health;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod instances;
pub mod openapi;
pub mod paging;
mod patch;
mod running;
pub mod runtime;
mod runtime_figures;
mod sync;
pub mod telemetry;
pub mod vitals;

pub use context::{Context, Secrets, ServiceUrls, Shared};
pub use error::{ApiError, ApiResult, ErrorKind, Fields, IntoApiError};
pub use field_errors::FieldErrors;
pub use patch::Patch;
pub use running::{Running, Tasks};
