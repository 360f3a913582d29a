//! Random operations against a model, shrunk to the shortest story that goes wrong.

use std::collections::BTreeMap;

use contracts::events::Side;
use domain::Price;
use portfolio::domain::fill::{Costs, Size};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rust_decimal::{Decimal, dec};
use serde_json::json;
use test_kit::sized;

use crate::helpers::{App, User, dec};

const PRICES: [(&str, Decimal); 2] = [("BTC", dec!(60000)), ("ETH", dec!(3000))];

/// How many stories of up to fifty acts are told.
fn stories() -> u32 {
    sized(16, 256)
}

/// One thing that a user does.
#[derive(Debug, Clone)]
enum Act {
    Trade {
        asset: usize,
        side: Side,
        quantity: Decimal,
    },
    Quote {
        asset: usize,
        amount: Decimal,
    },
    Deposit(Decimal),
    Withdraw(Decimal),
    Rest {
        quantity: Decimal,
    },
    CancelAll,
    Reset,
}

fn act() -> impl Strategy<Value = Act> {
    let cents = (1_i64..5_000_000).prop_map(|cents| Decimal::new(cents, 2));
    let quantity = (1_i64..200_000_000).prop_map(|units| Decimal::new(units, 8));
    let side = prop_oneof![3 => Just(Side::Buy), 2 => Just(Side::Sell)];
    prop_oneof![
        8 => (0_usize..2, side, quantity.clone()).prop_map(|(asset, side, quantity)| Act::Trade { asset, side, quantity }),
        2 => (0_usize..2, cents.clone()).prop_map(|(asset, amount)| Act::Quote { asset, amount }),
        1 => cents.clone().prop_map(Act::Deposit),
        2 => cents.prop_map(Act::Withdraw),
        2 => quantity.prop_map(|quantity| Act::Rest { quantity }),
        1 => Just(Act::CancelAll),
        1 => Just(Act::Reset),
    ]
}

/// The model: cash and holdings by the plain rules, without a journal.
struct Model {
    /// Free cash.
    cash: Decimal,
    /// What each waiting order holds.
    held: Vec<Decimal>,
    holdings: BTreeMap<&'static str, Decimal>,
}

impl Model {
    fn fresh() -> Self {
        Self {
            cash: dec!(100000),
            held: Vec::new(),
            holdings: BTreeMap::new(),
        }
    }

    fn trade(&mut self, asset: usize, side: Side, size: Size) -> u16 {
        let (symbol, price) = PRICES[asset];
        let Ok(fill) = Costs::default().market(side, size, Price::new(price).expect("price")) else {
            return 422;
        };
        let quantity = fill.quantity;
        let held = self.holdings.entry(symbol).or_default();
        match side {
            Side::Buy if fill.total > self.cash => return 409,
            Side::Sell if quantity > *held => return 409,
            Side::Buy => (self.cash, *held) = (self.cash - fill.total, *held + quantity),
            Side::Sell => (self.cash, *held) = (self.cash + fill.total, *held - quantity),
        }
        201
    }
}

/// A bid far below the price, so that it waits.
const BID: Decimal = dec!(1000);

/// Does it, and says what should have come of it.
async fn perform(user: &User<'_>, model: &mut Model, act: &Act) -> (u16, u16) {
    let trades = "/api/virtual-portfolio/trades/";
    let fund = "/api/virtual-portfolio/fund/";
    match act {
        Act::Trade { asset, side, quantity } => {
            let wire = if *side == Side::Buy { "buy" } else { "sell" };
            let body = json!({"symbol": PRICES[*asset].0, "side": wire, "quantity": quantity});
            let (status, _) = user.post(trades, body).await;
            (status, model.trade(*asset, *side, Size::Quantity(*quantity)))
        }
        Act::Quote { asset, amount } => {
            let body = json!({"symbol": PRICES[*asset].0, "side": "buy", "quote_amount": amount});
            let (status, _) = user.post(trades, body).await;
            (status, model.trade(*asset, Side::Buy, Size::Quote(*amount)))
        }
        Act::Deposit(amount) => {
            model.cash += amount;
            let body = json!({"amount": amount, "direction": "deposit"});
            (user.post(fund, body).await.0, 201)
        }
        Act::Withdraw(amount) => {
            let body = json!({"amount": amount, "direction": "withdraw"});
            let (status, _) = user.post(fund, body).await;
            if *amount > model.cash {
                return (status, 409);
            }
            model.cash -= amount;
            (status, 201)
        }
        Act::Rest { quantity } => {
            let body =
                json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": quantity, "limit_price": BID});
            let (status, _) = user.post("/api/virtual-portfolio/orders/", body).await;
            (status, model.rest(*quantity))
        }
        Act::CancelAll => {
            let open = user.data("/api/virtual-portfolio/orders/?status=open&limit=200").await;
            for order in open.as_array().expect("orders") {
                let path = format!("/api/virtual-portfolio/orders/{}/", order["id"].as_str().expect("id"));
                assert_eq!(user.delete(&path).await.0, 200);
            }
            model.cash += model.held.drain(..).sum::<Decimal>();
            (200, 200)
        }
        Act::Reset => {
            *model = Model::fresh();
            let reset = json!({"confirm": true});
            (user.post("/api/virtual-portfolio/reset/", reset).await.0, 201)
        }
    }
}

impl Model {
    /// A bid holds its cost and its fee, rounded up to whole cents.
    fn rest(&mut self, quantity: Decimal) -> u16 {
        let worth = quantity * BID;
        if worth < dec!(1) {
            return 422;
        }
        let cents = |amount: Decimal| (amount * dec!(100)).ceil() / dec!(100);
        let needed = cents(worth + worth * dec!(0.001));
        if needed > self.cash {
            return 409;
        }
        self.cash -= needed;
        self.held.push(needed);
        201
    }
}

async fn tell(app: &App, story: &[Act]) -> Result<(), TestCaseError> {
    let user = app.user();
    let mut model = Model::fresh();
    for (step, act) in story.iter().enumerate() {
        let (status, expected) = perform(&user, &mut model, act).await;
        prop_assert_eq!(status, expected, "step {} {:?}", step, act);
        let portfolio = user.portfolio().await;
        prop_assert_eq!(dec(&portfolio["available_cash"]), model.cash, "step {} {:?}", step, act);
        prop_assert_eq!(dec(&portfolio["reserved"]), model.held.iter().sum::<Decimal>());
        for holding in portfolio["holdings"].as_array().expect("holdings") {
            let symbol = holding["symbol"].as_str().expect("symbol");
            prop_assert_eq!(
                dec(&holding["quantity"]),
                model.holdings[symbol],
                "step {} {:?}",
                step,
                act
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_25_random_operations_agree_with_a_model() {
    let app = App::start().await;
    let config = Config {
        cases: stories(),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        TestRunner::new(config)
            .run(&vec(act(), 1..=50), |story| handle.block_on(tell(&app, &story)))
            .unwrap_or_else(|error| panic!("{error}"));
    });
    app.verify().await;
}
