use domain::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{
        amount::money_text,
        journal::{Posting, hex},
    },
    error::Error,
    store::{fundings::FundingRow, journal::JournalRow},
};

/// A deposit or withdrawal.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundingView {
    /// Names it.
    pub id: Uuid,
    /// `deposit` or `withdraw`.
    pub direction: String,
    /// How much.
    pub amount: Decimal,
    /// Cash after it.
    pub balance_after: Decimal,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<FundingRow> for FundingView {
    fn from(row: FundingRow) -> Self {
        Self {
            id: row.id,
            direction: row.direction,
            amount: money_text(row.amount),
            balance_after: money_text(row.balance_after),
            created_at: row.created_at.into(),
        }
    }
}

/// An entry of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Names it.
    pub id: Uuid,
    /// Counts the book's entries from 1.
    pub seq: i64,
    /// Why it was made.
    pub kind: String,
    /// The funding, trade, order or next book that it is about.
    pub reference: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its lines; they sum to zero for each asset.
    pub postings: Vec<PostingView>,
    /// The hash of the entry before it.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// One line of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingView {
    /// `cash`, `reserved`, `holdings`, `external`, `market` or `fees`.
    #[schema(value_type = String)]
    pub account: &'static str,
    /// `USD` or an asset id.
    pub asset: String,
    /// What comes in; negative where it goes out.
    pub amount: Decimal,
}

impl TryFrom<JournalRow> for EntryView {
    type Error = Error;
    fn try_from(row: JournalRow) -> Result<Self, Error> {
        let postings: Vec<Posting> =
            serde_json::from_value(row.postings).map_err(Error::stored("the postings of an entry"))?;
        let view = |posting: Posting| PostingView {
            account: posting.account.as_str(),
            asset: posting.unit.to_string(),
            amount: posting.amount.normalize(),
        };
        Ok(Self {
            id: row.id,
            seq: row.seq,
            kind: row.kind,
            reference: row.reference,
            created_at: row.created_at.into(),
            postings: postings.into_iter().map(view).collect(),
            prev_hash: hex(&row.prev_hash),
            hash: hex(&row.hash),
        })
    }
}
