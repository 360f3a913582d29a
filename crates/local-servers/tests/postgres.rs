//! The life of a private PostgreSQL. These tests need its programs on this machine, or a way to obtain them.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use local_servers::{Error, Postgres, PostgresOptions, ScratchDatabase, probe};

/// Runs statements and gives the first column of the last one's rows.
fn query(url: &str, sql: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut values = Vec::new();
        for message in client.simple_query(sql).await.unwrap() {
            if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                values.push(row.get(0).unwrap_or_default().to_owned());
            }
        }
        drop(client);
        driver.await.unwrap().unwrap();
        values
    })
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited 30 s in vain for: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process of its own that owns a private server.
struct Owner {
    process: Child,
    url: String,
}

impl Owner {
    fn start(dir: &Path) -> Self {
        Self::start_with(dir, |command| command)
    }

    fn start_with(dir: &Path, adjust: impl Fn(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_private-server"));
        command
            .arg("postgres")
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = adjust(&mut command).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        Self {
            process,
            url: url.trim().to_owned(),
        }
    }

    fn end(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }

    fn kill_hard(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The live processes that work in a folder, as those of PostgreSQL do in their data.
fn processes_in(dir: &Path) -> Vec<String> {
    let dir = dir.canonicalize().unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let inside = entries.filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == dir));
    inside
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn postmaster(cluster: &Path) -> u32 {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

#[test]
fn data_outlives_stop_kill_and_restart() {
    let dir = tempfile::tempdir().unwrap();
    let options = PostgresOptions {
        databases: vec!["shop".into(), "it's \"odd\"".into()],
        ..Default::default()
    };
    let mut server = Postgres::start_with(dir.path(), options.clone()).unwrap();
    let url = server.url("shop");
    query(&url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('first')");
    let encoding = query(&url, "SHOW server_encoding");
    assert_eq!(encoding, ["UTF8"]);

    server.stop().unwrap();
    assert!(!server.is_running() && probe::postgres(&url).is_err());
    server.restart().unwrap();
    query(&url, "INSERT INTO kept VALUES ('second')");

    server.kill().unwrap();
    assert!(probe::postgres(&url).is_err());
    server.restart().unwrap();
    assert_eq!(query(&url, "SELECT word FROM kept ORDER BY word"), ["first", "second"]);
    drop(server);

    let server = Postgres::start_with(dir.path(), options).unwrap();
    assert_eq!(query(&server.url("shop"), "SELECT count(*) FROM kept"), ["2"]);
}

#[test]
fn only_the_password_lets_in_and_only_its_owner_can_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Postgres::start(dir.path(), None).unwrap();
    assert_eq!(dir.path().join("password").metadata().unwrap().mode() & 0o777, 0o600);
    let wrong = format!("postgres://postgres:wrong@127.0.0.1:{}/postgres", server.port());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let refused = runtime.block_on(tokio_postgres::connect(&wrong, tokio_postgres::NoTls));
    assert!(refused.is_err());
}

#[test]
#[cfg(target_os = "linux")]
fn an_owner_killed_with_kill_9_leaves_no_orphan_and_the_next_start_has_its_data() {
    let dir = tempfile::tempdir().unwrap();
    for round in 1..=2 {
        let owner = Owner::start(dir.path());
        query(
            &owner.url,
            "CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)",
        );
        let cluster = dir.path().join("cluster");
        assert!(!processes_in(&cluster).is_empty());
        owner.kill_hard();
        if round == 1 {
            wait_until("no process of PostgreSQL is left", || processes_in(&cluster).is_empty());
        }
        // In the second round the next start meets a server that is still shutting down.
    }
    let server = Postgres::start(dir.path(), None).unwrap();
    assert_eq!(query(&server.url("postgres"), "SELECT count(*) FROM kept"), ["2"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_left_behind_is_stopped_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = dir.path().join("cluster");
    let mut server = Postgres::start(dir.path(), None).unwrap();
    let port = server.port();
    let program: PathBuf = fs::read_link(format!("/proc/{}/exe", server.pid().unwrap())).unwrap();
    let url = server.url("postgres");
    server.stop().unwrap();
    drop(server);

    let owner = cluster.metadata().unwrap();
    let mut command = Command::new(program);
    command
        .arg("-D")
        .arg(&cluster)
        .args(["-p", &port.to_string(), "-c", "unix_socket_directories="]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if owner.uid() != 0 && fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let mut orphan = command.spawn().unwrap();
    wait_until("the orphan answers", || probe::postgres(&url).is_ok());
    let reaper = std::thread::spawn(move || orphan.wait().unwrap());

    let server = Postgres::start(dir.path(), Some(port)).unwrap();
    assert!(reaper.join().unwrap().success(), "it was stopped in good order");
    assert_eq!(server.pid(), Some(postmaster(&cluster)));
}

#[test]
#[cfg(target_os = "linux")]
fn a_pid_file_that_names_a_stranger_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = dir.path().join("cluster");
    drop(Postgres::start(dir.path(), None).unwrap());
    let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
    let text = format!(
        "{}\n{}\n1700000000\n5432\n\n127.0.0.1\n  0 0\nready\n",
        stranger.id(),
        cluster.display()
    );
    fs::write(cluster.join("postmaster.pid"), text).unwrap();
    let server = Postgres::start(dir.path(), None).unwrap();
    assert!(server.is_running());
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger lives");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn a_port_in_use_is_one_clear_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let error = Postgres::start(dir.path(), Some(port)).unwrap_err();
    let expected =
        format!("port {port} on 127.0.0.1 is in use by another program: stop that program or choose another port");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_folder_serves_one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = Postgres::start(dir.path(), None).unwrap();
    let refused = Postgres::start(dir.path(), None).unwrap_err();
    assert!(matches!(refused, Error::FolderInUse { .. }), "{refused}");
    assert!(first.is_running());
}

#[test]
fn a_folder_that_the_servers_user_cannot_enter_is_no_obstacle() {
    let closed = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).unwrap();
    let dir = closed.path().join("database");
    // The target folder may lie among temporary files, whose folders may be opened; here nothing counts as temporary.
    let start = || Owner::start_with(&dir, |command| command.env("TMPDIR", "/nonexistent"));
    let owner = start();
    query(&owner.url, "CREATE TABLE kept ()");
    owner.end();
    let owner = start();
    query(&owner.url, "TABLE kept");
    owner.end();
    if let Ok(elsewhere) = fs::read_to_string(dir.join("cluster-location")) {
        fs::remove_dir_all(elsewhere).unwrap();
    }
    assert_eq!(
        closed.path().metadata().unwrap().mode() & 0o777,
        0o700,
        "a folder above was not touched"
    );
}

#[test]
fn an_interrupted_first_start_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("cluster.new/base")).unwrap();
    let server = Postgres::start(dir.path(), None).unwrap();
    assert!(server.is_running());
}

#[test]
fn a_scratch_database_runs_scripts_and_names_their_errors() {
    let dir = tempfile::tempdir().unwrap();
    let scratch = ScratchDatabase::create(dir.path()).unwrap();
    let script = "CREATE SCHEMA s;\n\nCREATE TABLE s.t (a text); -- a comment\n\nINSERT INTO s.t VALUES ('x'), ('y');";
    scratch.run(script).unwrap();
    assert_eq!(scratch.run("SELECT a FROM s.t ORDER BY a").unwrap(), ["x", "y"]);
    let error = scratch
        .run("INSERT INTO s.t VALUES ('z');\n\nSELECT nonsense")
        .unwrap_err();
    assert!(
        error.to_string().contains("column \"nonsense\" does not exist"),
        "{error}"
    );
    assert_eq!(
        scratch.run("SELECT count(*) FROM s.t").unwrap(),
        ["2"],
        "a script is one transaction"
    );
}
