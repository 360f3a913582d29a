//! Inside a service each library has its place: diesel in `store/`, actix in `http/`; lapin is in `messaging` only.
//!
//! Whoever owns a transaction holds a connection and sees its error, so `diesel_async`'s connection and diesel's errors may
//! be named everywhere; queries not.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::require_none;
use crate::workspace::{Metadata, root};

const QUERIES: &[&str] = &["diesel", "RunQueryDsl"];
const WEB: &[&str] = &[
    "actix_web",
    "actix_ws",
    "actix_cors",
    "actix_http",
    "actix_server",
    "actix_service",
    "utoipa_actix_web",
];
const BROKER: &[&str] = &["lapin"];

/// Checks every source file of every package.
pub fn check() -> Result<Option<String>> {
    let mut found = Vec::new();
    for package in Metadata::read()?.packages {
        for file in rust_files(&package.folder.join("src"))? {
            let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            let inside = file.strip_prefix(&package.folder).unwrap_or(&file);
            let path = file.strip_prefix(root()).unwrap_or(&file).display().to_string();
            found.extend(
                complaints(&package.name, package.is_service(), inside, &text).map(|text| format!("{path}:{text}")),
            );
        }
    }
    require_none(&found)
}

/// What is out of place in one file, by line.
fn complaints<'a>(
    package: &str,
    is_service: bool,
    inside: &Path,
    text: &'a str,
) -> impl Iterator<Item = String> + use<'a> {
    let mut rules: Vec<(&[&str], &str)> = Vec::new();
    if !["messaging", "test-kit", "xtask"].contains(&package) {
        rules.push((BROKER, "only messaging uses it, and test-kit to disturb it"));
    }
    if is_service && !inside.starts_with("src/store") {
        rules.push((QUERIES, "in a service it belongs into src/store/"));
    }
    // The development inbox is a small program with pages of its own.
    let may_serve =
        inside.starts_with("src/http") || inside.starts_with("src/inbox") || inside == Path::new("src/lib.rs");
    if is_service && !may_serve {
        rules.push((WEB, "in a service it belongs into src/http/ (and lib.rs, which wires)"));
    }
    text.lines().enumerate().flat_map(move |(number, line)| {
        let line = line
            .replace("diesel::result::Error", "")
            .replace("diesel::ConnectionError", "");
        let words: Vec<&str> = code_words(&line).collect();
        let mut found = Vec::new();
        for (libraries, rule) in &rules {
            let library = libraries.iter().find(|library| words.contains(library));
            found.extend(library.map(|library| format!("{}: {library}: {rule}", number + 1)));
        }
        found
    })
}

/// The words of a line, its comment left out.
fn code_words(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
}

/// All Rust files below a folder.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("reading {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(package: &str, is_service: bool, inside: &str, text: &str) -> Vec<String> {
        complaints(package, is_service, Path::new(inside), text).collect()
    }

    #[test]
    fn each_library_is_fine_in_its_place() {
        assert!(found("alerts", true, "src/store/rules.rs", "use diesel::prelude::*;").is_empty());
        assert!(
            found(
                "alerts",
                true,
                "src/jobs/sweep.rs",
                "Err(diesel::result::Error::NotFound) => {}"
            )
            .is_empty()
        );
        assert!(
            found(
                "alerts",
                true,
                "src/jobs/sweep.rs",
                "use diesel_async::AsyncConnection;"
            )
            .is_empty()
        );
        assert!(found("alerts", true, "src/http/rules.rs", "use actix_web::web;").is_empty());
        assert!(found("alerts", true, "src/lib.rs", "actix_web::App::new()").is_empty());
        assert!(found("messaging", false, "src/rabbit.rs", "use lapin::Channel;").is_empty());
        assert!(
            found(
                "service-kit",
                false,
                "src/db.rs",
                "use diesel_async::AsyncPgConnection;"
            )
            .is_empty()
        );
        assert!(found("alerts", true, "src/domain/rule.rs", "// unlike diesel, this is pure").is_empty());
    }

    #[test]
    fn out_of_place_it_is_named_with_its_line() {
        let text = "use std::fmt;\nuse diesel::prelude::*;";
        let expected = ["2: diesel: in a service it belongs into src/store/"];
        assert_eq!(found("alerts", true, "src/domain/rule.rs", text), expected);
        assert_eq!(
            found("alerts", true, "src/jobs/sweep.rs", "use actix_web::web;").len(),
            1
        );
        assert_eq!(found("service-kit", false, "src/lib.rs", "lapin::Connection").len(), 1);
    }
}
