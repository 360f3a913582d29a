//! Deciding which alerts fire, without any I/O.
//!
//! An [`Evaluator`] takes in the entries of one partition of the tick log, one at a time, and tells what follows from
//! them. It reads no clock: event times, receive times and the log's own clock entries are all the time that it knows.
//! So the same entries and the same alerts lead to the same firings, live, in the preview and in the benchmarks.
//!
//! A quiet minute of a feed that is up has a flat candle, and what is judged on closed candles is judged on it: that
//! nobody traded is something known. A feed that is down makes no candles, so nothing is judged in that time.
//!
//! What a tick costs follows what it fires. The price levels of an asset lie in ordered sets, and a tick compares with
//! the nearest one on each side. Which side of its level a crossing alert is on is not kept: since the last price lies
//! between its neighbours, a move from `a` up to `b` crosses exactly the levels in `(a, b]`, and one down those in
//! `[b, a)`; a level that is touched counts, and leaving it again doesn't.

mod alert;
mod asset;
mod bars;
mod closed;
mod condition;
mod evaluator;
mod exact;
mod gap;
mod history;
mod levels;
mod name_hasher;
mod parse;
mod percent;
mod place;
mod profiles;
mod replay;
mod running;
mod slots;
mod trigger;
mod truth;
mod verdict;

pub use alert::{Alert, Base, Decision, Firing, Memory, Status};
pub use closed::ClosedCandles;
pub use condition::{ChannelOp, Condition, Direction, IndicatorRule, LevelKind, MAX_PARTS, ValueOp, Window};
pub use evaluator::{Arrival, Evaluator};
pub use gap::GapLimits;
pub use history::{Snapshot, Want};
pub use parse::FieldError;
pub use percent::Point;
pub use replay::{Hole, Replay};
pub use trigger::{Trigger, TriggerKey};
pub use verdict::{Changed, STORM_FIRES, STORM_WINDOW_MS};
