//! What `cargo-deny` finds without a database of advisories: licences, sources, bans.

use std::process::Stdio;

use anyhow::Result;

use super::quiet;
use crate::workspace;

/// Runs cargo-deny if it is there.
pub fn check() -> Result<Option<String>> {
    let mut version = workspace::cargo();
    version
        .args(["deny", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !version.status().is_ok_and(|status| status.success()) {
        return Ok(Some(
            "not checked: cargo-deny is not installed (`cargo install cargo-deny`)".into(),
        ));
    }
    let mut command = workspace::cargo();
    command.args(["deny", "--locked", "check", "bans", "licenses", "sources"]);
    quiet(command, "cargo-deny has complaints: see deny.toml")
}
