//! Nothing is built in that RustSec warns of, as far as a snapshot of its advisories knows.
//!
//! The database is not within reach of every machine, so it is read from a folder: `advisories/`, with the folder `crates`
//! of github.com/rustsec/advisory-db and a file `date` that says when it was taken. Without one nothing is checked here;
//! `min-versions.toml` is checked always.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use semver::VersionReq;
use toml::Table;

use super::{lock, require_none};
use crate::packages::{self, Package};
use crate::workspace::root;

/// An older snapshot says too little.
const OLDEST_DAYS: i64 = 90;

/// Compares Cargo.lock with the snapshot, where there is one.
pub fn check() -> Result<Option<String>> {
    let folder = root().join("advisories");
    if !folder.is_dir() {
        return Ok(Some(
            "not checked: there is no snapshot in advisories/ (docs/operations.md says how to take one)".into(),
        ));
    }
    let today = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() / 86_400);
    let packages = packages::of_cargo_lock(&lock::read()?)?;
    require_none(&complaints(&folder, i64::try_from(today)?, &packages)?)
}

/// A warning of some versions of a package.
struct Advisory {
    id: String,
    package: String,
    /// Versions that are not concerned.
    fine: Vec<VersionReq>,
}

/// What is wrong with the snapshot or with packages, on a day counted from 1970.
fn complaints(folder: &Path, today: i64, packages: &[Package]) -> Result<Vec<String>> {
    let date = fs::read_to_string(folder.join("date")).context("reading advisories/date")?;
    let taken =
        day(date.trim()).with_context(|| format!("advisories/date is no date such as 2026-01-31: {}", date.trim()))?;
    let mut complaints = Vec::new();
    if today - taken > OLDEST_DAYS {
        complaints.push(format!(
            "the snapshot of {} is older than {OLDEST_DAYS} days: take a new one",
            date.trim()
        ));
    }
    let advisories = read(&folder.join("crates"))?;
    for package in packages {
        for advisory in advisories.iter().filter(|advisory| advisory.package == package.name) {
            if !advisory.fine.iter().any(|versions| versions.matches(&package.version)) {
                let Package { name, version, .. } = package;
                complaints.push(format!("{name} {version} is concerned by {}", advisory.id));
            }
        }
    }
    Ok(complaints)
}

/// All advisories of `crates/PACKAGE/ID.md`.
fn read(folder: &Path) -> Result<Vec<Advisory>> {
    let (mut advisories, mut count) = (Vec::new(), 0);
    for package in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let package = package?.path();
        if !package.is_dir() {
            continue;
        }
        for file in fs::read_dir(&package)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                count += 1;
                let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
                advisories.extend(parse(&text).with_context(|| format!("reading {}", path.display()))?);
            }
        }
    }
    if count == 0 {
        bail!("{} holds no advisory", folder.display());
    }
    Ok(advisories)
}

/// The advisory at the head of its text; `None` for one that was withdrawn, or that warns of no fault.
fn parse(text: &str) -> Result<Option<Advisory>> {
    let head = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next());
    let head: Table = head.context("it has no head")?.parse()?;
    let advisory = head
        .get("advisory")
        .and_then(|value| value.as_table())
        .context("it has no [advisory]")?;
    let word = |name: &str| advisory.get(name).and_then(|value| value.as_str());
    let is_fault = word("informational").is_none_or(|kind| kind == "unsound");
    if word("withdrawn").is_some() || !is_fault {
        return Ok(None);
    }
    let mut fine = Vec::new();
    for name in ["patched", "unaffected"] {
        let versions = head.get("versions").and_then(|versions| versions.get(name)?.as_array());
        for version in versions.into_iter().flatten().filter_map(|version| version.as_str()) {
            fine.push(VersionReq::parse(version).with_context(|| format!("the versions {version}"))?);
        }
    }
    Ok(Some(Advisory {
        id: word("id").context("it has no id")?.to_owned(),
        package: word("package").context("it has no package")?.to_owned(),
        fine,
    }))
}

/// The day of a date such as 2026-01-31, counted from 1970.
fn day(date: &str) -> Option<i64> {
    let parts: Vec<i64> = date.split('-').map_while(|part| part.parse().ok()).collect();
    let &[year, month @ 1..=12, day @ 1..=31] = parts.as_slice() else {
        return None;
    };
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1;
    Some(days - 719_468)
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;

    const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2020-0048\"\npackage = \"actix-http\"\ndate = \"2020-01-24\"\n\n[versions]\npatched = [\">= 2.0.0\", \"^1.9.1\"]\nunaffected = [\"< 0.2\"]\n```\n\n# Use after free\n";

    fn snapshot(date: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("crates/actix-http");
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("RUSTSEC-2020-0048.md"), text).unwrap();
        fs::write(folder.path().join("date"), date).unwrap();
        folder
    }

    fn found(date: &str, text: &str, version: &str) -> Vec<String> {
        let package = Package::new("actix-http", Version::parse(version).unwrap());
        let today = day("2026-11-26").unwrap();
        complaints(snapshot(date, text).path(), today, &[package]).unwrap()
    }

    #[test]
    fn reliability_80_a_version_that_an_advisory_names_is_refused() {
        assert_eq!(
            found("2026-11-01\n", ADVISORY, "1.9.0"),
            ["actix-http 1.9.0 is concerned by RUSTSEC-2020-0048"]
        );
        for fine in ["2.0.0", "1.9.1", "0.1.9"] {
            assert_eq!(found("2026-11-01\n", ADVISORY, fine), Vec::<String>::new(), "{fine}");
        }
    }

    #[test]
    fn reliability_80_a_snapshot_older_than_ninety_days_is_refused() {
        let old = found("2026-08-27", ADVISORY, "2.0.0");
        assert!(old.len() == 1 && old[0].contains("older than 90 days"), "{old:?}");
        assert_eq!(found("2026-08-28", ADVISORY, "2.0.0"), Vec::<String>::new());
    }

    #[test]
    fn what_is_withdrawn_or_no_fault_concerns_nobody() {
        for line in ["withdrawn = \"2021-01-01\"", "informational = \"unmaintained\""] {
            let text = ADVISORY.replace("date = ", &format!("{line}\ndate = "));
            assert_eq!(found("2026-11-01", &text, "1.9.0"), Vec::<String>::new(), "{line}");
        }
        let unsound = ADVISORY.replace("date = ", "informational = \"unsound\"\ndate = ");
        assert_eq!(found("2026-11-01", &unsound, "1.9.0").len(), 1);
    }

    #[test]
    fn days_are_counted_from_1970_over_leap_years() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01"), Some(11_017));
        assert_eq!(day("2024-12-31").zip(day("2025-01-01")), Some((20_088, 20_089)));
        assert_eq!(day("tomorrow"), None);
    }
}
