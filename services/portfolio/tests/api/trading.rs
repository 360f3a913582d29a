//! Market orders, funding, ledger, lists.

use std::time::Duration;

use rust_decimal::dec;
use serde_json::{Value, json};

use crate::helpers::{App, code, dec};

const TRADES: &str = "/api/virtual-portfolio/trades/";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_portfolio_holds_a_hundred_thousand_dollars() {
    let app = App::start().await;
    let portfolio = app.user().portfolio().await;
    for field in ["initial_balance", "cash_balance", "available_cash", "equity"] {
        assert_eq!(portfolio[field], "100000.00", "{field}");
    }
    assert_eq!(
        (&portfolio["pnl"], &portfolio["pnl_pct"], &portfolio["holdings"]),
        (&json!("0.00"), &json!(0.0), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_is_filled_against_the_newest_price_and_says_how() {
    let app = App::start().await;
    let ana = app.user();
    let filled = ana
        .trade(json!({"symbol": "btc", "side": "buy", "quantity": "0.5"}))
        .await;
    let trade = &filled["trade"];
    // 30,000 USD: 5 bps half-spread, 5 + 3 bps slippage.
    assert_eq!(
        (&trade["price"], &trade["total"], &trade["fee"]),
        (&json!("60078"), &json!("30069.04"), &json!("30.039"))
    );
    assert_eq!(
        (&trade["quote"]["price"], &trade["quote"]["source"]),
        (&json!("60000"), &json!("kraken"))
    );
    assert_eq!(
        (
            &trade["quote"]["spread_bps"],
            &trade["quote"]["slippage_bps"],
            &trade["quote"]["fee_bps"]
        ),
        (&json!(5.0), &json!(8.0), &json!(10.0))
    );
    assert_eq!(trade["realized_pnl"], Value::Null);
    assert_eq!(
        (&trade["asset_id"], &trade["symbol"], &trade["side"]),
        (&json!("bitcoin"), &json!("BTC"), &json!("buy"))
    );
    let portfolio = &filled["portfolio"];
    assert_eq!(dec(&portfolio["cash_balance"]), dec!(100000) - dec!(30069.04));
    let holding = &portfolio["holdings"][0];
    assert_eq!(
        (&holding["quantity"], &holding["market_value"], &holding["cost"]),
        (&json!("0.5"), &json!("30000.00"), &json!("30069.04"))
    );
    assert_eq!(
        dec(&portfolio["equity"]),
        dec(&portfolio["initial_balance"]) + dec(&portfolio["realized_pnl"]) + dec(&portfolio["unrealized_pnl"])
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buying_and_selling_leaves_realised_profit_and_an_empty_holding() {
    let app = App::start().await;
    let ana = app.user();
    let bought = ana
        .trade(json!({"symbol": "ETH", "side": "buy", "quote_amount": "3000.00"}))
        .await;
    assert!(dec(&bought["trade"]["total"]) <= dec!(3000));
    app.tick("ethereum", "4000").await;
    let sold = ana
        .trade(json!({"symbol": "ETH", "side": "sell", "quantity": bought["trade"]["quantity"]}))
        .await;
    let gain = dec(&sold["trade"]["realized_pnl"]);
    assert_eq!(gain, dec(&sold["trade"]["total"]) - dec(&bought["trade"]["total"]));
    let portfolio = ana.portfolio().await;
    assert_eq!(dec(&portfolio["equity"]), dec!(100000) + gain);
    assert_eq!(portfolio["holdings"], json!([]));
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_21_the_client_never_sets_the_price() {
    let app = App::start().await;
    let ana = app.user();
    for field in ["price", "total", "fee", "user_id", "colour"] {
        let mut body = json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"});
        body[field] = json!("1");
        let (status, answer) = ana.post(TRADES, body).await;
        assert_eq!(
            (status, &answer["error"]["fields"][field]),
            (422, &json!(["is not known"]))
        );
    }
    assert_eq!(ana.portfolio().await["cash_balance"], "100000.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_21_a_stale_or_missing_price_is_refused_with_the_reason() {
    let app = App::start().await;
    app.list("dogecoin", "DOGE", 9).await;
    let ana = app.user();
    let (status, answer) = ana
        .post(TRADES, json!({"symbol": "DOGE", "side": "buy", "quantity": "100"}))
        .await;
    assert_eq!((status, code(&answer)), (409, "no_price"));
    app.clock.advance(Duration::from_secs(11));
    let (status, answer) = ana
        .post(TRADES, json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    assert_eq!((status, code(&answer)), (409, "stale_price"));
    app.tick("bitcoin", "61000").await;
    let filled = ana
        .trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    assert!(
        filled["trade"]["quote"]["age_ms"]
            .as_i64()
            .is_some_and(|age| age <= 10_000)
    );
    assert!(
        filled["trade"]["quote"]["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("bitcoin:"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_beyond_means_are_refused_and_change_nothing() {
    let app = App::start().await;
    let ana = app.user();
    let cases = [
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "2"}),
            409,
            "insufficient_funds",
        ),
        (
            json!({"symbol": "BTC", "side": "sell", "quantity": "0.1"}),
            409,
            "insufficient_holding",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "0.00000001"}),
            422,
            "below_min_notional",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quote_amount": "0.99"}),
            422,
            "below_min_notional",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "0.1", "max_slippage_pct": "0.01"}),
            409,
            "max_slippage_exceeded",
        ),
        (json!({"symbol": "BTC", "side": "buy"}), 422, "validation_failed"),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "1", "quote_amount": "1"}),
            422,
            "validation_failed",
        ),
        (
            json!({"symbol": "NONE", "side": "buy", "quantity": "1"}),
            422,
            "validation_failed",
        ),
        (
            json!({"symbol": "BTC", "side": "hold", "quantity": "1"}),
            422,
            "validation_failed",
        ),
    ];
    for (body, status, expected) in cases {
        let (got, answer) = ana.post(TRADES, body.clone()).await;
        assert_eq!((got, code(&answer)), (status, expected), "{body} {answer}");
        if expected == "below_min_notional" {
            let field = if body["quantity"].is_null() {
                "quote_amount"
            } else {
                "quantity"
            };
            assert!(answer["error"]["fields"][field].is_array(), "{body} {answer}");
        }
    }
    assert_eq!(ana.portfolio().await["cash_balance"], "100000.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_19_what_is_no_decimal_is_refused_and_never_a_fault() {
    let app = App::start().await;
    let ana = app.user();
    let bad = [
        "\"NaN\"",
        "\"Infinity\"",
        "1e400",
        "1e-400",
        "-0",
        "\"-0\"",
        "\"５\"",
        "\"0x10\"",
        "\" 5 \"",
        "\"1e5\"",
        "-1",
        "0",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"9999999999999999999999999999999999999999\"",
        "0.123456789",
    ];
    for raw in bad {
        for field in ["quantity", "quote_amount", "max_slippage_pct"] {
            if field == "max_slippage_pct" && raw == "0.123456789" {
                continue;
            }
            let other = if field == "max_slippage_pct" {
                ", \"quantity\": 1"
            } else {
                ""
            };
            let body = format!("{{\"symbol\": \"BTC\", \"side\": \"buy\", \"{field}\": {raw}{other}}}");
            let (status, answer) = ana.post_text(TRADES, &body).await;
            assert_eq!(status, 422, "{body} {answer}");
            assert!(answer["error"]["fields"][field].is_array(), "{body} {answer}");
        }
        let (status, answer) = ana
            .post_text(
                "/api/virtual-portfolio/fund/",
                &format!("{{\"direction\": \"deposit\", \"amount\": {raw}}}"),
            )
            .await;
        assert_eq!(status, 422, "{raw} {answer}");
    }
    let huge = json!({"symbol": "BTC", "side": "buy", "quantity": "999999999999999999"});
    assert!(matches!(ana.post(TRADES, huge).await.0, 409 | 422));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fill_counts_once_it_is_committed() {
    let app = App::start().await;
    let ana = app.user();
    let buy = json!({"symbol": "BTC", "side": "buy", "quantity": "0.01"});
    let order = json!({"symbol": "BTC", "side": "buy", "type": "market", "quantity": "0.01"});
    let counted = async || app.counted("portfolio_fills_total{side=\"buy\",type=\"market\"}").await;
    let before = counted().await;
    // Everything goes well until the commit.
    app.database
        .execute(
            "CREATE FUNCTION portfolio.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING HINT = 'a test'; END $$",
        )
        .await;
    app.database
        .execute(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON portfolio.trades DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION portfolio.refuse()",
        )
        .await;
    assert_eq!(ana.post("/api/virtual-portfolio/trades/", buy.clone()).await.0, 500);
    assert_eq!(ana.post("/api/virtual-portfolio/orders/", order.clone()).await.0, 500);
    assert_eq!(counted().await, before);
    app.database.execute("DROP TRIGGER refuse ON portfolio.trades").await;
    ana.trade(buy).await;
    ana.order(order).await;
    assert_eq!(counted().await, before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_leaves_the_average_price_as_it_is_to_the_last_digit() {
    let app = App::start().await;
    let ana = app.user();
    let buy = |quantity: &str| json!({"symbol": "ETH", "side": "buy", "quantity": quantity});
    ana.trade(buy("0.33333333")).await;
    ana.trade(buy("0.7")).await;
    let average = ana.portfolio().await["holdings"][0]["avg_price"].clone();
    for quantity in ["0.1234567", "0.61", "0.2", "0.09876", "0.00071663"] {
        let sold = ana
            .trade(json!({"symbol": "ETH", "side": "sell", "quantity": quantity}))
            .await;
        assert_eq!(
            sold["portfolio"]["holdings"][0]["avg_price"], average,
            "after {quantity}"
        );
        assert_eq!(ana.portfolio().await["holdings"][0]["avg_price"], average);
    }
    app.verify().await;
    ana.trade(buy("0.5")).await;
    assert_ne!(ana.portfolio().await["holdings"][0]["avg_price"], average);
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_may_have_fees_of_its_own() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    let reset = "/api/virtual-portfolio/reset/";
    for field in ["maker_fee_bps", "taker_fee_bps"] {
        for wrong in ["-1", "1000.01", "0.00001"] {
            let (status, refused) = ana.post(reset, json!({"confirm": true, field: wrong})).await;
            assert_eq!(
                (status, refused["error"]["fields"][field].is_array()),
                (422, true),
                "{refused}"
            );
        }
    }
    let fees = json!({"confirm": true, "maker_fee_bps": "0", "taker_fee_bps": 2.5});
    let (status, fresh) = ana.post(reset, fees).await;
    assert_eq!(
        (status, &fresh["data"]["maker_fee_bps"], &fresh["data"]["taker_fee_bps"]),
        (201, &json!(0.0), &json!(2.5))
    );
    let bought = ana
        .trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.5"}))
        .await;
    // 30,039 USD at 2.5 basis points.
    assert_eq!(
        (
            &bought["trade"]["fee"],
            &bought["trade"]["quote"]["fee_bps"],
            &bought["trade"]["total"]
        ),
        (&json!("7.50975"), &json!(2.5), &json!("30046.51"))
    );
    let bid = json!({"symbol": "ETH", "side": "buy", "type": "limit", "quantity": "1", "limit_price": "2900"});
    let (own, usual) = (ana.order(bid.clone()).await, bob.order(bid).await);
    assert_eq!(
        (&own["reserved"], &usual["reserved"]),
        (&json!("2900.73"), &json!("2902.90"))
    );
    app.append("ethereum", "2900", app.clock_now()).await;
    let own = ana.order_becomes(&own, "filled").await;
    let usual = bob.order_becomes(&usual, "filled").await;
    assert_eq!(
        (&own["trade"]["fee"], &usual["trade"]["fee"]),
        (&json!("0.00"), &json!("2.90"))
    );
    assert_eq!(bob.portfolio().await["maker_fee_bps"], 10.0);
    app.verify().await;
}
