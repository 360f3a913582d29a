//! What the gateway hears while it runs. It decides nothing on it, so nothing is kept for it while it is away.

pub mod facts;
