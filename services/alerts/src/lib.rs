//! The alerts service: decides when users' price and indicator alerts fire, once each, and keeps what fired.
//!
//! It does not tell anybody: it publishes `alert.fired`, and the notifier tells. It makes no prices either: those come
//! from the tick log, of which it reads every partition that it owns.

pub mod domain;
