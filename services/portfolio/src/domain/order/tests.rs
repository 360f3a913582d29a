use super::*;

fn price(value: Decimal) -> Price {
    Price::new(value).expect("price")
}

fn request(side: Side, terms: Terms, time_in_force: TimeInForce) -> OrderRequest {
    OrderRequest {
        side,
        quantity: dec!(1),
        terms,
        time_in_force,
        expires_at: None,
    }
}

fn arrive(side: Side, terms: Terms, time_in_force: TimeInForce) -> Result<Arrival, Refusal> {
    request(side, terms, time_in_force).arrive(Some(price(dec!(100))), &Costs::default())
}

#[test]
fn a_stop_on_the_wrong_side_is_refused() {
    for (side, terms) in [
        (Side::Sell, Terms::Stop(price(dec!(100)))),
        (Side::Buy, Terms::Stop(price(dec!(100)))),
        (
            Side::Buy,
            Terms::StopLimit {
                stop: price(dec!(99)),
                limit: price(dec!(101)),
            },
        ),
        (Side::Sell, Terms::TakeProfit(price(dec!(99)))),
        (Side::Buy, Terms::TakeProfit(price(dec!(101)))),
    ] {
        assert!(
            matches!(arrive(side, terms, TimeInForce::Gtc), Err(Refusal::WrongSide(..))),
            "{side:?} {terms:?}"
        );
    }
}

#[test]
fn a_marketable_limit_order_is_filled_on_arrival_and_another_one_rests() {
    let buy = |limit, time_in_force| arrive(Side::Buy, Terms::Limit(price(limit)), time_in_force);
    assert!(matches!(buy(dec!(101), TimeInForce::Gtc), Ok(Arrival::Fill(_))));
    assert_eq!(buy(dec!(90), TimeInForce::Gtc), Ok(Arrival::Rest(dec!(90.09))));
    assert_eq!(buy(dec!(90), TimeInForce::Ioc), Ok(Arrival::Cancel));
    assert_eq!(buy(dec!(90), TimeInForce::Fok), Ok(Arrival::Cancel));
}

#[test]
fn without_a_fresh_price_a_limit_order_waits_and_a_stop_is_refused() {
    let costs = Costs::default();
    let limit = request(Side::Buy, Terms::Limit(price(dec!(90))), TimeInForce::Gtc);
    assert!(matches!(limit.arrive(None, &costs), Ok(Arrival::Rest(_))));
    let stop = request(Side::Sell, Terms::Stop(price(dec!(90))), TimeInForce::Gtc);
    assert_eq!(stop.arrive(None, &costs), Err(Refusal::NeedsPrice));
}

#[test]
fn a_stop_buy_reserves_its_estimate_with_a_collar() {
    let Ok(Arrival::Rest(reserved)) = arrive(Side::Buy, Terms::Stop(price(dec!(110))), TimeInForce::Gtc) else {
        panic!("must rest")
    };
    let filled = Costs::default()
        .market(Side::Buy, Size::Quantity(dec!(1)), price(dec!(110)))
        .expect("fill");
    assert!(reserved > filled.total * dec!(1.029) && reserved < filled.total * dec!(1.031));
}

fn order(asset: &str, shape: Shape) -> NewOrder {
    let asset = Asset {
        id: AssetId::parse(asset).expect("id"),
        symbol: domain::Symbol::parse(asset).expect("symbol"),
        name: asset.to_owned(),
        rank: None,
        enabled: true,
    };
    NewOrder {
        asset: Arc::new(asset),
        client_order_id: None,
        shape,
    }
}

#[test]
fn the_hash_of_an_order_stays_the_same_for_ever() {
    let stop_limit = OrderRequest {
        quantity: dec!(0.2500),
        expires_at: Timestamp::from_millis(1_800_000_000_000),
        ..request(
            Side::Buy,
            Terms::StopLimit {
                stop: price(dec!(69000)),
                limit: price(dec!(70000.50)),
            },
            TimeInForce::Gtd,
        )
    };
    let trailing = OrderRequest {
        quantity: dec!(2),
        ..request(Side::Sell, Terms::TrailingStop(dec!(5)), TimeInForce::Gtc)
    };
    let pair = Pair {
        limit: request(Side::Sell, Terms::Limit(price(dec!(70000))), TimeInForce::Gtc),
        stop: request(Side::Sell, Terms::Stop(price(dec!(50000))), TimeInForce::Gtc),
    };
    let known = [
        (
            order("bitcoin", Shape::Single(stop_limit)),
            "06485dece7297af0caf216363573104a13e6bab013196416dbb11291997fee9c",
        ),
        (
            order("ethereum", Shape::Single(trailing)),
            "6af8c5a93099ca49b35669fb8cd4d7f5279918cb6c65963092ea2b982b69c44d",
        ),
        (
            order("bitcoin", Shape::Pair(pair)),
            "2a6897f736b04bda765ecd43d523cf685f15655e0608840c07243331469f21d0",
        ),
    ];
    for (order, expected) in known {
        let hash: String = order.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, expected, "{order:?}");
    }
}

#[test]
fn final_orders_stay_as_they_are() {
    use OrderStatus::{Accepted, Cancelled, Expired, Filled, Rejected, Triggered};
    for status in [Filled, Cancelled, Expired, Rejected] {
        assert!(status.is_final());
        assert!(
            [Accepted, Triggered, Filled, Cancelled, Expired, Rejected]
                .into_iter()
                .all(|next| !status.may_become(next))
        );
    }
    assert!(Accepted.may_become(Triggered) && Triggered.may_become(Filled) && !Triggered.may_become(Accepted));
}
