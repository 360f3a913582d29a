//! The developer commands: `cargo xtask --help` lists them.
//!
//! They build, start, test and check the workspace, and obtain the servers that this needs. What Candlewick itself does
//! is not here but in the binary `candlewick`.

#![allow(clippy::print_stdout, reason = "a command's output is what its user reads")]

mod bench;
mod chaos;
mod check;
mod distributed;
mod dotenv;
mod health;
mod lines;
mod packages;
mod processes;
mod progress;
mod sbom;
mod servers;
mod signals;
mod standalone;
mod test;
mod tests_output;
mod up;
mod web;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Result;
use clap::{Parser, Subcommand};
use workspace::Metadata;

/// Builds, runs, tests and checks Candlewick.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build Candlewick and run it until Ctrl-C, with everything that it needs
    ///
    /// Standalone by default: all services in one process, with a private PostgreSQL in the data folder (or that of
    /// DATABASE_URL). With --distributed: one process for each service, over private PostgreSQL, RabbitMQ and Redis
    /// servers (or those of DATABASE_URL, AMQP_URL and REDIS_URL). Says `ready http://…` when it is.
    Up(up::Options),
    /// Run every test, with the servers that they need
    ///
    /// Uses the PostgreSQL, RabbitMQ and Redis that answer at DATABASE_URL, AMQP_URL and REDIS_URL or at the usual local
    /// ports; otherwise starts private ones, installing them first where that is possible. Fails if one test fails.
    Test(test::Options),
    /// Run the user stories across services (tests/e2e), as `test` does
    E2e {
        /// What follows `--` goes to `cargo test`
        #[arg(last = true, value_name = "CARGO TEST ARGUMENTS")]
        extra: Vec<OsString>,
    },
    /// Check format, lints, documentation, imports, dependencies and migrations
    Check {
        /// Steps to run; all if none is given
        #[arg(value_parser = check::step_names())]
        steps: Vec<String>,
    },
    /// Run the benchmarks and write their table into docs/benchmarks.md
    Bench {
        /// Names of benchmarks or of packages; all benchmarks if none is given
        names: Vec<String>,
        /// Run none: write the page from the newest results that are there
        #[arg(long, conflicts_with = "names")]
        page: bool,
    },
    /// Break the platform at random while it works, check that nothing is lost, and write the result into docs/reliability.md
    ///
    /// Kills and freezes services, and kills the database, the broker and the cache, all of them private and started for
    /// this. The tests do the same for a short time.
    Chaos(chaos::Options),
    /// Hold what the platform answers against its own OpenAPI document, as nobody, a user and an administrator
    ///
    /// Starts a platform of its own and asks it with Schemathesis, which comes from PyPI: requests that fit the document and
    /// requests that do not. Without arguments it takes a minute or two.
    Schemathesis {
        /// Options of `schemathesis run`, such as `--phases all --max-examples 200`
        #[arg(last = true, value_name = "SCHEMATHESIS ARGUMENTS")]
        extra: Vec<String>,
    },
    /// Bring the database of DATABASE_URL up to date: passes everything to `candlewick migrate`
    Migrate {
        /// Arguments of `candlewick migrate`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
        extra: Vec<OsString>,
    },
    /// Write what is built in, as CycloneDX documents: every package of Cargo.lock and of the web app, with its licence
    Sbom {
        /// The folder to write to
        #[arg(long, default_value = "target/sbom", value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Write .env from .env.example with new secrets; what .env has already stays as it is
    Env {
        /// The file to write
        #[arg(long, default_value = ".env", value_name = "FILE")]
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    progress::show();
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up(options) => up::run(&options),
        Command::Test(options) => test::run(&options),
        Command::E2e { extra } => test::run_e2e(&extra),
        Command::Check { steps } => check::run(&steps),
        Command::Bench { page: true, .. } => {
            bench::write_page(&Metadata::read()?, SystemTime::UNIX_EPOCH, "cargo xtask bench")
        }
        Command::Bench { names, .. } => bench::run(&names),
        Command::Chaos(options) => chaos::run(&options),
        Command::Schemathesis { extra } => test::run_schemathesis(&extra),
        Command::Migrate { extra } => up::migrate(&extra),
        Command::Sbom { folder } => sbom::run(&folder),
        Command::Env { file } => dotenv::run(&file),
    }
}
