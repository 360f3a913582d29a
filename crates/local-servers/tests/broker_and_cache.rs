//! The life of a private RabbitMQ and a private Redis. These tests need both on this machine, or a way to install them.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use local_servers::{Kind, Origin, PostgresOptions, RabbitMq, Redis, Search, find_or_start, probe};

fn owner(kind: &str, dir: &Path) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_private-server"));
    command.arg(kind).arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    (process, url.trim().to_owned())
}

/// The live processes that were started with the name of a folder in their environment.
fn processes_of(dir: &Path) -> Vec<String> {
    let needle = dir.to_string_lossy().into_owned();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let has_needle = |path: &Path, file: &str| {
        fs::read(path.join(file)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(&needle))
    };
    let named = entries.filter(|entry| has_needle(&entry.path(), "environ") || has_needle(&entry.path(), "cmdline"));
    named
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited 30 s in vain for: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One command to Redis and the start of its answer.
fn ask(server: &Redis, command: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let url = server.url();
    let password = url.strip_prefix("redis://:").unwrap().split('@').next().unwrap();
    write!(stream, "AUTH {password}\r\n{command}\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.strip_prefix("+OK\r\n").unwrap().to_owned()
}

#[test]
fn redis_keeps_its_data_over_stop_kill_and_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Redis::start(dir.path(), None).unwrap();
    ask(&server, "SET word kept");
    server.stop().unwrap();
    assert!(probe::redis(&server.url()).is_err());
    server.restart().unwrap();
    assert!(ask(&server, "GET word").starts_with("$4\r\nkept"));
    server.kill();
    server.restart().unwrap();
    let (url, port) = (server.url(), server.port());
    drop(server);
    let server = Redis::start(dir.path(), Some(port)).unwrap();
    assert_eq!(server.url(), url);
    assert!(ask(&server, "GET word").starts_with("$4\r\nkept"));
}

#[test]
fn redis_refuses_whoever_has_no_password() {
    let dir = tempfile::tempdir().unwrap();
    let server = Redis::start(dir.path(), None).unwrap();
    let refused = probe::redis(&format!("redis://127.0.0.1:{}", server.port())).unwrap_err();
    assert!(refused.to_string().starts_with("refuses: NOAUTH"), "{refused}");
}

#[test]
#[cfg(target_os = "linux")]
fn rabbitmq_stops_is_killed_and_restarts_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = RabbitMq::start(dir.path(), None).unwrap();
    let url = server.url();
    let wrong = format!("amqp://guest:guest@127.0.0.1:{}", server.port());
    assert_eq!(probe::amqp(&wrong).unwrap_err().to_string(), "refuses the user guest");

    server.stop().unwrap();
    assert!(probe::amqp(&url).is_err());
    wait_until("no process is left after stop", || processes_of(dir.path()).is_empty());
    server.restart().unwrap();
    probe::amqp(&url).unwrap();

    server.kill();
    wait_until("no process is left after kill", || processes_of(dir.path()).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn owners_killed_with_kill_9_leave_no_broker_no_epmd_and_no_cache() {
    let dir = tempfile::tempdir().unwrap();
    for kind in ["rabbitmq", "redis"] {
        let dir = dir.path().join(kind);
        let (mut process, url) = owner(kind, &dir);
        assert!(url.contains("127.0.0.1"), "{kind} did not start");
        process.kill().unwrap();
        process.wait().unwrap();
        wait_until("nothing answers", || {
            probe::amqp(&url).is_err() && probe::redis(&url).is_err()
        });
        wait_until("no process is left", || processes_of(&dir).is_empty());
    }
    let server = RabbitMq::start(&dir.path().join("rabbitmq"), None).unwrap();
    probe::amqp(&server.url()).unwrap();
}

#[test]
fn a_port_in_use_is_one_clear_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let expected = format!("port {port} on 127.0.0.1 is in use by another program");
    let redis = Redis::start(&dir.path().join("redis"), Some(port)).unwrap_err();
    assert!(redis.to_string().starts_with(&expected), "{redis}");
    let rabbit = RabbitMq::start(&dir.path().join("rabbitmq"), Some(port)).unwrap_err();
    assert!(rabbit.to_string().starts_with(&expected), "{rabbit}");
}

#[test]
fn a_server_that_answers_is_used_and_else_a_private_one_is_started() {
    let dir = tempfile::tempdir().unwrap();
    let server = Redis::start(&dir.path().join("theirs"), None).unwrap();
    let search = |given: &str| Search {
        given: Some(given.to_owned()),
        usual_port: false,
        private_dir: dir.path().join("ours"),
        postgres: PostgresOptions::default(),
    };
    let found = find_or_start(Kind::Redis, search(&server.url())).unwrap();
    assert_eq!((found.origin(), found.url()), (Origin::Given, server.url().as_str()));
    found.stop().unwrap();
    assert!(server.is_running(), "what we did not start is not ours to stop");

    let found = find_or_start(Kind::Redis, search("redis://127.0.0.1:1/")).unwrap();
    assert_eq!(found.origin(), Origin::Private);
    let url = found.url().to_owned();
    probe::redis(&url).unwrap();
    found.stop().unwrap();
    assert!(probe::redis(&url).is_err());
}

#[test]
fn a_server_of_another_kind_is_not_taken_for_the_right_one() {
    let dir = tempfile::tempdir().unwrap();
    let server = Redis::start(dir.path(), None).unwrap();
    let port = server.port();
    assert!(probe::postgres(&format!("postgres://postgres@127.0.0.1:{port}/")).is_err());
    assert!(probe::amqp(&format!("amqp://127.0.0.1:{port}/")).is_err());
}
