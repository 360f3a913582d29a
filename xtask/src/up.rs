//! `cargo xtask up` and `migrate`.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result};

use crate::distributed;
use crate::workspace::{self, Profile};

/// What `up` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Build without optimisation: quick to build, slow to run
    #[arg(long)]
    pub debug: bool,
    /// One process for each service, over real PostgreSQL, RabbitMQ and Redis
    #[arg(long)]
    pub distributed: bool,
    /// The port of the web API on 127.0.0.1; with another one than 8000 the services behind it take free ports
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// Where data is kept between runs [default: .candlewick in the workspace]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Where prices come from: auto, live, coinbase,kraken,…, simulator:SEED, replay:FILE, tail:FILE [default: auto]
    #[arg(long, env = "FEED")]
    pub feed: Option<String>,
}

impl Options {
    fn profile(&self) -> Profile {
        if self.debug { Profile::Debug } else { Profile::Release }
    }

    fn data_dir(&self) -> Result<PathBuf> {
        let given = self
            .data_dir
            .clone()
            .unwrap_or_else(|| workspace::root().join(".candlewick"));
        std::path::absolute(&given).with_context(|| format!("the data folder {}", given.display()))
    }
}

/// Runs Candlewick until it is stopped.
pub fn run(options: &Options) -> Result<ExitCode> {
    let data_dir = options.data_dir()?;
    let binary = workspace::build_candlewick(options.profile())?;
    if options.distributed {
        return distributed::run(options, &binary, &data_dir);
    }
    if env::var_os("DATABASE_URL").is_none_or(|url| url.is_empty()) {
        println!("looking for PostgreSQL (DATABASE_URL is not set)");
        let folder = local_servers::provide_postgres_binaries()?;
        println!("using the PostgreSQL of {} for a private database", folder.display());
    }
    let mut command = Command::new(&binary);
    command
        .arg("up")
        .arg("--data-dir")
        .arg(&data_dir)
        .arg("--port")
        .arg(options.port.to_string());
    if let Some(feed) = &options.feed {
        command.arg("--feed").arg(feed);
    }
    Err(become_program(command))
}

/// Runs `candlewick migrate`.
pub fn migrate(extra: &[OsString]) -> Result<ExitCode> {
    let mut command = Command::new(workspace::build_candlewick(Profile::Debug)?);
    command.arg("migrate").args(extra);
    Err(become_program(command))
}

/// Takes our place, so that signals, the exit code and the terminal are the program's own. Returns only on failure.
fn become_program(mut command: Command) -> Error {
    let error = command.exec();
    Error::new(error).context(format!("running {}", command.get_program().to_string_lossy()))
}
