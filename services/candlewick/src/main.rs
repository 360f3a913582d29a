//! The one program: it runs one, some or all services, and the commands of those who run the platform.

#![allow(
    clippy::print_stdout,
    reason = "standard output is where an operator reads what a command has to say"
)]

mod admin;
mod broker_users;
mod commands;
mod data_dir;
mod feed;
mod health;
mod installation;
mod memory;
mod platform;
mod record;
mod serve;
mod services;
mod up;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Crypto markets live, alerts that never miss, paper trading whose books always balance.
#[derive(Parser)]
#[command(name = "candlewick", version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: up::Options,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything in this process, with a private database; this is what happens without a command
    Up(up::Options),
    /// Runs the services that are named, over the servers that the environment names
    Serve(serve::Options),
    /// Makes administrators
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Brings the database at DATABASE_URL up to date
    ///
    /// Where AUTH_DATABASE_PASSWORD, MARKET_DATA_DATABASE_PASSWORD and so on are set, it gives each service a user of its own
    /// in the database too, which reaches that service's schema alone. Where GATEWAY_BROKER_PASSWORD, AUTH_BROKER_PASSWORD and
    /// so on are set, each gets one on the broker of AMQP_URL, by the management API at BROKER_MANAGEMENT_URL.
    Migrate(commands::MigrateOptions),
    /// Looks at the books
    Ledger {
        #[command(subcommand)]
        command: commands::LedgerCommand,
    },
    /// Prints the OpenAPI document of the whole API
    Openapi,
    /// Records prices
    Feed {
        #[command(subcommand)]
        command: record::Command,
    },
    /// Looks after the keys that sign access tokens
    Keys {
        #[command(subcommand)]
        command: commands::KeysCommand,
    },
    /// Asks a running service whether it is well: exit code 0 if so, for health checks of containers
    Health(health::Options),
}

/// Where the data of a standalone installation lies, for commands that work on one.
#[derive(clap::Args, Clone)]
struct DataDir {
    /// The folder of the standalone installation
    #[arg(long, default_value = ".candlewick", value_name = "FOLDER")]
    data_dir: PathBuf,
}

fn main() -> ExitCode {
    memory::share();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("the program can't start its threads")),
    };
    // Chosen once for the whole program: two libraries bring one each.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return failed(&anyhow::anyhow!("the TLS library is already set up"));
    }
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = run(arguments) => outcome,
            never = memory::give_back() => match never {},
        }
    });
    // What still blocks a thread (a password hash, a file) does not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// At least four, so that a moment of hard work on two of them does not hold up everything else.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(4, usize::from).max(4)
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        None => up::run(arguments.up).await,
        Some(Command::Up(options)) => up::run(options).await,
        Some(Command::Serve(options)) => serve::run(options).await,
        Some(Command::Admin { command }) => admin::run(command).await,
        Some(Command::Migrate(options)) => commands::migrate(options).await,
        Some(Command::Ledger { command }) => commands::ledger(command).await,
        Some(Command::Openapi) => commands::openapi(),
        Some(Command::Feed { command }) => record::run(command).await,
        Some(Command::Keys { command }) => commands::keys(command).await,
        Some(Command::Health(options)) => health::run(&options).await,
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("candlewick: {}", sentence(error));
    ExitCode::FAILURE
}

/// One sentence; what lies beneath it follows after colons, unless it was said already.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow!("no route")
            .context("the database: no route")
            .context("ledger verify");
        assert_eq!(sentence(&error), "ledger verify: the database: no route");
        let plain: Result<(), _> = Err(anyhow!("one")).context("two");
        assert_eq!(sentence(&plain.expect_err("an error")), "two: one");
    }
}
