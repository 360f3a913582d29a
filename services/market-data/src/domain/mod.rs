//! What market-data decides, without I/O.

pub mod asset;
pub mod consensus;
pub mod feed;
pub mod history;
pub mod market;
pub mod providers;
pub mod ranking;
pub mod recorded;
pub mod recording;
pub mod repair;
pub mod ring;
pub mod sequencer;
pub mod simulator;
pub mod staleness;
pub mod tail_clock;
pub mod thinning;
pub mod tick_line;
pub mod turnover;
