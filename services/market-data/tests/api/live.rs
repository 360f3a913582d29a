//! Live providers, played by stubs on the loopback that follow a script.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::broadcast,
};
use tokio_tungstenite::tungstenite::Message;

use super::helpers::{App, until};

/// A CoinGecko whose answers are given in turn; the last one is repeated.
struct Rest {
    url: String,
    asked: Arc<Mutex<Vec<Instant>>>,
}

impl Rest {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let url = format!("http://{}", listener.local_addr().expect("address"));
        let asked: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let times = asked.clone();
        tokio::spawn(async move {
            loop {
                let Ok((mut socket, _)) = listener.accept().await else {
                    return;
                };
                let count = {
                    let mut times = times.lock().expect("times");
                    times.push(Instant::now());
                    times.len()
                };
                let answer = answers[(count - 1).min(answers.len() - 1)].clone();
                tokio::spawn(async move {
                    let mut request = [0; 4_096];
                    drop(socket.read(&mut request).await);
                    drop(socket.write_all(answer.as_bytes()).await);
                });
            }
        });
        Self { url, asked }
    }

    fn count(&self) -> usize {
        self.asked.lock().expect("times").len()
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// A stream that sends everybody who is connected what the test says.
struct Stream {
    url: String,
    frames: broadcast::Sender<String>,
    connections: Arc<AtomicUsize>,
}

impl Stream {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let url = format!("ws://{}", listener.local_addr().expect("address"));
        let frames: broadcast::Sender<String> = broadcast::channel(64).0;
        let connections = Arc::new(AtomicUsize::new(0));
        let (sender, count) = (frames.clone(), connections.clone());
        tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else {
                    return;
                };
                let Ok(mut socket) = tokio_tungstenite::accept_async(socket).await else {
                    continue;
                };
                count.fetch_add(1, Ordering::SeqCst);
                let mut frames = sender.subscribe();
                tokio::spawn(async move {
                    loop {
                        tokio::select! {
                            frame = frames.recv() => match frame.as_deref() {
                                Ok("close") | Err(_) => return,
                                Ok(frame) => if socket.send(Message::text(frame)).await.is_err() { return },
                            },
                            message = socket.next() => if message.is_none() { return },
                        }
                    }
                });
            }
        });
        Self {
            url,
            frames,
            connections,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn say(&self, frame: serde_json::Value) {
        drop(self.frames.send(frame.to_string()));
    }
}

fn now() -> String {
    domain::Timestamp::from(chrono::Utc::now()).to_string()
}

fn kraken(symbol: &str, price: &str, id: u64) -> serde_json::Value {
    let price: serde_json::Value = serde_json::from_str(price).expect("number");
    json!({"channel": "trade", "type": "update", "data": [{"symbol": symbol, "price": price, "qty": 1, "trade_id": id, "timestamp": now()}]})
}

fn coinbase(product: &str, price: &str, id: u64) -> serde_json::Value {
    json!({"type": "ticker", "product_id": product, "price": price, "last_size": "1", "trade_id": id, "time": now()})
}

async fn price_of(app: &App, symbol: &str) -> Option<String> {
    app.data(&format!("/api/assets/{symbol}/price/")).await["price"]
        .as_str()
        .map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_41_and_43_streams_are_joined_guarded_and_opened_again() {
    let (first, second) = (Stream::start().await, Stream::start().await);
    let mut app = App::prepare(2).await;
    app.settings
        .push(("MARKET_DATA__PROVIDERS__KRAKEN_URL".to_owned(), first.url.clone()));
    app.settings
        .push(("MARKET_DATA__PROVIDERS__COINBASE_URL".to_owned(), second.url.clone()));
    app.run("kraken,coinbase").await.expect("start");
    until("both are connected", || async {
        first.connections() > 0 && second.connections() > 0
    })
    .await;

    until("the first price", || async {
        first.say(kraken("BTC/USD", "100.5", 1));
        price_of(&app, "BTC").await.is_some()
    })
    .await;
    second.say(coinbase("BTC-USD", "101.5", 1));
    until("the median of both", || async {
        price_of(&app, "BTC").await.as_deref() == Some("101")
    })
    .await;
    assert_eq!(app.data("/api/market/status/").await["simulated"], false);

    // A trade that is told twice is one tick, and one without a second voice moves nothing.
    second.say(coinbase("BTC-USD", "101.5", 1));
    second.say(coinbase("BTC-USD", "1015", 2));
    first.say(kraken("BTC/USD", "100.5", 2));
    app.ticks_stored(3).await;
    assert_eq!(price_of(&app, "BTC").await.as_deref(), Some("101"));
    let metrics = app.raw("/metrics", &[]).await.text().await.expect("metrics");
    assert!(
        metrics.contains("feed_quarantined_total{source=\"coinbase\"} 1"),
        "{metrics}"
    );

    let before = first.connections();
    drop(first.frames.send("close".to_owned()));
    until("it is connected again", || async { first.connections() > before }).await;
    until("it is live again", || async {
        first.say(kraken("BTC/USD", "100.7", 9));
        let status = app.data("/api/market/status/").await;
        status["providers"]
            .as_array()
            .is_some_and(|all| all.iter().all(|provider| provider["state"] == "live"))
    })
    .await;
    assert_eq!(
        app.count("SELECT last FROM market_data.sequences WHERE context = 'feed' AND key = 'kraken'")
            .await,
        2
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_39_a_hostile_provider_is_left_alone_and_its_good_items_are_kept() {
    let item = json!({"id": "bitcoin", "symbol": "btc", "name": "Bitcoin", "current_price": 1.2e-8, "market_cap_rank": 1, "circulating_supply": 21_000_000, "last_updated": now()});
    let page = json!([item, {"id": "bad"}, null, {"id": "negative", "symbol": "neg", "name": "N", "current_price": -1, "last_updated": now()}]);
    let rest = Rest::start(vec![
        answer(
            "429 Too Many Requests",
            "retry-after: 3\r\ncontent-type: text/html\r\n",
            "<html>slow down</html>",
        ),
        answer("200 OK", "content-type: text/html\r\n", "<html>sorry</html>"),
        answer("200 OK", "content-type: application/json\r\n", &page.to_string()),
    ])
    .await;
    let mut app = App::prepare(2).await;
    app.settings
        .push(("MARKET_DATA__PROVIDERS__COINGECKO_URL".to_owned(), rest.url.clone()));
    app.run("coingecko").await.expect("start");
    until("the first question", || async { rest.count() >= 1 }).await;
    let path = "/api/admin/sources/coingecko/";
    until("its state is known", || async {
        !app.data("/api/market/status/").await["providers"]
            .as_array()
            .is_none_or(Vec::is_empty)
    })
    .await;
    let (status, body) = app
        .patch(path, &App::user(contracts::Role::Admin), json!({"poll_seconds": 1}))
        .await;
    assert_eq!((status, &body["data"]["poll_seconds"]), (200, &json!(1)), "{body}");
    let (status, _) = app
        .patch(path, &App::user(contracts::Role::Admin), json!({"poll_seconds": 0}))
        .await;
    assert_eq!(status, 422);
    let first = rest.asked.lock().expect("times")[0];
    while rest.count() < 2 {
        assert!(first.elapsed() < Duration::from_secs(90), "it was never asked again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = rest.asked.lock().expect("times")[1];
    assert!(
        second - first >= Duration::from_millis(2_990),
        "asked again after {:?}",
        second - first
    );
    app.stop().await;
}
