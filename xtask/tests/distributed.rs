//! `cargo xtask up --distributed` with a stand-in for the binary `candlewick`: this very test program, as a script calls it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and may print"
)]

use std::env;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The arguments of the stand-in; absent in a real run of these tests.
const ARGUMENTS: &str = "STAND_IN_ARGUMENTS";
/// The service whose stand-in ends by itself once it is asked for its health.
const DIES: &str = "STAND_IN_DIES";

/// Not a test of anything when the variable is absent: then there is no stand-in to be.
#[test]
fn stand_in() {
    let Ok(arguments) = env::var(ARGUMENTS) else { return };
    let Some(service) = arguments.strip_prefix("serve ") else {
        return;
    };
    let name = match service {
        "inbox" => "INBOX__HTTP_PORT".to_owned(),
        _ => format!("{}__HTTP__PORT", service.to_uppercase().replace('-', "_")),
    };
    let port = env::var(name).unwrap();
    for secret in ["INTERNAL_SECRET", "DATA_SECRET"] {
        assert_eq!(env::var(secret).unwrap().len(), 64);
    }
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 1024]);
        if env::var(DIES).is_ok_and(|dies| dies == service) {
            std::process::exit(3);
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    }
}

fn up(dir: &Path, dies: &str) -> Child {
    let script = dir.join("candlewick");
    let this = env::current_exe().unwrap();
    let text = format!(
        "#!/bin/sh\n{ARGUMENTS}=\"$*\" exec '{}' --exact stand_in --nocapture\n",
        this.display()
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    let port = local_servers::free_port().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args([
            "up",
            "--distributed",
            "--no-web",
            "--port",
            &port.to_string(),
            "--data-dir",
        ])
        .arg(dir.join("data"));
    command
        .env("CANDLEWICK_BIN", script)
        .env(DIES, dies)
        .env_remove("MAIL_URL");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn wait(process: &mut Child) -> std::process::ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "it did not end within 60 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The live processes whose command line or environment names this folder, except this test and `cargo xtask up`.
#[cfg(target_os = "linux")]
fn left_over(dir: &Path) -> Vec<String> {
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

#[test]
#[cfg(target_os = "linux")]
fn it_says_ready_once_and_a_signal_stops_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut process = up(dir.path(), "nobody");
    let mut lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let ready = lines.find(|line| line.starts_with("ready http://127.0.0.1:"));
    assert!(ready.is_some(), "it ended before it was ready");
    // SAFETY: plain system call on our own child, which is not reaped yet.
    unsafe { libc::kill(libc::pid_t::try_from(process.id()).unwrap(), libc::SIGTERM) };
    assert!(wait(&mut process).success());
    assert_eq!(lines.filter(|line| line.starts_with("ready ")).count(), 0);
    assert_eq!(left_over(dir.path()), Vec::<String>::new());
    let secret = dir.path().join("data/distributed/data-secret").metadata().unwrap();
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
}

#[test]
#[cfg(target_os = "linux")]
fn a_service_that_dies_stops_everything_and_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut process = up(dir.path(), "portfolio");
    let mut output = BufReader::new(process.stdout.take().unwrap());
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    let mut complaint = String::new();
    process.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(wait(&mut process).code(), Some(1));
    let expected = "error: portfolio ended with exit code 3: everything else was stopped as well";
    assert!(complaint.lines().any(|line| line == expected), "{complaint}");
    assert_eq!(left_over(dir.path()), Vec::<String>::new());
}
