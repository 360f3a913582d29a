//! The service's tables. Nothing outside of this module knows diesel's queries.

pub mod alerts;
pub mod assets;
pub mod decisions;
pub mod firings;
pub mod forgotten;
pub mod jobs;
pub mod partitions;
mod schema;

#[cfg(test)]
mod tests;
