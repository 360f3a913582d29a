//! Requests that two readers could read differently, byte by byte, as no client library would send them: to the gateway,
//! and to each service behind it.

use std::time::Duration;

use e2e::{Installation, Mode, append};
use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How long an answer, or the end of the connection, may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// What is smuggled: its path is in no answer but its own.
const HIDDEN: &str = "GET /api/hidden/ HTTP/1.1\r\nHost: x\r\n\r\n";
/// The one case in which a whole request comes first.
const BEHIND_A_BODY: &str = "a line feed alone behind a body";
const HEAD: &str = "POST /api/alerts/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

/// Requests whose end two readers could see in different places, then one behind that end; and such as name two hosts.
fn ambiguous() -> Vec<(&'static str, String)> {
    let post = |headers: &str, body: &str| format!("{HEAD}{headers}\r\n{body}{HIDDEN}");
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);
    vec![
        (
            "CL.TE",
            post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"),
        ),
        (
            "TE.CL",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "2\r\n{}\r\n0\r\n\r\n",
            ),
        ),
        (
            "two equal lengths",
            post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
        ),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 42\r\n", "{}")),
        ("a list of lengths", post("Content-Length: 2, 2\r\n", "{}")),
        ("a length with a sign", post("Content-Length: +2\r\n", "{}")),
        ("a negative length", post("Content-Length: -2\r\n", "{}")),
        ("a length in hex", post("Content-Length: 0x2\r\n", "{}")),
        (
            "a length beyond 64 bits",
            post("Content-Length: 18446744073709551618\r\n", "{}"),
        ),
        (
            "chunked, identity",
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ),
        (
            "identity",
            post("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "{}"),
        ),
        (
            "gzip, chunked",
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        ),
        ("xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        (
            "chunked twice",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
        ),
        (
            "an encoding behind a tab",
            post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"),
        ),
        (
            "a folded encoding",
            post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        ),
        ("a space before the colon", post("Content-Length : 2\r\n", "{}")),
        ("a space before the name", post(" Content-Length: 2\r\n", "{}")),
        ("a folded header", post("X-A: b\r\n c\r\n", "")),
        ("a carriage return in a value", post("X-A: b\rc\r\n", "")),
        ("a zero byte in a value", post("X-A: b\0c\r\n", "")),
        ("a line feed alone", post("X-A: b\nContent-Length: 2\r\n", "{}")),
        ("a line feed alone at the end", format!("{HEAD}\n{HIDDEN}")),
        (
            BEHIND_A_BODY,
            format!("{HEAD}Content-Length: 2\r\n\r\n{{}}GET / HTTP/1.1\nHost: x\r\n\r\n{HIDDEN}"),
        ),
        (
            "a chunk of more than 64 bits",
            chunked("10000000000000002\r\n{}\r\n0\r\n\r\n"),
        ),
        ("a chunk size with 0x", chunked("0x2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk of negative size", chunked("-2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk size before a line feed alone", chunked("2\n{}\r\n0\r\n\r\n")),
        ("a chunk before a line feed alone", chunked("2\r\n{}\n0\r\n\r\n")),
        ("a chunk longer than its size", chunked("2\r\n{}XX0\r\n\r\n")),
        (
            "HTTP/1.0 in chunks",
            format!("POST /api/alerts/ HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        ),
        (
            "two hosts",
            format!("GET /api/alerts/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n{HIDDEN}"),
        ),
        ("no host", format!("GET /api/alerts/ HTTP/1.1\r\n\r\n{HIDDEN}")),
        (
            "a host that is none",
            "GET /api/alerts/ HTTP/1.1\r\nHost: a/b@c\r\n\r\n".to_owned(),
        ),
        (
            "another host in the target",
            "GET http://evil.example/api/alerts/ HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        ),
        (
            "HTTP/1.2",
            format!("GET /api/alerts/ HTTP/1.2\r\nHost: x\r\n\r\n{HIDDEN}"),
        ),
    ]
}

/// Everything that the server says until it closes the connection.
async fn until_closed(url: &str, request: &str) -> String {
    let address = url.strip_prefix("http://").expect("an address");
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    // The server may close before it has read everything.
    drop(connection.write_all(request.as_bytes()).await);
    let mut said = Vec::new();
    let reading = tokio::time::timeout(DEADLINE, connection.read_to_end(&mut said)).await;
    let text = String::from_utf8_lossy(&said).into_owned();
    assert!(
        reading.is_ok(),
        "the connection is still open after {request:?}, which got {text:?}"
    );
    text
}

fn statuses(said: &str) -> Vec<&str> {
    said.split("HTTP/1.1 ")
        .skip(1)
        .filter_map(|answer| answer.get(..3))
        .collect()
}

/// A platform, and where everything of it listens, the gateway first.
async fn listening() -> (Installation, Vec<String>) {
    let mut platform = Installation::new(Mode::Standalone).await;
    let market = platform.file("ticks.csv");
    append(&market, "1767571200000,BTC,60000,0.5\n");
    platform.start(&format!("tail:{}", market.display())).await;
    let others = platform.operations().into_iter().map(|(_, url)| url);
    let everywhere = std::iter::once(platform.url()).chain(others).collect();
    (platform, everywhere)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_61_a_request_that_two_readers_read_differently_is_refused_and_its_connection_closed() {
    let (mut platform, everywhere) = listening().await;
    let gateway = &everywhere[0];
    for url in &everywhere {
        let asking = ambiguous().into_iter().map(|(what, request)| async move {
            let said = until_closed(url, &request).await;
            let statuses = statuses(&said);
            // Only what stands before the ambiguity is a request of its own; nothing behind it is answered.
            let answers = if what == BEHIND_A_BODY { 2 } else { 1 };
            // Whoever refuses by the head alone has not met the broken body yet, and closes the connection all the same.
            let may_answer_first = url != gateway && what.starts_with("a chunk");
            let is_refusal = |status: &&str| *status == "400" || (may_answer_first && ["401", "404"].contains(status));
            let is_refused = statuses.last().is_some_and(is_refusal) && statuses.len() == answers;
            assert!(is_refused, "{what} to {url}: {said}");
        });
        join_all(asking).await;
    }
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_61_a_head_without_end_is_refused_and_its_connection_closed() {
    let (mut platform, everywhere) = listening().await;
    let headers: String = (0..10_000).map(|number| format!("X-{number}: y\r\n")).collect();
    for url in &everywhere {
        for headers in [headers.as_str(), &headers[..2_000]] {
            let request = format!("GET /api/alerts/ HTTP/1.1\r\nHost: x\r\n{headers}\r\n{HIDDEN}");
            let said = until_closed(url, &request).await;
            assert_eq!(statuses(&said), ["431"], "{url}: {said}");
        }
    }
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_61_of_requests_on_one_connection_each_gets_its_own_answer() {
    let (mut platform, everywhere) = listening().await;
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let requests = [
        // Bodies that look like requests, in both framings, where none is needed.
        get("/api/market/status/", &format!("Content-Length: {}\r\n", HIDDEN.len())),
        HIDDEN.to_owned(),
        get("/api/market/summary/", "Transfer-Encoding: chunked\r\n"),
        format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len()),
        get("/api/market/status/", ""),
        get("/api/market/summary/", "Connection: close\r\n"),
    ];
    let requests = requests.concat();
    let neighbours = (0..8).map(|_| async {
        let said = until_closed(&everywhere[0], &requests).await;
        let answers: Vec<&str> = said.split("HTTP/1.1 ").skip(1).collect();
        assert_eq!(answers.len(), 4, "{said}");
        for (answer, wanted) in answers
            .iter()
            .zip(["providers", "btc_dominance", "providers", "btc_dominance"])
        {
            assert!(answer.starts_with("200") && answer.contains(wanted), "{said}");
        }
    });
    join_all(neighbours).await;
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_61_another_protocol_is_refused_at_once_where_nothing_speaks_it() {
    let (mut platform, everywhere) = listening().await;
    let begun = std::time::Instant::now();
    let request = format!("GET /api/market/status/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n{HIDDEN}");
    let said = until_closed(&everywhere[0], &request).await;
    assert_eq!(statuses(&said), ["400"], "{said}");
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "the body's deadline was waited for"
    );
    platform.stop();
}
