//! The tables of this service. Only this module speaks SQL.

pub mod assets;
pub mod audit;
pub mod booking;
pub mod execution;
pub mod forgotten;
pub mod fundings;
pub mod heard;
pub mod holdings;
pub mod imports;
pub mod journal;
pub mod new_order;
pub mod opening;
pub mod orders;
pub mod placing;
pub mod portfolios;
pub mod schema;
pub mod snapshots;
pub mod together;
pub mod trades;
pub mod watchlists;
