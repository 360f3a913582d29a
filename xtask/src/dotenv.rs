//! `cargo xtask env`: a `.env` with secrets of its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use local_servers::secret;

use crate::workspace;

/// Writes `file` from `.env.example`, keeping every value that it has.
pub fn run(file: &Path) -> Result<ExitCode> {
    let example = workspace::root().join(".env.example");
    let example = fs::read_to_string(&example).with_context(|| format!("reading {}", example.display()))?;
    let existing = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
    };
    let (text, changed) = complete(&example, &existing, || secret::random_hex(32).map_err(Into::into))?;
    if changed.is_empty() {
        println!("{} has everything already", file.display());
    } else {
        secret::write_private(file, &text)?;
        println!("wrote {}: {}", file.display(), changed.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// The completed text, and the names that were added or filled.
fn complete(
    example: &str,
    existing: &str,
    mut new_secret: impl FnMut() -> Result<String>,
) -> Result<(String, Vec<String>)> {
    let mut text = String::new();
    let mut changed = Vec::new();
    let mut known = BTreeSet::new();
    for line in existing.lines() {
        let filled = match entry(line) {
            Some((name, "")) if is_secret(name) => {
                changed.push(name.to_owned());
                format!("{name}={}", new_secret()?)
            }
            _ => line.to_owned(),
        };
        known.extend(entry(line).map(|(name, _)| name));
        text.push_str(&filled);
        text.push('\n');
    }
    let mut comment = String::new();
    for line in example.lines() {
        let Some((name, value)) = entry(line) else {
            // A comment belongs to the entry that follows it.
            comment.push_str(line);
            comment.push('\n');
            continue;
        };
        if !known.contains(name) {
            let value = if value.is_empty() && is_secret(name) {
                new_secret()?
            } else {
                value.to_owned()
            };
            text.push_str(&format!("{comment}{name}={value}\n"));
            changed.push(name.to_owned());
        }
        comment.clear();
    }
    Ok((text, changed))
}

/// The name and value of a line that sets one.
fn entry(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    if line.starts_with('#') {
        return None;
    }
    let (name, value) = line.split_once('=')?;
    Some((name.trim_start_matches("export ").trim(), value.trim()))
}

fn is_secret(name: &str) -> bool {
    name.ends_with("_SECRET") || name.ends_with("_PASSWORD")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "# The feed.\nFEED=auto\n\n# Keys.\nDATA_SECRET=\n# Optional.\nCOINGECKO_API_KEY=\n";

    #[test]
    fn a_new_file_gets_comments_values_and_secrets() {
        let (text, changed) = complete(EXAMPLE, "", || Ok("random".into())).unwrap();
        assert_eq!(
            text,
            "# The feed.\nFEED=auto\n\n# Keys.\nDATA_SECRET=random\n# Optional.\nCOINGECKO_API_KEY=\n"
        );
        assert_eq!(changed, ["FEED", "DATA_SECRET", "COINGECKO_API_KEY"]);
    }

    #[test]
    fn what_a_file_has_stays_and_only_what_is_missing_is_added() {
        let existing = "export DATA_SECRET=mine\n# My own.\nEXTRA=1\n";
        let (text, changed) = complete(EXAMPLE, existing, || Ok("random".into())).unwrap();
        assert!(text.starts_with(existing), "{text}");
        assert_eq!(changed, ["FEED", "COINGECKO_API_KEY"]);
        let (_, changed) = complete(EXAMPLE, &text, || Ok("other".into())).unwrap();
        assert!(changed.is_empty());
    }

    #[test]
    fn an_empty_secret_is_filled_in_place() {
        let (text, changed) = complete("", "DATA_SECRET=\nFEED=\n", || Ok("random".into())).unwrap();
        assert_eq!(
            (text.as_str(), changed.as_slice()),
            ("DATA_SECRET=random\nFEED=\n", &["DATA_SECRET".to_owned()][..])
        );
    }
}
