//! What a trade costs in the database.

use contracts::events::{PortfolioChanged, Side};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use domain::{AssetId, PortfolioId, Price};
use messaging::{Facts, Outbox};
use portfolio::{
    domain::{
        entries::{self, Hold},
        fill::{Costs, Size},
    },
    store::{booking::LockedBook, orders, portfolios, snapshots, trades},
};
use rust_decimal::dec;
use serde_json::json;
use uuid::Uuid;

use crate::helpers::App;

/// How often the connection has this statement prepared.
async fn count(conn: &mut AsyncPgConnection, beginning: &str) -> usize {
    use diesel::{QueryableByName, sql_types::BigInt};
    use diesel_async::RunQueryDsl;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let query = format!("SELECT count(*) AS count FROM pg_prepared_statements WHERE statement LIKE '{beginning}%'");
    let row: Row = diesel::sql_query(query).get_result(conn).await.expect("count");
    usize::try_from(row.count).expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_prepares_each_statement_of_a_trade_once() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
        .await;
    let order = ana
        .order(json!({"symbol": "ETH", "side": "sell", "type": "limit", "quantity": "0.5", "limit_price": "9000"}))
        .await;
    let mut conn = app.database.connect().await;
    let order = Uuid::parse_str(order["id"].as_str().expect("id")).expect("id");
    let asset = AssetId::parse("ethereum").expect("id");
    let price = Price::new(dec!(3000)).expect("price");
    conn.batch_execute("BEGIN; SET LOCAL search_path TO portfolio")
        .await
        .expect("begun");
    let row = portfolios::lock_open_of(&conn, ana.id)
        .await
        .expect("row")
        .expect("a book");
    let book: PortfolioId = row.portfolio_id();
    let mut locked = LockedBook::new(row);
    locked.load(&mut conn, &asset).await.expect("loaded");
    for number in 0..2 {
        let mut order = orders::find(&mut conn, book, order)
            .await
            .expect("order")
            .expect("an order");
        orders::save(&conn, &order).await.expect("saved");
        order.id = Uuid::now_v7();
        orders::insert(&conn, &order).await.expect("inserted");
        portfolios::save(&conn, &locked.row).await.expect("saved");
        let filled = trades::page(&mut conn, book, &Default::default(), 1)
            .await
            .expect("trades");
        let trade = trades::TradeRow {
            id: Uuid::now_v7(),
            seq: 1000 + number,
            ..filled[0].clone()
        };
        trades::insert(&conn, &trade).await.expect("inserted");
        let worth = snapshots::SnapshotRow {
            portfolio_id: book.uuid(),
            at: trade.created_at,
            equity: None,
            flow: trade.total,
            bitcoin_price: None,
        };
        snapshots::insert(&conn, &worth).await.expect("inserted");
        let bought = Costs::default()
            .market(Side::Buy, Size::Quote(dec!(10)), price)
            .expect("a fill");
        let filled = entries::fill(trade.id, &asset, &bought, Hold::nothing(Side::Buy)).expect("an entry");
        locked.enter(&filled, app.clock_now()).expect("entered");
        locked.write_down(&conn).await.expect("written down");
        orders::next_change(&mut conn, 0).await.expect("a number");
        let changed = PortfolioChanged {
            portfolio_id: book,
            user_id: ana.id,
            changed_at: app.clock_now(),
        };
        let outbox = Outbox::new("portfolio");
        outbox
            .add(&mut conn, &changed, app.clock_now(), Uuid::now_v7())
            .await
            .expect("told");
        let mut facts = Facts::default();
        facts.add(&changed).expect("a fact");
        outbox
            .add_facts(&conn, &facts, app.clock_now(), Uuid::now_v7())
            .await
            .expect("told");
    }
    for (statement, times) in [
        ("UPDATE \"portfolio\".\"orders\"", 1),
        ("INSERT INTO \"portfolio\".\"orders\"", 1),
        ("UPDATE \"portfolio\".\"portfolios\"", 1),
        ("INSERT INTO \"portfolio\".\"trades\"", 1),
        ("INSERT INTO \"portfolio\".\"snapshots\"", 1),
        ("INSERT INTO \"portfolio\".\"journal\"", 1),
        ("INSERT INTO \"portfolio\".\"holdings\"", 1),
        ("INSERT INTO \"portfolio\".\"lots\"", 1),
        ("INSERT INTO \"portfolio\".\"order_changes\"", 1),
        ("INSERT INTO \"outbox\"", 1),
        ("INSERT INTO \"sequences\"", 1),
    ] {
        assert_eq!(count(&mut conn, statement).await, times, "{statement}");
    }
    conn.batch_execute("ROLLBACK").await.expect("undone");
}
