//! Answers too long to be held: they pass in parts, and are cut off where the service stops.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use test_kit::eventually;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::helpers::App;

const TRADES: &str = "/api/virtual-portfolio/trades/";
const PART: usize = 64 * 1024;
const MIB: usize = 1024 * 1024;

/// How the service's answer ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    Cut,
    /// The connection stays, and nothing comes any more.
    Silence,
}

/// A service that exports a file.
struct Exporter {
    url: String,
    sent: Arc<AtomicUsize>,
    is_left: Arc<AtomicBool>,
}

impl Exporter {
    async fn start(length: usize, end: End) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let exporter = Self {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            sent: Arc::default(),
            is_left: Arc::default(),
        };
        let (sent, is_left) = (exporter.sent.clone(), exporter.is_left.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (sent, is_left) = (sent.clone(), is_left.clone());
                tokio::spawn(async move {
                    if export(connection, (length, end), &sent).await.is_err() {
                        is_left.store(true, Relaxed);
                    }
                });
            }
        });
        exporter
    }

    async fn app(&self, settings: &[(&str, &str)]) -> App {
        let mut all = vec![("SERVICES__PORTFOLIO", self.url.as_str())];
        all.extend(settings);
        App::start_with(&all).await
    }
}

/// Answers one request; fails where nobody takes the answer.
async fn export(connection: TcpStream, (length, end): (usize, End), sent: &AtomicUsize) -> std::io::Result<()> {
    let mut connection = BufReader::new(connection);
    let mut target = String::new();
    connection.read_line(&mut target).await?;
    let mut line = String::new();
    while connection.read_line(&mut line).await? > 2 {
        line.clear();
    }
    if !target.contains(TRADES) {
        // The gateway has questions of its own.
        let none = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        drop(connection.write_all(none).await);
        return Ok(());
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await?;
    for start in (0..length).step_by(PART) {
        let part = [letter(start); PART];
        connection.write_all(format!("{PART:x}\r\n").as_bytes()).await?;
        connection.write_all(&part).await?;
        connection.write_all(b"\r\n").await?;
        sent.fetch_add(PART, Relaxed);
    }
    match end {
        End::Whole => connection.write_all(b"0\r\n\r\n").await,
        End::Cut => Ok(()),
        End::Silence => match connection.read(&mut [0]).await {
            Ok(0) | Err(_) => Err(std::io::ErrorKind::BrokenPipe.into()),
            Ok(_) => Ok(()),
        },
    }
}

/// What stands at this place of the file.
fn letter(place: usize) -> u8 {
    b'a' + u8::try_from(place / PART % 26).expect("a letter")
}

async fn ask(app: &App, encoding: &str) -> Response {
    let ana = app.person(900);
    let asked = app.ask(Method::GET, TRADES).bearer_auth(ana.token);
    let asked = asked.header("accept", "text/csv").header("accept-encoding", encoding);
    asked.send().await.expect("an answer")
}

/// Reads to the end; how much came, or how the reading failed.
async fn read(mut answer: Response) -> reqwest::Result<usize> {
    let mut place = 0;
    while let Some(part) = answer.chunk().await? {
        assert_eq!(part.first().copied(), Some(letter(place)), "at {place}");
        place += part.len();
        assert_eq!(part.last().copied(), Some(letter(place - 1)), "before {place}");
    }
    Ok(place)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_longer_than_any_limit_passes_and_waits_for_its_reader() {
    let length = 96 * MIB;
    let exporter = Exporter::start(length, End::Whole).await;
    let app = exporter.app(&[]).await;
    let answer = ask(&app, "identity").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"text/csv".parse().expect("a value"))
    );
    // Nobody reads: once all buffers on the way are full, the service can't go on.
    let (mut before, mut times) = (0, 0);
    eventually("the service waits for its reader, or has sent everything", async || {
        let now = exporter.sent.load(Relaxed);
        times = if now == before { times + 1 } else { 0 };
        before = now;
        (now > 0 && times > 20).then_some(())
    })
    .await;
    let held = exporter.sent.load(Relaxed);
    assert!(held < length / 2, "{held} bytes are held somewhere");
    assert_eq!(read(answer).await.expect("the whole file"), length);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_the_service_does_not_finish_never_looks_like_a_whole_one() {
    for length in [MIB, 8 * MIB] {
        let exporter = Exporter::start(length, End::Cut).await;
        let app = exporter.app(&[]).await;
        for encoding in ["identity", "gzip"] {
            let answer = ask(&app, encoding).await;
            if length == MIB {
                assert_eq!(answer.status(), 503, "nothing was said yet");
                continue;
            }
            assert_eq!(answer.status(), 200);
            let mut answer = answer;
            let failed = loop {
                match answer.chunk().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break false,
                    Err(_) => break true,
                }
            };
            assert!(failed, "{encoding}: the client notices");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_falls_silent_in_the_middle_is_given_up() {
    let exporter = Exporter::start(8 * MIB, End::Silence).await;
    let app = exporter.app(&[("GATEWAY__UPSTREAM_TIMEOUT_MS", "700")]).await;
    let answer = ask(&app, "identity").await;
    assert!(read(answer).await.is_err(), "the answer is cut off");
    eventually("the service is left", async || {
        exporter.is_left.load(Relaxed).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_takes_its_request_to_the_service_with_it() {
    let length = 96 * MIB;
    let exporter = Exporter::start(length, End::Whole).await;
    let app = exporter.app(&[("GATEWAY__LIMITS__IN_FLIGHT_PER_SERVICE", "1")]).await;
    let mut answer = ask(&app, "identity").await;
    assert!(answer.chunk().await.expect("the beginning").is_some());
    assert_eq!(
        ask(&app, "identity").await.status(),
        503,
        "the only place is taken while it lasts"
    );
    drop(answer);
    eventually("the service is left", async || {
        exporter.is_left.load(Relaxed).then_some(())
    })
    .await;
    assert!(exporter.sent.load(Relaxed) < length);
    eventually("its place is free again", async || {
        (ask(&app, "identity").await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_http_1_0_gets_no_part_that_looks_like_the_whole() {
    let exporter = Exporter::start(8 * MIB, End::Cut).await;
    let app = exporter.app(&[]).await;
    let ana = app.person(900);
    let mut connection = TcpStream::connect(app.running.address()).await.expect("a connection");
    let asked = format!(
        "GET {TRADES} HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        ana.token
    );
    connection.write_all(asked.as_bytes()).await.expect("sent");
    let mut said = Vec::new();
    connection.read_to_end(&mut said).await.expect("an answer");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.0 503 "), "{}", &said[..200.min(said.len())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_put_together_from_parts_of_any_length() {
    let app = App::start().await;
    let ana = app.person(900);
    app.answer("/api/auth/export/", json!({"users": [{"name": "Ana"}]}));
    let path = format!("/internal/export?user_id={}", ana.id.uuid());
    for length in [3, 5 * MIB] {
        let text = format!(
            r#"{{"success":true,"data":{{"rows":["{}"]}},"message":"ok"}}"#,
            "x".repeat(length)
        );
        app.world.lock().expect("world").texts.insert(path.clone(), text);
        let answer = app.get_as(&ana.token, "/api/auth/export/").await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.expect("JSON");
        let part = json!({"rows": ["x".repeat(length)]});
        let all = json!({
            "users": [{"name": "Ana"}], "alerts": part, "paper_trading": part, "notifications": part,
        });
        assert!(
            body == json!({"success": true, "data": all, "message": "ok"}),
            "{length}"
        );
    }
    for (length, status) in [(3, 500), (5 * MIB, 200)] {
        let text = format!(r#"{{"success":true,"data":"{}""#, "x".repeat(length));
        app.world.lock().expect("world").texts.insert(path.clone(), text);
        let answer = app.get_as(&ana.token, "/api/auth/export/").await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.bytes().await.is_ok(), status == 500, "a part is no whole");
    }
}
