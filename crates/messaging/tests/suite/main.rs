//! What both brokers promise, shown on both.

mod delivery;
mod log;
mod outage;
mod platform;
