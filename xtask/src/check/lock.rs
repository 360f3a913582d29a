//! The lock file says what is built, and nothing built it anew.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::quiet;
use crate::workspace;

/// Checks that the lock file fits the manifests and names no source besides the registry; in CI also that it is
/// the committed one.
pub fn check() -> Result<Option<String>> {
    let mut command = workspace::cargo();
    command.args(["metadata", "--locked", "--format-version", "1"]);
    quiet(
        command,
        "Cargo.lock does not fit the manifests: run `cargo update --workspace` and commit it",
    )?;
    let lock = read()?;
    if let Some(line) = lock.lines().find(|line| line.starts_with("source = \"git+")) {
        bail!("Cargo.lock has a dependency from git, which no registry keeps: {line}");
    }
    if std::env::var_os("CI").is_some() && !is_committed()? {
        bail!("the committed Cargo.lock does not fit the manifests: run `cargo update --workspace` and commit it");
    }
    Ok(None)
}

/// The lock file's text.
pub fn read() -> Result<String> {
    let path = workspace::root().join("Cargo.lock");
    fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

/// Fails when the lock file is another one than `before`.
pub fn require_unchanged(before: &str) -> Result<()> {
    if read()? != before {
        bail!("a step changed Cargo.lock");
    }
    Ok(())
}

/// Whether git has this very lock file. The build of this command may have repaired it without a word.
fn is_committed() -> Result<bool> {
    let mut command = Command::new("git");
    command
        .current_dir(workspace::root())
        .args(["diff", "--quiet", "HEAD", "--", "Cargo.lock"]);
    let status = command.status().context("running git diff")?;
    // Without a repository there is nothing to compare with.
    Ok(status.code() != Some(1))
}
