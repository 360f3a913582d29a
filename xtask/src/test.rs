//! `cargo xtask test` and `e2e`.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use local_servers::process::{Child, Signal};
use local_servers::{PostgresOptions, require_programs};

use crate::lines;
use crate::servers::{Rule, Servers};
use crate::signals;
use crate::standalone::{Place, RecordedMarket, Standalone, make_administrator};
use crate::tests_output::Tally;
use crate::web::Web;
use crate::workspace::{self, Profile};

/// The administrator of the browser tests; the standalone that knows it is gone when they end.
const ADMIN_EMAIL: &str = "ada@example.com";
const ADMIN_PASSWORD: &str = "a long one for the tests";

/// What a test on recorded market data is called, in each package that has one.
const REAL_DATA: &str = "real_data";

/// What `test` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Run the tests on recorded market data instead, which lies in this folder
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Run the tests of the web app alone
    #[arg(long, conflicts_with = "data")]
    web: bool,
    /// What follows `--` goes to `cargo test`
    #[arg(last = true, value_name = "CARGO TEST ARGUMENTS")]
    extra: Vec<OsString>,
}

/// Runs the tests.
pub fn run(options: &Options) -> Result<ExitCode> {
    match &options.data {
        Some(data) => {
            let folder = data
                .canonicalize()
                .with_context(|| format!("the data folder {}", data.display()))?;
            let mut command = cargo_test();
            command.args(["--workspace", "--test", REAL_DATA]);
            command.env("CANDLEWICK_TEST_DATA", folder);
            let build = || workspace::build_with_tests(&["--test", REAL_DATA]);
            Ok(run_tests(command, &options.extra, build)?.1)
        }
        None if options.web => test_web(&workspace::build_candlewick(Profile::Debug)?),
        // Whoever chooses among the tests of the Rust packages wants no others.
        None if !options.extra.is_empty() => {
            let build = || workspace::build_candlewick(Profile::Debug);
            Ok(run_tests(all_tests(&options.extra), &options.extra, build)?.1)
        }
        None => {
            let build = || workspace::build_with_tests(&["--tests"]);
            let (binary, _) = run_tests(all_tests(&[]), &[], build)?;
            test_web(&binary)
        }
    }
}

/// Runs the web app's tests: style, types and units, then, in a browser, against a standalone on a simulated
/// market, and the story of a new user once more on a replayed one.
fn test_web(binary: &Path) -> Result<ExitCode> {
    let start = Instant::now();
    let web = Web::find()?;
    require_programs(&[("chromium", "chromium")])?;
    web.script("lint", &[])?;
    web.script("typecheck", &[])?;
    web.script("test", &[])?;
    web.build()?;
    let dir = tempfile::Builder::new()
        .prefix("candlewick-web-")
        .tempdir()
        .context("making a temporary folder")?;
    local_servers::provide_postgres_binaries()?;
    test_browser(
        &web,
        binary,
        &dir.path().join("simulated"),
        "test:browser",
        Standalone::simulated,
    )?;
    let recorded = RecordedMarket::make(&web, dir.path())?;
    test_browser(&web, binary, &dir.path().join("replayed"), "test:replay", |place| {
        recorded.play(place)
    })?;
    println!("the web app's tests took {} s", start.elapsed().as_secs());
    Ok(ExitCode::SUCCESS)
}

