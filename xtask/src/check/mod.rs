//! `cargo xtask check`: what must hold before a change lands, besides its tests.

mod dependencies;
mod imports;
mod lock;
mod migrations;
mod sources;

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A step: its name, and what it does. It says a word of its own where "ok" would say too little.
type Step = (&'static str, fn() -> Result<Option<String>>);

/// The quick ones first.
const STEPS: [Step; 8] = [
    ("format", format),
    ("imports point one way", imports::check),
    ("libraries stay in their layers", sources::check),
    ("lock file", lock::check),
    ("licences, sources and bans of dependencies", dependencies::check),
    ("migrations up, down and up", migrations::check),
    ("lints", lints),
    ("documentation", documentation),
];

/// Runs all steps, up to the first that fails.
pub fn run() -> Result<ExitCode> {
    let lock = lock::read()?;
    for (name, step) in STEPS {
        let start = Instant::now();
        println!("{name} …");
        match step() {
            Ok(word) => {
                println!(
                    "  {} ({:.1} s)",
                    word.as_deref().unwrap_or("ok"),
                    start.elapsed().as_secs_f64()
                );
            }
            Err(error) => {
                println!("  failed ({:.1} s)", start.elapsed().as_secs_f64());
                return Err(error.context(format!("the step \"{name}\" failed")));
            }
        }
    }
    lock::require_unchanged(&lock)?;
    println!("everything holds");
    Ok(ExitCode::SUCCESS)
}

fn format() -> Result<Option<String>> {
    let mut command = workspace::cargo();
    command.args(["fmt", "--all", "--check"]);
    quiet(command, "run `cargo fmt --all`")
}

fn lints() -> Result<Option<String>> {
    let mut command = workspace::cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]);
    quiet(command, "clippy has complaints")
}

fn documentation() -> Result<Option<String>> {
    let mut command = workspace::cargo();
    command
        .args(["doc", "--workspace", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings");
    quiet(command, "rustdoc has complaints")
}

/// Runs a program and shows its output only if it fails.
fn quiet(mut command: Command, hint: &str) -> Result<Option<String>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {program}"))?;
    if output.status.success() {
        return Ok(None);
    }
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    bail!("{hint}")
}

/// Fails with one line for each complaint.
fn require_none(complaints: &[String]) -> Result<Option<String>> {
    if complaints.is_empty() {
        return Ok(None);
    }
    bail!("{}", complaints.join("\n"))
}
