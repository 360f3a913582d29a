//! The workspace: its folders, its packages, and building its binary.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The top folder.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A call of cargo at the top of the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root());
    // Set by the cargo that runs us, for us: what we build must not be rebuilt because of it.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// A package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    pub folder: PathBuf,
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
}

/// A package that another one needs.
#[derive(Debug, Clone)]
pub struct Dependency {
    pub name: String,
    /// Needed by tests and benchmarks only.
    pub is_dev: bool,
    /// In this workspace.
    pub is_local: bool,
}

/// Something that cargo builds from a package.
#[derive(Debug, Clone)]
pub struct Target {
    pub name: String,
    pub kind: String,
}

/// What cargo knows about the workspace.
pub struct Metadata {
    pub packages: Vec<Package>,
    pub target: PathBuf,
}

impl Metadata {
    /// Asks cargo.
    pub fn read() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output();
        let output = output.context("running cargo metadata")?;
        if !output.status.success() {
            bail!(
                "cargo metadata failed:\n{}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let value: Value = serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
        Self::parse(&value).context("cargo metadata does not look as expected")
    }

    fn parse(value: &Value) -> Option<Self> {
        let packages = value["packages"]
            .as_array()?
            .iter()
            .map(Package::parse)
            .collect::<Option<_>>()?;
        Some(Self {
            packages,
            target: PathBuf::from(value["target_directory"].as_str()?),
        })
    }
}

impl Package {
    fn parse(value: &Value) -> Option<Self> {
        let dependency = |value: &Value| {
            Some(Dependency {
                name: value["name"].as_str()?.to_owned(),
                is_dev: value["kind"].as_str() == Some("dev"),
                is_local: value["path"].is_string(),
            })
        };
        let target = |value: &Value| {
            let kind = value["kind"].get(0)?.as_str()?.to_owned();
            Some(Target {
                name: value["name"].as_str()?.to_owned(),
                kind,
            })
        };
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            folder: Path::new(value["manifest_path"].as_str()?).parent()?.to_owned(),
            dependencies: value["dependencies"]
                .as_array()?
                .iter()
                .map(dependency)
                .collect::<Option<_>>()?,
            targets: value["targets"].as_array()?.iter().map(target).collect::<Option<_>>()?,
        })
    }

    /// Whether it is one of the services.
    pub fn is_service(&self) -> bool {
        self.folder.parent() == Some(&root().join("services")) && self.name != "candlewick"
    }
}

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

/// Builds the binary `candlewick` and says where it is. With `CANDLEWICK_BIN` set, takes that one as it is.
pub fn build_candlewick(profile: Profile) -> Result<PathBuf> {
    if let Some(given) = given_candlewick()? {
        return Ok(given);
    }
    let mut command = cargo();
    command.args(["build", "--package", "candlewick"]);
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            command.arg("--release");
            "release"
        }
    };
    println!("building candlewick ({folder})");
    build(command, folder)
}

/// Builds the binary `candlewick` and these tests (`--tests`, or `--test NAME`) of all packages at once, and says where it is.
///
/// Tests ask libraries for more than the program does; built alone, most of it would be built once more for them.
pub fn build_with_tests(tests: &[&str]) -> Result<PathBuf> {
    if let Some(given) = given_candlewick()? {
        return Ok(given);
    }
    let mut command = cargo();
    command.args(["build", "--workspace", "--locked", "--bin", "candlewick"]);
    command.args(tests);
    println!("building candlewick and the tests");
    build(command, "debug")
}

fn given_candlewick() -> Result<Option<PathBuf>> {
    let Some(given) = env::var_os("CANDLEWICK_BIN").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(given);
    let path = path
        .canonicalize()
        .with_context(|| format!("CANDLEWICK_BIN names {}", path.display()))?;
    println!("taking the candlewick of CANDLEWICK_BIN: {}", path.display());
    Ok(Some(path))
}

fn build(mut command: Command, folder: &str) -> Result<PathBuf> {
    let status = command.stdin(Stdio::null()).status().context("running cargo build")?;
    if !status.success() {
        bail!("candlewick could not be built: see above");
    }
    Ok(Metadata::read()?.target.join(folder).join("candlewick"))
}
