//! The service over HTTP, facts and the tick log.

mod deciding;
mod helpers;
mod http;
mod restarts;
