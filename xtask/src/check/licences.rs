//! Every package that is built in has a licence that deny.toml allows.

use std::fs;

use anyhow::{Context, Result};
use spdx::{Expression, ParseMode};
use toml::Table;

use super::{lock, require_none};
use crate::packages::{self, Package};
use crate::workspace::root;

/// Besides those of deny.toml, for packages of the web app: a font, data about browsers, a text library, a parser, and the image
/// library of Next.js, which is linked as it is and can be exchanged.
const OF_THE_WEB_APP: [&str; 5] = [
    "OFL-1.1",
    "CC-BY-4.0",
    "BlueOak-1.0.0",
    "Python-2.0",
    "LGPL-3.0-or-later",
];

/// Looks at the packages of both lock files.
pub fn check() -> Result<Option<String>> {
    let text = fs::read_to_string(root().join("deny.toml")).context("reading deny.toml")?;
    let deny: Table = text.parse().context("reading deny.toml")?;
    let allowed = deny["licenses"].get("allow").and_then(|allowed| allowed.as_array());
    let mut allowed: Vec<String> = allowed
        .context("deny.toml allows no licence")?
        .iter()
        .filter_map(|licence| licence.as_str().map(str::to_owned))
        .collect();
    let cargo = packages::of_cargo(&lock::read()?)?;
    let mut complaints = refused(&cargo, &allowed);
    let mut count = cargo.len();
    if let Some(lock) = packages::npm_lock()? {
        allowed.extend(OF_THE_WEB_APP.map(str::to_owned));
        let npm = packages::of_npm_lock(&lock)?;
        complaints.extend(refused(&npm, &allowed));
        count += npm.len();
    }
    require_none(&complaints)?;
    Ok(Some(format!("ok: {count} packages")))
}

fn refused(packages: &[Package], allowed: &[String]) -> Vec<String> {
    let complain = |package: &Package| {
        let licence = package.licence.as_deref().unwrap_or("none");
        let is_allowed = is_allowed(licence, allowed);
        (!is_allowed).then(|| format!("{} {} has the licence {licence}", package.name, package.version))
    };
    packages.iter().filter_map(complain).collect()
}

fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    // One author wrote the name out.
    let licence = licence.replace("SIL OPEN FONT LICENSE", "OFL-1.1");
    let Ok(expression) = Expression::parse_mode(&licence, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|requirement| allowed.contains(&requirement.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_85_a_licence_that_is_not_allowed_is_named() {
        let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned()];
        for licence in ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "Apache-2.0 AND MIT"] {
            assert!(is_allowed(licence, &allowed), "{licence}");
        }
        for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "none", "SEE LICENSE IN x"] {
            assert!(!is_allowed(licence, &allowed), "{licence}");
        }
    }
}
