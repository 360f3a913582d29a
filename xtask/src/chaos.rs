//! `cargo xtask chaos`: breaks the platform for as long as one likes, and keeps what came of it in docs/reliability.md.

use std::process::{ExitCode, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::bench::{machine, page, results};
use crate::workspace::{self, Metadata, Profile};

/// What `chaos` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// For how long things are broken
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(10..))]
    seconds: u64,
    /// Which run: the same seed breaks the same things in the same order
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the tests under fire with release binaries.
pub fn run(options: &Options) -> Result<ExitCode> {
    let metadata = Metadata::read()?;
    let binary = workspace::build_candlewick(Profile::Release)?;
    let start = SystemTime::now();
    let status = workspace::cargo()
        .args([
            "test",
            "--locked",
            "--workspace",
            "--test",
            "chaos",
            "--",
            "--nocapture",
        ])
        .env("CANDLEWICK_BIN", binary)
        .env("CHAOS_SECONDS", options.seconds.to_string())
        .env("CHAOS_SEED", options.seed.to_string())
        .stdin(Stdio::null())
        .status()
        .context("running cargo test")?;
    if !status.success() {
        bail!("the platform did not survive seed {}: see above", options.seed);
    }
    let mut tables = results::Tables::new();
    results::read_own(&metadata.target.join("chaos-results"), start, &mut tables)?;
    if tables.is_empty() {
        bail!("the tests left no results in {}", metadata.target.display());
    }
    let file = workspace::root().join("docs/reliability.md");
    let command = format!(
        "cargo xtask chaos --seconds {} --seed {}",
        options.seconds, options.seed
    );
    let results = results::render(&tables, &machine::describe(), &command);
    page::write(&file, "Reliability", &results)?;
    println!("wrote {}", file.display());
    Ok(ExitCode::SUCCESS)
}
