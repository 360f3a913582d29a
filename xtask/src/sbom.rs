//! `cargo xtask sbom`: what is built in, as CycloneDX says it.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::check;
use crate::packages::{self, Package};

/// Writes one document for the program and one for the web app into `folder`.
pub fn run(folder: &Path) -> Result<ExitCode> {
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let cargo = packages::of_cargo(&check::lock_text()?)?;
    write(
        folder,
        "candlewick",
        &document("candlewick", env!("CARGO_PKG_VERSION"), "cargo", &cargo),
    )?;
    if let Some(lock) = packages::npm_lock()? {
        let version = lock["version"].as_str().unwrap_or_default();
        let npm = packages::of_npm_lock(&lock)?;
        write(
            folder,
            "candlewick-web",
            &document("candlewick-web", version, "npm", &npm),
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, name: &str, document: &Value) -> Result<()> {
    let file = folder.join(format!("{name}.cdx.json"));
    let text = serde_json::to_string_pretty(document).context("writing JSON")?;
    fs::write(&file, text + "\n").with_context(|| format!("writing {}", file.display()))?;
    let count = document["components"].as_array().map_or(0, Vec::len);
    println!("wrote {}: {count} components", file.display());
    Ok(())
}

/// Of the same packages always the same document: it has no time and no number of its own.
fn document(name: &str, version: &str, registry: &str, packages: &[Package]) -> Value {
    let components: Vec<Value> = packages.iter().map(|package| component(registry, package)).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": name, "version": version, "bom-ref": name},
        },
        "components": components,
    })
}

fn component(registry: &str, package: &Package) -> Value {
    let purl = format!(
        "pkg:{registry}/{}@{}",
        package.name.replace('@', "%40"),
        package.version
    );
    let mut component = json!({
        "type": "library",
        "name": package.name,
        "version": package.version.to_string(),
        "bom-ref": purl,
        "purl": purl,
    });
    if let Some((algorithm, digest)) = &package.digest {
        component["hashes"] = json!([{"alg": algorithm, "content": digest}]);
    }
    if let Some(licence) = &package.licence {
        component["licenses"] = json!([licence_of(licence)]);
    }
    component
}

/// An expression where it is one; otherwise the author's words.
fn licence_of(text: &str) -> Value {
    let expression = text.replace('/', " OR ");
    match spdx::Expression::parse(&expression) {
        Ok(_) => json!({"expression": expression}),
        Err(_) => json!({"license": {"name": text}}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_85_every_entry_of_the_lock_is_listed_with_digest_and_licence() {
        let lock = check::lock_text().unwrap();
        let packages = packages::of_cargo(&lock).unwrap();
        let document = document("candlewick", "0.1.0", "cargo", &packages);
        let components = document["components"].as_array().unwrap();
        let locked = lock.lines().filter(|line| line.starts_with("source = ")).count();
        assert_eq!(components.len(), locked);
        for component in components {
            assert!(component["hashes"][0]["content"].is_string(), "{component}");
            assert!(component["licenses"][0]["expression"].is_string(), "{component}");
        }
    }

    #[test]
    fn a_scoped_package_of_npm_has_an_address_that_can_be_read() {
        let package = Package::new("@scope/name", semver::Version::new(1, 2, 3));
        assert_eq!(component("npm", &package)["purl"], "pkg:npm/%40scope/name@1.2.3");
        assert_eq!(
            licence_of("SEE LICENSE IN x"),
            json!({"license": {"name": "SEE LICENSE IN x"}})
        );
        assert_eq!(licence_of("MIT/Apache-2.0"), json!({"expression": "MIT OR Apache-2.0"}));
    }
}
