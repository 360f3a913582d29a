//! `cargo xtask check`: what must hold before a change lands, besides its tests.

mod advisories;
mod dependencies;
mod imports;
mod licences;
mod lock;
mod migrations;
mod sources;
mod versions;

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Something that must hold.
struct Step {
    name: &'static str,
    what: &'static str,
    /// Says a word of its own where "ok" would say too little.
    run: fn() -> Result<Option<String>>,
}

/// The quick ones first.
const STEPS: [Step; 11] = [
    Step {
        name: "format",
        what: "every file is formatted",
        run: format,
    },
    Step {
        name: "imports",
        what: "packages import what is below them",
        run: imports::check,
    },
    Step {
        name: "sources",
        what: "diesel, actix and lapin stay in their places",
        run: sources::check,
    },
    Step {
        name: "lock",
        what: "Cargo.lock fits the manifests",
        run: lock::check,
    },
    Step {
        name: "versions",
        what: "nothing is built in that min-versions.toml calls too old",
        run: versions::check,
    },
    Step {
        name: "advisories",
        what: "nothing is built in that a snapshot of RustSec's advisories warns of",
        run: advisories::check,
    },
    Step {
        name: "licences",
        what: "every package that is built in has a licence that is allowed",
        run: licences::check,
    },
    Step {
        name: "dependencies",
        what: "licences, sources and bans of dependencies",
        run: dependencies::check,
    },
    Step {
        name: "migrations",
        what: "migrations run up, down and up again",
        run: migrations::check,
    },
    Step {
        name: "lints",
        what: "clippy has no complaint",
        run: lints,
    },
    Step {
        name: "documentation",
        what: "rustdoc has no complaint",
        run: documentation,
    },
];

/// Cargo.lock.
pub fn lock_text() -> Result<String> {
    lock::read()
}

/// The names of all steps.
pub fn step_names() -> [&'static str; STEPS.len()] {
    STEPS.map(|step| step.name)
}

/// Runs the named steps, or all, up to the first that fails.
pub fn run(names: &[String]) -> Result<ExitCode> {
    let lock = lock::read()?;
    for step in STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name))
    {
        let start = Instant::now();
        println!("{}: {}", step.name, step.what);
        let result = (step.run)();
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(word) => println!("  {} ({seconds:.1} s)", word.as_deref().unwrap_or("ok")),
            Err(error) => {
                println!("  failed ({seconds:.1} s)");
                return Err(error.context(format!("the step {} failed", step.name)));
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
    // Tests on recorded data are not among all targets: they have to be named.
    for targets in [&["--all-targets"][..], &["--test", "real_data"]] {
        let mut command = workspace::cargo();
        command
            .args(["clippy", "--workspace", "--all-features", "--locked"])
            .args(targets);
        command.args(["--", "-D", "warnings"]);
        quiet(command, "clippy has complaints")?;
    }
    Ok(None)
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
    bail!("{} complaints\n  {}", complaints.len(), complaints.join("\n  "))
}
