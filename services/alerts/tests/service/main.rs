//! The service over HTTP, facts and the tick log.

mod arming;
mod deciding;
mod helpers;
mod http;
mod restarts;
mod skew;
