//! The row of a new order.

use domain::{AssetId, OrderId, PortfolioId, Price, Timestamp};
use rust_decimal::Decimal;

use super::orders::{OrderRow, side_text};
use crate::domain::{
    order::{OrderRequest, OrderStatus, Terms, TimeInForce},
    prices::Mark,
};

/// What the row of a new order is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewRow<'a> {
    /// The book.
    pub portfolio: PortfolioId,
    /// The asset.
    pub asset: &'a AssetId,
    /// The asset's partition of the tick log.
    pub partition: u16,
    /// What was asked for.
    pub request: &'a OrderRequest,
    /// The mark that it was judged by, if there is one: it hears the ticks behind that.
    pub judged_by: Option<Mark>,
    /// When it is made.
    pub now: Timestamp,
}

impl OrderRow {
    /// An accepted order that holds nothing yet, and of which nothing is filled.
    pub fn new(new: &NewRow<'_>) -> Self {
        let request = new.request;
        let trail_pct = match request.terms {
            Terms::TrailingStop(percent) => Some(percent),
            _ => None,
        };
        // A market order never waits, so being good until it is cancelled means being filled at once.
        let time_in_force = match (request.terms, request.time_in_force) {
            (Terms::Market, TimeInForce::Gtc) => TimeInForce::Ioc,
            (_, asked) => asked,
        };
        let seq = new.judged_by.map_or(0, |mark| mark.seq);
        Self {
            id: OrderId::new().uuid(),
            portfolio_id: new.portfolio.uuid(),
            client_order_id: None,
            request_hash: None,
            asset_id: new.asset.as_str().to_owned(),
            side: side_text(request.side).to_owned(),
            order_type: request.terms.order_type().as_str().to_owned(),
            status: OrderStatus::Accepted.as_str().to_owned(),
            quantity: request.quantity,
            filled_quantity: Decimal::ZERO,
            limit_price: request.terms.limit().map(Price::value),
            stop_price: request.terms.stop().map(Price::value),
            trail_pct,
            best_price: trail_pct.and(new.judged_by).map(|mark| mark.price.value()),
            time_in_force: time_in_force.as_str().to_owned(),
            expires_at: request.expires_at.map(Into::into),
            reserved: Decimal::ZERO,
            reason: None,
            linked_order_id: None,
            is_unjudged: false,
            after_seq: i64::try_from(seq).unwrap_or(i64::MAX),
            partition_id: i32::from(new.partition),
            change_no: 0,
            created_at: new.now.into(),
            updated_at: new.now.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::events::Side;
    use domain::Source;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_new_order_follows_the_mark_that_it_was_judged_by() {
        let now = Timestamp::default();
        let mark = Mark {
            price: Price::new(dec!(60000)).expect("price"),
            seq: 41,
            source: Source::Kraken,
            event_at: now,
            received_at: now,
        };
        let request = OrderRequest {
            side: Side::Sell,
            quantity: dec!(1),
            terms: Terms::TrailingStop(dec!(5)),
            time_in_force: TimeInForce::Gtc,
            expires_at: None,
        };
        let row = OrderRow::new(&NewRow {
            portfolio: PortfolioId::new(),
            asset: &AssetId::parse("bitcoin").expect("id"),
            partition: 1,
            request: &request,
            judged_by: Some(mark),
            now,
        });
        assert_eq!(
            (row.after_seq, row.best_price, row.partition_id),
            (41, Some(dec!(60000)), 1)
        );
    }
}
