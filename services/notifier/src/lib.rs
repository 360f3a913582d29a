//! Tells people what happened: in the web app, by mail, and through the channels of their choice.
//!
//! It decides nothing about alerts or orders; it hears facts, writes them down as notifications, and sees to it that
//! each delivery is tried, retried and ended in sight of its owner.

pub mod domain;
