//! Nothing older is built in than `min-versions.toml` allows, and nothing that no registry keeps.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use semver::Version;
use serde_json::Value;
use toml::Table;

use super::{lock, require_none};
use crate::packages::{self, Package};
use crate::workspace::root;

/// The oldest versions by package, one for each line of versions.
type Minima = BTreeMap<String, Vec<Version>>;

/// Compares both lock files with the list.
pub fn check() -> Result<Option<String>> {
    let list = fs::read_to_string(root().join("min-versions.toml")).context("reading min-versions.toml")?;
    let list: Table = list.parse().context("reading min-versions.toml")?;
    let cargo = packages::of_cargo_lock(&lock::read()?)?;
    let mut complaints = too_old(&minima(&list, "cargo")?, &cargo);
    if let Some(lock) = packages::npm_lock()? {
        complaints.extend(too_old(&minima(&list, "npm")?, &packages::of_npm_lock(&lock)?));
        complaints.extend(from_elsewhere(&lock));
    }
    require_none(&complaints)
}

fn minima(list: &Table, registry: &str) -> Result<Minima> {
    let section = list.get(registry).and_then(|section| section.as_table());
    let section = section.with_context(|| format!("min-versions.toml has no section {registry}"))?;
    let mut minima = Minima::new();
    for (name, versions) in section {
        let versions = versions
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|version| version.as_str());
        let parsed: Result<Vec<Version>, _> = versions.map(Version::parse).collect();
        let parsed = parsed.with_context(|| format!("the versions of {name} in min-versions.toml"))?;
        minima.insert(name.clone(), parsed);
    }
    Ok(minima)
}

fn too_old(minima: &Minima, packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages {
        let Some(minima) = minima.get(&package.name) else {
            continue;
        };
        if !is_new_enough(&package.version, minima) {
            let wanted: Vec<String> = minima.iter().map(Version::to_string).collect();
            let (name, version) = (&package.name, &package.version);
            complaints.push(format!("{name} {version} is older than {}", wanted.join(" or ")));
        }
    }
    complaints
}

/// At least the version of its own line; a line above all of them is younger than the fault.
fn is_new_enough(version: &Version, minima: &[Version]) -> bool {
    match minima.iter().find(|minimum| line(minimum) == line(version)) {
        Some(minimum) => version >= minimum,
        None => minima.iter().all(|minimum| line(version) > line(minimum)),
    }
}

/// What does not change while an update is compatible.
fn line(version: &Version) -> (u64, u64) {
    match version.major {
        0 => (0, version.minor),
        major => (major, 0),
    }
}

/// Packages of npm's lock that come from git or from an address of their own.
fn from_elsewhere(lock: &Value) -> Vec<String> {
    let packages = lock["packages"].as_object().into_iter().flatten();
    let is_elsewhere = |resolved: &str| resolved.starts_with("git") || resolved.starts_with("file:");
    packages
        .filter(|(_, entry)| entry["resolved"].as_str().is_some_and(is_elsewhere))
        .map(|(name, _)| format!("{name} comes from elsewhere than the registry"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(name: &str, version: &str) -> Vec<String> {
        let list: Table = "[cargo]\nlapin = [\"4.12.3\"]\nh2 = [\"0.3.26\", \"0.4.4\"]"
            .parse()
            .unwrap();
        let package = Package::new(name, Version::parse(version).unwrap());
        too_old(&minima(&list, "cargo").unwrap(), &[package])
    }

    #[test]
    fn reliability_80_a_planted_old_version_is_refused() {
        assert_eq!(planted("lapin", "4.12.2"), ["lapin 4.12.2 is older than 4.12.3"]);
        assert_eq!(planted("lapin", "3.9.9").len(), 1, "an older line was never mended");
        assert_eq!(planted("h2", "0.3.25").len(), 1);
        assert_eq!(planted("h2", "0.4.3").len(), 1);
    }

    #[test]
    fn what_is_as_new_or_newer_or_not_on_the_list_is_fine() {
        for (name, version) in [
            ("lapin", "4.12.3"),
            ("lapin", "5.0.0"),
            ("h2", "0.3.27"),
            ("h2", "0.5.0"),
            ("other", "0.0.1"),
        ] {
            assert_eq!(planted(name, version), Vec::<String>::new(), "{name} {version}");
        }
    }

    #[test]
    fn reliability_81_a_package_of_npm_s_from_git_is_refused() {
        let lock: Value = serde_json::from_str(
            r#"{"packages": {"node_modules/a": {"resolved": "git+ssh://x"}, "node_modules/b": {"version": "1.0.0"}}}"#,
        )
        .unwrap();
        assert_eq!(
            from_elsewhere(&lock),
            ["node_modules/a comes from elsewhere than the registry"]
        );
    }
}
