//! The wire forms of what this service shows.

mod ledger;
mod order;
mod portfolio;
mod trade;

pub use ledger::{EntryView, FundingView, PostingView};
pub use order::OrderView;
pub use portfolio::{HoldingView, PortfolioView};
pub use trade::{FilledView, QuoteView, TradeView};
