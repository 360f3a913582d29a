//! 5,000 WebSocket clients that hear 10 updates a second each: what they cost the gateway in processor time and memory.
//!
//! `cargo bench -p gateway --bench fan_out`; needs nothing else. The gateway runs in this process, with stand-ins of the
//! services behind it; the clients run in a process of their own, so that their cost is not counted. Slow clients never
//! read: what they don't take is conflated. Results go to `target/bench-results/fan_out.json`.

#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod helpers;
#[path = "../tests/api/socket.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod socket;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{Clock, SystemClock, Timestamp};
use helpers::App;
use serde_json::{Value, json};
use test_kit::Figures;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
};

const CLIENTS: usize = 5_000;
const PERIOD: Duration = Duration::from_millis(100);
const MEASURED: Duration = Duration::from_secs(20);
/// Every so many-th healthy client notes how old its updates are.
const SAMPLED: usize = 50;
/// Names the gateway to the process that plays the clients.
const ADDRESS: &str = "FAN_OUT_ADDRESS";

fn main() {
    allow_many_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if let Ok(address) = std::env::var(ADDRESS) {
        runtime.block_on(play_clients(&address));
        return;
    }
    let mut figures = Figures::of(&format!("WebSocket fan-out, {CLIENTS} clients x 10 updates/s"));
    for slow in [0, CLIENTS / 2] {
        runtime.block_on(measure(slow, &mut figures));
    }
    figures.keep("fan_out");
}

async fn measure(slow: usize, figures: &mut Figures) {
    let app = App::start_with(&[
        ("GATEWAY__RATE_LIMITS", "off"),
        ("GATEWAY__STREAM__MAX_CLIENTS_PER_ADDRESS", "100000"),
        ("GATEWAY__HTTP__WORKERS", "1"),
    ])
    .await;
    app.known_tick("bitcoin", "60000").await;
    let memory_before = resident_bytes();
    let mut clients = Clients::spawn(app.running.url().trim_start_matches("http://"), slow);
    clients.wait_for("connected");
    clients.say("measure");
    let (cpu_before, began, mut ticks) = (processor_time(), Instant::now(), 0_u64);
    let mut beat = tokio::time::interval(PERIOD);
    while began.elapsed() < MEASURED {
        beat.tick().await;
        ticks += 1;
        app.tick("bitcoin", &format!("{}.{:02}", 60_000 + ticks / 100, ticks % 100 + 1))
            .await;
    }
    let (cpu, seconds) = (processor_time() - cpu_before, began.elapsed().as_secs_f64());
    let memory = resident_bytes().saturating_sub(memory_before);
    clients.say("report");
    let report: Value = serde_json::from_str(&clients.line()).expect("a report");
    clients.end();
    app.running.stop().await.expect("a clean stop");
    describe(slow, &report, ticks, (cpu.as_secs_f64() / seconds, memory), figures);
}

fn describe(slow: usize, report: &Value, ticks: u64, (cores, memory): (f64, u64), figures: &mut Figures) {
    let healthy = (CLIENTS - slow) as u64;
    let received = report["updates"].as_u64().expect("a count");
    let per_client = memory as f64 / CLIENTS as f64 / 1_024.0;
    let share = 100.0 * received as f64 / (healthy * ticks) as f64;
    let age = |name: &str| report[name].as_f64().unwrap_or_default();
    let rows = [
        ("processor", cores, "cores", "≤ 1"),
        (
            "processor, each client",
            cores * 1_000_000.0 / CLIENTS as f64,
            "µs/s",
            "",
        ),
        ("memory, each client", per_client, "KiB", "≤ 64"),
        ("updates received by those who read", share, "%", "100"),
        ("age of an update when it is read, p50", age("p50_ms"), "ms", ""),
        ("age of an update when it is read, p99", age("p99_ms"), "ms", ""),
    ];
    for (what, value, unit, target) in rows {
        figures.row(&format!("{healthy} read, {slow} never do: {what}"), value, unit, target);
    }
}

