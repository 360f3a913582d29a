//! How well a book did, by figures that are known beforehand.

use std::time::Duration;

use domain::Interval;
use serde_json::{Value, json};

use crate::helpers::{App, User};

const PERFORMANCE: &str = "/api/virtual-portfolio/performance/?range=max";
const DAY: Duration = Duration::from_secs(86_400);

/// The figure lies within a millionth of what it should be.
fn assert_near(judged: &Value, figure: &str, expected: f64) {
    let value = judged.pointer(figure).and_then(Value::as_f64);
    assert!(
        value.is_some_and(|value| (value - expected).abs() < 2e-6),
        "{figure} is {value:?}, not {expected}: {judged}"
    );
}

/// Names a user's only book in SQL.
fn book_of(user: &User<'_>) -> String {
    format!(
        "(SELECT id FROM portfolio.portfolios WHERE user_id = '{}')",
        user.id.uuid()
    )
}

/// Gives a user forty days of history, a valuation at each noon, and comes to the forty-first noon.
async fn forty_days(app: &App, user: &User<'_>) {
    const PATTERN: [i64; 7] = [0, 1000, -500, 1500, 200, -1200, 800];
    let tomorrow = Interval::D1.bucket_start(app.clock_now().plus(DAY));
    let noon = tomorrow.plus(DAY / 2);
    app.clock.advance(noon.since(app.clock_now()));
    app.tick("bitcoin", "60000").await;
    user.portfolio().await;
    let book = book_of(user);
    let day = |number: u32| noon.minus(DAY * (40 - number)).to_string();
    let begun = day(0);
    let mut statements = vec![
        format!(
            "UPDATE portfolio.portfolios SET opened_at = '{begun}', cash = 157000, net_deposits = 150000 WHERE id = {book}"
        ),
        format!("UPDATE portfolio.snapshots SET at = '{begun}', bitcoin_price = 50000 WHERE portfolio_id = {book}"),
    ];
    for number in 1..40_u32 {
        let swing = PATTERN[number as usize % 7];
        // What is paid in on the twentieth day comes behind its valuation.
        let (equity, flow) = match number {
            ..20 => (100_000 + swing, 0),
            20 => (100_000 + swing, 50_000),
            _ => (150_000 + swing * 3 / 2, 0),
        };
        statements.push(format!(
            "INSERT INTO portfolio.snapshots (portfolio_id, at, equity, flow, bitcoin_price)
             VALUES ({book}, '{}', {equity}, {flow}, {})",
            day(number),
            50_000 + 100 * number
        ));
    }
    for statement in statements {
        app.database.execute(&statement).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn returns_and_risks_are_those_that_a_spreadsheet_gives() {
    let app = App::start().await;
    let ana = app.user();
    forty_days(&app, &ana).await;
    let judged = ana.data(PERFORMANCE).await;
    // Worked out apart from this code: returns from noon to noon, cut at the deposit, √365, sample deviation.
    assert_near(&judged, "/time_weighted_return_pct", 4.944297);
    assert_near(&judged, "/max_drawdown_pct", 2.660099);
    assert_near(&judged, "/volatility_pct", 31.42608);
    assert_near(&judged, "/sharpe", 1.554247);
    assert_near(&judged, "/sortino", 2.708537);
    // 100,000 for forty days and 50,000 for twenty became 157,000.
    assert_near(&judged, "/money_weighted_return_pct", 5.615338);
    assert_eq!(judged["notes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_benchmark_is_bitcoin_with_the_same_deposits_and_withdrawals() {
    let app = App::start().await;
    let ana = app.user();
    forty_days(&app, &ana).await;
    let judged = ana.data(PERFORMANCE).await;
    assert_near(&judged, "/benchmark/return_pct", 20.0);
    assert_near(&judged, "/benchmark/excess_pct", 4.944297 - 20.0);
    // 2 bitcoins at 50,000 and 0.9615… at 52,000, worth 60,000 each.
    assert_eq!(judged["benchmark"]["equity"], "177692.31");
    assert_near(&judged, "/benchmark/money_weighted_return_pct", 22.379643);
    let bob = app.user();
    bob.portfolio().await;
    app.clock.advance(DAY);
    app.tick("bitcoin", "66000").await;
    let judged = bob.data(PERFORMANCE).await;
    assert_eq!(
        judged["benchmark"]["equity"], "110000.00",
        "bought when the book was opened"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_book_is_judged_by_what_it_was_worth_in_the_end() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "10"}))
        .await;
    app.clock.advance(Duration::from_secs(3600));
    app.tick("ethereum", "3300").await;
    let worth = ana.portfolio().await["equity"].clone();
    ana.post("/api/virtual-portfolio/reset/", json!({"confirm": true}))
        .await;
    let path = format!("{PERFORMANCE}&book=1");
    let judged = ana.data(&path).await;
    let last = |judged: &Value| {
        judged["equity_curve"]
            .as_array()
            .and_then(|curve| curve.last())
            .cloned()
    };
    assert_eq!(last(&judged).expect("a point")["equity"], worth);
    app.clock.advance(Duration::from_secs(3600));
    app.tick("ethereum", "30").await;
    assert_eq!(ana.data(&path).await, judged);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_time_holds_sales_that_were_imported_from_before_it() {
    let app = App::start().await;
    let ana = app.user();
    ana.portfolio().await;
    let csv = include_str!("../samples/kraken.csv");
    let (status, body) = ana.post("/api/virtual-portfolio/import/", json!({"csv": csv})).await;
    assert_eq!(status, 201, "{body}");
    let judged = ana.data(PERFORMANCE).await;
    assert_eq!(
        (&judged["closed_trades"], &judged["win_rate_pct"]),
        (&json!(1), &json!(100.0))
    );
    let day = ana.data("/api/virtual-portfolio/performance/?range=24h").await;
    assert_eq!(day["closed_trades"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn performance_is_judged_from_snapshots_and_compared_with_bitcoin() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quote_amount": "50000"}))
        .await;
    app.clock.advance(Duration::from_secs(3600));
    app.tick("bitcoin", "66000").await;
    app.tick("ethereum", "3300").await;
    ana.post(
        "/api/virtual-portfolio/fund/",
        json!({"amount": "100000", "direction": "deposit"}),
    )
    .await;
    let judged = ana.data("/api/virtual-portfolio/performance/?range=max").await;
    let growth = judged["time_weighted_return_pct"].as_f64().expect("a return");
    assert!(
        (4.0..5.0).contains(&growth),
        "half of the money rose by a tenth, less costs: {judged}"
    );
    assert_eq!(
        (&judged["sharpe"], &judged["win_rate_pct"], &judged["notes"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(judged["benchmark"]["asset_id"], "bitcoin");
}

#[tokio::test(flavor = "multi_thread")]
async fn performance_counts_everything_however_much_there_is() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
        .await;
    ana.trade(json!({"symbol": "ETH", "side": "sell", "quantity": "1"}))
        .await;
    let book = format!(
        "(SELECT id FROM portfolio.portfolios WHERE user_id = '{}')",
        ana.id.uuid()
    );
    // 210,000 minutes with a valuation each, of which the newest but one is half of the others, and as many sales.
    let begun = app.clock_now().minus(Duration::from_secs(210_010 * 60)).to_string();
    let statements = [
        format!("UPDATE portfolio.portfolios SET opened_at = '{begun}' WHERE id = {book}"),
        format!("UPDATE portfolio.snapshots SET at = '{begun}' WHERE portfolio_id = {book}"),
        format!(
            "INSERT INTO portfolio.snapshots (portfolio_id, at, equity, flow)
             SELECT {book}, '{begun}'::timestamptz + make_interval(mins => n), CASE n WHEN 209999 THEN 50000 ELSE 100000 END, 0
             FROM generate_series(1, 210000) AS n"
        ),
        format!(
            "INSERT INTO portfolio.trades
             SELECT made.* FROM portfolio.trades AS sale, generate_series(1, 110000) AS n,
                jsonb_populate_record(sale, jsonb_build_object('id', gen_random_uuid(), 'seq', 1000 + n,
                    'realized_pnl', CASE n WHEN 110000 THEN 777 ELSE 1 END)) AS made
             WHERE sale.portfolio_id = {book} AND sale.side = 'sell'"
        ),
    ];
    for statement in statements {
        app.database.execute(&statement).await;
    }
    let judged = ana.data("/api/virtual-portfolio/performance/?range=max").await;
    assert_eq!(
        (&judged["closed_trades"], &judged["best_trade"]["realized_pnl"]),
        (&json!(110_001), &json!("777.00"))
    );
    assert!(
        judged["worst_trade"]["realized_pnl"]
            .as_str()
            .is_some_and(|loss| loss.starts_with('-')),
        "the fee of the first sale"
    );
    assert_eq!(judged["max_drawdown_pct"], 50.0);
    assert!(
        judged["equity_curve"]
            .as_array()
            .is_some_and(|curve| curve.len() <= 502)
    );
}
