//! Imports point one way: `domain <- contracts <- messaging <- service-kit <- services/* <- candlewick, tests/e2e`.

use anyhow::Result;

use super::require_none;
use crate::workspace::{Metadata, Package};

/// What each package may import from this workspace.
const MAY_IMPORT: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("indicators", &["domain"]),
    ("contracts", &["domain"]),
    ("messaging", &["domain", "contracts"]),
    ("service-kit", &["domain", "contracts", "messaging"]),
    ("migrator", &[]),
    ("local-servers", &[]),
    (
        "test-kit",
        &[
            "domain",
            "contracts",
            "messaging",
            "service-kit",
            "migrator",
            "local-servers",
        ],
    ),
];
const SERVICE_MAY_IMPORT: &[&str] = &["domain", "indicators", "contracts", "messaging", "service-kit"];
/// Help for tests, which any package's tests may use.
const FOR_TESTS: &[&str] = &["test-kit", "local-servers", "migrator"];
/// Packages at the top, which may import everything below.
const TOP: &[&str] = &["candlewick", "e2e", "operations", "schedules", "simulation"];

/// Libraries from outside that only some packages may use; services are meant by `services`.
const LIBRARIES: [(&str, &[&str]); 7] = [
    ("lapin", &["messaging", "test-kit"]),
    (
        "diesel",
        &["messaging", "service-kit", "migrator", "test-kit", "services"],
    ),
    (
        "diesel-async",
        &["messaging", "service-kit", "migrator", "test-kit", "services"],
    ),
    ("actix-http", &["service-kit"]),
    ("actix-server", &["service-kit"]),
    ("actix-service", &["service-kit"]),
    (
        "actix-web",
        &["service-kit", "test-kit", "candlewick", "e2e", "services"],
    ),
];

/// Checks every package's dependencies.
pub fn check() -> Result<Option<String>> {
    require_none(&complaints(&Metadata::read()?.packages))
}

fn complaints(packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    let services: Vec<&str> = packages
        .iter()
        .filter(|package| package.is_service())
        .map(|package| package.name.as_str())
        .collect();
    for package in packages {
        let allowed = allowed_imports(package);
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let from_outside = LIBRARIES.iter().find(|(library, _)| *library == name);
            if let Some((library, users)) = from_outside
                && !is_listed(package, users)
                && !dependency.is_dev
            {
                complaints.push(format!(
                    "{} uses {library}, which is for {} only",
                    package.name,
                    users.join(", ")
                ));
            }
            if !dependency.is_local || TOP.contains(&package.name.as_str()) {
                continue;
            }
            let is_for_tests = dependency.is_dev && FOR_TESTS.contains(&name);
            match allowed {
                _ if services.contains(&name) => {
                    complaints.push(format!("{} imports the service {name}", package.name))
                }
                None => {
                    let place = "xtask/src/check/imports.rs";
                    complaints.push(format!("{} is new: say in {place} what it may import", package.name));
                }
                Some(allowed) if allowed.contains(&name) || is_for_tests => {}
                Some(_) => complaints.push(format!("{} imports {name}, which is not below it", package.name)),
            }
        }
    }
    complaints
}

fn allowed_imports(package: &Package) -> Option<&'static [&'static str]> {
    match package.name.as_str() {
        "xtask" => Some(&["local-servers"]),
        _ if package.is_service() => Some(SERVICE_MAY_IMPORT),
        name => MAY_IMPORT
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, allowed)| *allowed),
    }
}

fn is_listed(package: &Package, users: &[&str]) -> bool {
    users.contains(&package.name.as_str()) || (package.is_service() && users.contains(&"services"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{Dependency, root};

    fn package(folder: &str, dependencies: &[(&str, bool)]) -> Package {
        let folder = root().join(folder);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let dependency = |&(name, is_dev): &(&str, bool)| Dependency {
            name: name.to_owned(),
            is_dev,
            is_local: !["lapin", "diesel", "serde"].contains(&name),
        };
        let dependencies = dependencies.iter().map(dependency).collect();
        Package {
            name,
            folder,
            dependencies,
            targets: Vec::new(),
        }
    }

    #[test]
    fn this_workspace_keeps_its_rules() {
        assert_eq!(complaints(&Metadata::read().unwrap().packages), Vec::<String>::new());
    }

    #[test]
    fn what_is_below_may_be_imported_and_helpers_by_tests() {
        let packages = [
            package(
                "services/alerts",
                &[("domain", false), ("diesel", false), ("test-kit", true)],
            ),
            package("services/candlewick", &[("alerts", false), ("local-servers", false)]),
            package(
                "crates/messaging",
                &[("contracts", false), ("lapin", false), ("local-servers", true)],
            ),
        ];
        assert_eq!(complaints(&packages), Vec::<String>::new());
    }

    #[test]
    fn a_service_never_imports_a_service_not_even_in_tests() {
        let packages = [
            package("services/auth", &[]),
            package("services/alerts", &[("auth", true)]),
        ];
        assert_eq!(complaints(&packages), ["alerts imports the service auth"]);
    }

    #[test]
    fn imports_upwards_new_packages_and_misplaced_libraries_are_named() {
        let packages = [
            package("crates/domain", &[("contracts", false)]),
            package("crates/novelty", &[("domain", false)]),
            package("services/alerts", &[("lapin", false)]),
            package("services/auth", &[("test-kit", false)]),
        ];
        let expected = [
            "domain imports contracts, which is not below it",
            "novelty is new: say in xtask/src/check/imports.rs what it may import",
            "alerts uses lapin, which is for messaging, test-kit only",
            "auth imports test-kit, which is not below it",
        ];
        assert_eq!(complaints(&packages), expected);
    }
}