/// The process that plays the clients.
struct Clients {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Clients {
    fn spawn(address: &str, slow: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .env(ADDRESS, format!("{address} {slow}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the clients' process");
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Self {
            child,
            input: input.expect("its input"),
            output: BufReader::new(output.expect("its output")),
        }
    }

    fn say(&mut self, word: &str) {
        writeln!(self.input, "{word}").expect("heard");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line
    }

    fn wait_for(&mut self, word: &str) {
        let line = self.line();
        assert_eq!(line.trim(), word);
    }

    fn end(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

/// What the clients have seen.
#[derive(Default)]
struct Seen {
    updates: AtomicU64,
    ages: Mutex<Vec<u64>>,
}

async fn play_clients(spec: &str) {
    let (address, slow) = spec.split_once(' ').expect("an address and a number");
    let slow: usize = slow.parse().expect("a number");
    let (seen, doors) = (Arc::new(Seen::default()), Arc::new(Semaphore::new(64)));
    let mut connecting = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let (address, doors) = (address.to_owned(), Arc::clone(&doors));
        let is_slow = number < slow;
        connecting.spawn(async move {
            let _door = doors.acquire().await.expect("open");
            (number, is_slow, connect(&address, is_slow).await)
        });
    }
    let mut kept = Vec::new();
    while let Some(connected) = connecting.join_next().await {
        let (number, is_slow, stream) = connected.expect("connected");
        if is_slow {
            kept.push(stream);
        } else {
            tokio::spawn(read(stream, number % SAMPLED == 0, Arc::clone(&seen)));
        }
    }
    println!("connected");
    let lines = std::io::stdin().lines();
    for line in lines.map_while(Result::ok) {
        match line.as_str() {
            "measure" => {
                seen.updates.store(0, Ordering::Relaxed);
                seen.ages.lock().expect("ages").clear();
            }
            _ => report(&seen).await,
        }
    }
}

async fn report(seen: &Seen) {
    // What is on its way may arrive.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut ages = seen.ages.lock().expect("ages").clone();
    ages.sort_unstable();
    let at = |part: f64| ages.get((ages.len() as f64 * part) as usize).copied();
    let updates = seen.updates.load(Ordering::Relaxed);
    println!("{}", json!({"updates": updates, "p50_ms": at(0.5), "p99_ms": at(0.99)}));
}

async fn connect(address: &str, is_slow: bool) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    if is_slow {
        // As far away as a client can be: hardly anything fits on the way.
        socket.set_recv_buffer_size(4_096).expect("set");
    }
    let mut stream = socket
        .connect(address.parse().expect("an address"))
        .await
        .expect("a connection");
    let head = format!(
        "GET /api/stream HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    let text = br#"{"op":"subscribe","channels":["ticker:*"]}"#;
    let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).expect("short"), 0, 0, 0, 0];
    frame.extend_from_slice(text);
    stream.write_all(&frame).await.expect("subscribed");
    stream
}

/// Reads frames, and answers pings so as to stay.
async fn read(mut stream: TcpStream, is_sampled: bool, seen: Arc<Seen>) {
    let mut pending = Vec::new();
    let mut piece = vec![0; 16 * 1_024];
    loop {
        let count = stream.read(&mut piece).await.expect("read");
        assert!(count > 0, "the gateway hung up");
        pending.extend_from_slice(&piece[..count]);
        let mut at = 0;
        while let Some((opcode, payload, end)) = frame(&pending, at) {
            if opcode == 9 {
                stream.write_all(&[0x8A, 0x80, 0, 0, 0, 0]).await.expect("answered");
            } else if payload.windows(8).take(60).any(|part| part == b"\"update\"") {
                seen.updates.fetch_add(1, Ordering::Relaxed);
                if is_sampled {
                    seen.ages.lock().expect("ages").push(age(payload));
                }
            }
            at = end;
        }
        pending.drain(..at);
    }
}

/// The frame that begins at `at`, if all of it is there: its opcode, its payload, its end.
fn frame(bytes: &[u8], at: usize) -> Option<(u8, &[u8], usize)> {
    let rest = bytes.get(at..)?;
    let (opcode, short) = (rest.first()? & 0x0F, rest.get(1)? & 0x7F);
    let (head, length) = match short {
        126 => (4, usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]))),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(rest.get(2..10)?.try_into().ok()?)).ok()?,
        ),
        short => (2, usize::from(short)),
    };
    let payload = rest.get(head..head + length)?;
    Some((opcode, payload, at + head + length))
}

fn age(payload: &[u8]) -> u64 {
    let message: Value = serde_json::from_slice(payload).expect("JSON");
    let received = message["data"]["received_at"].as_str().expect("a time");
    let received = Timestamp::parse(received).expect("a time");
    u64::try_from(SystemClock.now().since(received).as_millis()).expect("small")
}

fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("what this process uses");
    let pages: u64 = statm.split(' ').nth(1).expect("a number").parse().expect("a number");
    pages * 4_096
}

fn processor_time() -> Duration {
    // SAFETY: getrusage(2) only writes the structure that it is handed.
    let usage = unsafe {
        let mut usage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let time = |value: libc::timeval| {
        Duration::from_secs(value.tv_sec.unsigned_abs()) + Duration::from_micros(value.tv_usec.unsigned_abs())
    };
    time(usage.ru_utime) + time(usage.ru_stime)
}

fn allow_many_files() {
    // SAFETY: both calls only read and write the structure that they are handed.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
}
