//! The service over HTTP, facts and the tick log.

mod arming;
mod deciding;
mod helpers;
mod http;
mod previews;
mod restarts;
mod skew;