/// Runs one of the web app's scripts of tests in a browser, against a standalone that it starts.
fn test_browser(
    web: &Web,
    binary: &Path,
    data: &Path,
    script: &str,
    start: impl FnOnce(&Place<'_>) -> Result<Standalone>,
) -> Result<()> {
    let port = local_servers::free_port()?.to_string();
    let place = Place {
        binary,
        data,
        public_url: &format!("http://127.0.0.1:{port}"),
    };
    let standalone = start(&place)?;
    make_administrator(&place, ADMIN_EMAIL, ADMIN_PASSWORD)?;
    let variables = [
        ("GATEWAY_URL", standalone.gateway.as_str()),
        ("INBOX_URL", &standalone.inbox),
        ("WEB_PORT", &port),
        ("ADMIN_EMAIL", ADMIN_EMAIL),
        ("ADMIN_PASSWORD", ADMIN_PASSWORD),
    ];
    web.script(script, &variables)
}

/// Runs the test that holds the API's document against the running platform, with these options for Schemathesis.
pub fn run_schemathesis(options: &[String]) -> Result<ExitCode> {
    let mut command = cargo_test();
    command.args([
        "--workspace",
        "--features",
        "operations/schemathesis",
        "--test",
        "schemathesis",
    ]);
    if !options.is_empty() {
        command.env("SCHEMATHESIS_ARGUMENTS", options.join(" "));
    }
    let tests = ["--features", "operations/schemathesis", "--test", "schemathesis"];
    Ok(run_tests(command, &[], || workspace::build_with_tests(&tests))?.1)
}

/// Runs the user stories.
pub fn run_e2e(extra: &[OsString]) -> Result<ExitCode> {
    let mut command = cargo_test();
    command.args(["--package", "e2e"]);
    let build = || workspace::build_candlewick(Profile::Debug);
    Ok(run_tests(command, extra, build)?.1)
}

fn cargo_test() -> Command {
    let mut command = workspace::cargo();
    command.args(["test", "--locked", "--no-fail-fast"]);
    command
}

fn all_tests(extra: &[OsString]) -> Command {
    let mut command = cargo_test();
    let is_selection = |argument: &OsString| {
        let text = argument.to_string_lossy();
        text.starts_with("-p") || text.starts_with("--package")
    };
    if !extra.iter().take_while(|argument| *argument != "--").any(is_selection) {
        command.arg("--workspace");
    }
    command
}

/// Runs tests over servers, which are found or started while everything is built; where the program is, and the verdict.
fn run_tests(
    mut command: Command,
    extra: &[OsString],
    build: impl FnOnce() -> Result<PathBuf>,
) -> Result<(PathBuf, ExitCode)> {
    let start = Instant::now();
    println!("looking for PostgreSQL, RabbitMQ and Redis");
    let dir = tempfile::Builder::new()
        .prefix("candlewick-test-")
        .tempdir()
        .context("making a temporary folder")?;
    // What tests write need not survive a power failure.
    let settings = [("fsync", "off"), ("full_page_writes", "off")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let postgres = PostgresOptions {
        settings,
        ..PostgresOptions::default()
    };
    let (binary, servers) = std::thread::scope(|scope| {
        let servers = scope.spawn(|| Servers::provide(Rule::WhateverAnswers, dir.path(), &postgres));
        (build(), servers.join())
    });
    let binary = binary?;
    let servers = servers.map_err(|_| anyhow!("looking for servers stopped unexpectedly"))??;
    println!("everything is there after {} s", start.elapsed().as_secs());
    servers.apply(&mut command);
    command.env("CANDLEWICK_BIN", &binary).args(extra);
    signals::watch();
    let (status, tally) = run_and_read(command)?;
    if let Some(name) = servers.ended() {
        eprintln!("warning: the private {name} ended while the tests ran");
    }
    servers.stop()?;
    println!("\ntests took {} s\n{}", start.elapsed().as_secs(), tally.summary());
    Ok((binary, verdict(status, &tally)?))
}

/// Runs cargo, passing its output on and reading along.
fn run_and_read(mut command: Command) -> Result<(ExitStatus, Tally)> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = Child::spawn(command, Signal::Terminate).context("running cargo test")?;
    let output = child.take_stdout().context("cargo test has no output")?;
    let reader = std::thread::spawn(move || {
        let mut tally = Tally::default();
        lines::for_each(output, |line| {
            lines::print(line);
            tally.read(line);
        });
        tally
    });
    let status = loop {
        if let Some(status) = child.wait(Duration::from_millis(100)) {
            break status;
        }
        if signals::received().is_some() {
            child.signal_group(Signal::Interrupt);
            if child.wait(Duration::from_secs(10)).is_none() {
                child.signal_group(Signal::Kill);
            }
        }
    };
    let tally = reader.join().unwrap_or_default();
    Ok((status, tally))
}

fn verdict(status: ExitStatus, tally: &Tally) -> Result<ExitCode> {
    if signals::received().is_some() {
        bail!("the tests were interrupted");
    }
    if !status.success() || tally.failed > 0 {
        bail!("not all tests passed: see above");
    }
    if tally.passed == 0 {
        bail!("no test ran");
    }
    Ok(ExitCode::SUCCESS)
}
