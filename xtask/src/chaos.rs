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
    /// Breaks nothing, and watches whether memory and descriptors grow
    #[arg(long, conflicts_with = "seed")]
    calm: bool,
    /// Takes unoptimised binaries, which are built sooner; memory and speed then say little
    #[arg(long)]
    debug: bool,
}

/// Runs the tests under fire, or those in calm.
pub fn run(options: &Options) -> Result<ExitCode> {
    let metadata = Metadata::read()?;
    let profile = match options.debug {
        true => Profile::Debug,
        false => Profile::Release,
    };
    let binary = workspace::build_candlewick(profile)?;
    let start = SystemTime::now();
    let status = workspace::cargo()
        .args([
            "test",
            "--locked",
            "--workspace",
            "--test",
            if options.calm { "soak" } else { "chaos" },
            "--",
            "--nocapture",
        ])
        .env("CANDLEWICK_BIN", binary)
        .env("CHAOS_SECONDS", options.seconds.to_string())
        .env("SOAK_SECONDS", options.seconds.to_string())
        .env("CHAOS_SEED", options.seed.to_string())
        .stdin(Stdio::null())
        .status()
        .context("running cargo test")?;
    if !status.success() {
        bail!("the platform did not survive: see above");
    }
    let mut tables = results::Tables::new();
    results::read_own(&metadata.target.join("chaos-results"), start, &mut tables)?;
    if tables.is_empty() {
        bail!("the tests left no results in {}", metadata.target.display());
    }
    let file = workspace::root().join("docs/reliability.md");
    let seconds = options.seconds;
    let build = if options.debug { " --debug" } else { "" };
    let (section, command) = match options.calm {
        true => ("calm", format!("cargo xtask chaos --calm --seconds {seconds}{build}")),
        false => (
            "results",
            format!("cargo xtask chaos --seconds {seconds} --seed {}{build}", options.seed),
        ),
    };
    let results = results::render(&tables, &machine::describe(), &command);
    page::write(&file, "Reliability", section, &results)?;
    println!("wrote {}", file.display());
    Ok(ExitCode::SUCCESS)
}
