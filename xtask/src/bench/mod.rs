//! `cargo xtask bench`: runs the benchmarks and keeps their results in docs/benchmarks.md.

pub mod machine;
pub mod page;
pub mod results;

use std::process::{ExitCode, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use local_servers::PostgresOptions;

use crate::servers::{Rule, Servers};
use crate::workspace::{self, Metadata, Profile};

/// Runs the benchmarks of these names, or all.
pub fn run(names: &[String]) -> Result<ExitCode> {
    let metadata = Metadata::read()?;
    let benches = select(&metadata, names)?;
    let binary = workspace::build_candlewick(Profile::Release)?;
    println!("looking for PostgreSQL, RabbitMQ and Redis");
    let dir = tempfile::Builder::new()
        .prefix("candlewick-bench-")
        .tempdir()
        .context("making a temporary folder")?;
    let servers = Servers::provide(Rule::WhateverAnswers, dir.path(), &PostgresOptions::default())?;
    let start = SystemTime::now();
    for (package, bench) in &benches {
        println!("benchmark {bench} of {package}");
        let mut command = workspace::cargo();
        command
            // Of the whole workspace, so that no choice of packages has the libraries built once more.
            .args(["bench", "--locked", "--workspace", "--bench", bench])
            .stdin(Stdio::null());
        command.env("CANDLEWICK_BIN", &binary);
        servers.apply(&mut command);
        let status = command.status().context("running cargo bench")?;
        if !status.success() {
            bail!("the benchmark {bench} of {package} failed: see above");
        }
    }
    servers.stop()?;
    // A run of all replaces everything; a run of some replaces theirs and keeps the others' newest results.
    let since = if names.is_empty() {
        start
    } else {
        SystemTime::UNIX_EPOCH
    };
    write_page(&metadata, since, &command_line(names))
}

/// Writes the page from results that are not older than `since`.
pub fn write_page(metadata: &Metadata, since: SystemTime, command: &str) -> Result<ExitCode> {
    let tables = results::collect(&metadata.target, since)?;
    if tables.is_empty() {
        bail!("the benchmarks left no results in {}", metadata.target.display());
    }
    let file = workspace::root().join("docs/benchmarks.md");
    let results = results::render(&tables, &machine::describe(), command);
    page::write(&file, "Benchmarks", "results", &results)?;
    println!("wrote {}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn command_line(names: &[String]) -> String {
    let words = ["cargo xtask bench"]
        .into_iter()
        .chain(names.iter().map(String::as_str));
    words.collect::<Vec<_>>().join(" ")
}

/// The benchmarks to run, as package and benchmark.
fn select(metadata: &Metadata, names: &[String]) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for package in &metadata.packages {
        let benches = package.targets.iter().filter(|target| target.kind == "bench");
        all.extend(benches.map(|target| (package.name.clone(), target.name.clone())));
    }
    let is_known = |name: &String| all.iter().any(|(package, bench)| package == name || bench == name);
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        let known: Vec<&str> = all.iter().map(|(_, bench)| bench.as_str()).collect();
        bail!("there is no benchmark {unknown}; there are: {}", known.join(", "));
    }
    if all.is_empty() {
        bail!("no package has a benchmark");
    }
    all.retain(|(package, bench)| names.is_empty() || names.contains(package) || names.contains(bench));
    Ok(all)
}
