//! What is built in: the packages of Cargo.lock and of the web app's package-lock.json, with their licences.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use semver::Version;
use serde_json::Value;
use toml::Table;

use crate::workspace::{self, root};

const NPM_LOCK: &str = "web/package-lock.json";

/// A package of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: Version,
    /// As its author wrote it.
    pub licence: Option<String>,
    /// As the lock file has it: algorithm and hexadecimal digest.
    pub digest: Option<(&'static str, String)>,
}

impl Package {
    /// Without licence and digest.
    pub fn new(name: &str, version: Version) -> Self {
        Self {
            name: name.to_owned(),
            version,
            licence: None,
            digest: None,
        }
    }
}

/// The packages of a Cargo.lock, besides our own.
pub fn of_cargo_lock(text: &str) -> Result<Vec<Package>> {
    let lock: Table = text.parse().context("Cargo.lock is no TOML")?;
    let entries = lock.get("package").and_then(|entries| entries.as_array());
    let mut packages = Vec::new();
    for entry in entries.into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(|value| value.as_str());
        // What has no source is ours.
        let (Some(name), Some(version), Some(_)) = (text("name"), text("version"), text("source")) else {
            continue;
        };
        let mut package = Package::new(name, Version::parse(version).with_context(|| name.to_owned())?);
        package.digest = text("checksum").map(|sum| ("SHA-256", sum.to_owned()));
        packages.push(package);
    }
    if packages.is_empty() {
        bail!("Cargo.lock names no package");
    }
    Ok(packages)
}

/// As [`of_cargo_lock`], with the licences that the packages name themselves.
pub fn of_cargo(lock: &str) -> Result<Vec<Package>> {
    let mut command = workspace::cargo();
    command.args(["metadata", "--locked", "--format-version", "1"]);
    let output = command.output().context("running cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
    let mut licences = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let key = (package["name"].as_str(), package["version"].as_str());
        licences.insert(key, package["license"].as_str());
    }
    let mut packages = of_cargo_lock(lock)?;
    for package in &mut packages {
        let version = package.version.to_string();
        let found = licences.get(&(Some(package.name.as_str()), Some(version.as_str())));
        package.licence = found.copied().flatten().map(str::to_owned);
    }
    Ok(packages)
}

/// The lock of the web app.
pub fn npm_lock() -> Result<Option<Value>> {
    let path = root().join(NPM_LOCK);
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("reading {NPM_LOCK}"))?;
    serde_json::from_str(&text)
        .map(Some)
        .with_context(|| format!("reading {NPM_LOCK}"))
}

/// The packages of npm's lock.
pub fn of_npm_lock(lock: &Value) -> Result<Vec<Package>> {
    let mut packages: Vec<Package> = Vec::new();
    for (path, entry) in lock["packages"].as_object().into_iter().flatten() {
        // The first entry, without a path, is the web app itself.
        let Some((_, name)) = path.rsplit_once("node_modules/") else {
            continue;
        };
        let version = entry["version"]
            .as_str()
            .with_context(|| format!("{path} has no version"))?;
        let mut package = Package::new(name, Version::parse(version).with_context(|| path.clone())?);
        package.licence = entry["license"].as_str().map(str::to_owned);
        package.digest = entry["integrity"].as_str().and_then(sha512);
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    Ok(packages)
}

/// The digest of `sha512-<base64>`.
fn sha512(integrity: &str) -> Option<(&'static str, String)> {
    let digest = STANDARD.decode(integrity.strip_prefix("sha512-")?).ok()?;
    (digest.len() == 64).then(|| ("SHA-512", hex::encode(digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_packages_are_left_out() {
        let lock = "[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"theirs\"\nversion = \"1.2.3\"\n\
                    source = \"registry+x\"\nchecksum = \"ab\"\n";
        let packages = of_cargo_lock(lock).unwrap();
        assert_eq!(packages.len(), 1);
        assert_eq!(
            (packages[0].name.as_str(), &packages[0].digest),
            ("theirs", &Some(("SHA-256", "ab".to_owned())))
        );
    }

    #[test]
    fn a_package_inside_another_is_known_by_its_own_name() {
        let lock: Value = serde_json::from_str(
            r#"{"packages": {"": {"version": "1.0.0"},
                "node_modules/a/node_modules/@scope/b": {"version": "2.0.0", "license": "MIT"}}}"#,
        )
        .unwrap();
        let packages = of_npm_lock(&lock).unwrap();
        assert_eq!(
            (packages[0].name.as_str(), packages[0].licence.as_deref()),
            ("@scope/b", Some("MIT"))
        );
    }

    #[test]
    fn npm_s_digest_is_told_in_hexadecimal() {
        let integrity = format!("sha512-{}==", "A".repeat(86));
        assert_eq!(sha512(&integrity), Some(("SHA-512", "0".repeat(128))));
        assert_eq!(sha512("sha1-AAAA"), None);
    }
}
