//! The web app: its packages, its build, its server and its tests. npm does the work; this knows when there is some.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use local_servers::process::{Child, Signal};
use local_servers::require_programs;

use crate::workspace;

/// The oldest Node that the web app's framework runs on.
const OLDEST_NODE: (u32, u32) = (20, 9);
/// What the build is made of.
const SOURCES: &[&str] = &[
    "src",
    "messages",
    "public",
    "package-lock.json",
    "next.config.mjs",
    "postcss.config.mjs",
];
/// How long the web server may take to listen.
const START: Duration = Duration::from_secs(60);

/// The folder of the web app, with a Node that can run it.
pub struct Web {
    folder: PathBuf,
}

impl Web {
    /// Finds Node, and fails with what to install where it is missing or too old.
    pub fn find() -> Result<Self> {
        require_programs(&[("node", "nodejs"), ("npm", "npm")])?;
        let output = Command::new("node").arg("--version").output().context("running node")?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if parse_version(&version).is_none_or(|version| version < OLDEST_NODE) {
            let (major, minor) = OLDEST_NODE;
            bail!("the web app needs Node {major}.{minor} or newer, and this is {version}; --no-web starts without it");
        }
        Ok(Self {
            folder: workspace::root().join("web"),
        })
    }

    /// Installs its packages, unless they are there as the lock file names them.
    pub fn install(&self) -> Result<()> {
        let installed = modified(&self.folder.join("node_modules/.package-lock.json"));
        if installed.is_some() && installed >= modified(&self.folder.join("package-lock.json")) {
            return Ok(());
        }
        println!("installing the web app's packages");
        self.npm(&["ci", "--no-audit", "--no-fund"])
    }

    /// Builds it, unless nothing changed since.
    pub fn build(&self) -> Result<()> {
        self.install()?;
        let built = modified(&self.folder.join(".next/BUILD_ID"));
        let newest = SOURCES.iter().filter_map(|name| newest(&self.folder.join(name))).max();
        if built.is_some() && built >= newest {
            return Ok(());
        }
        println!("building the web app");
        self.npm(&["run", "build"])
    }

    /// Its server, which hands `/api` to the gateway at that address.
    pub fn server(&self, port: u16, gateway: &str) -> Command {
        let mut command = Command::new("node");
        command
            .arg("server.mjs")
            .current_dir(&self.folder)
            .env("NODE_ENV", "production")
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("GATEWAY_URL", gateway)
            .stdin(Stdio::null());
        command
    }

    /// Starts its server and waits until it listens. What it says goes to `log`.
    pub fn serve(&self, port: u16, gateway: &str, log: &Path) -> Result<Child> {
        let said = fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
        let mut command = self.server(port, gateway);
        command
            .stdout(said.try_clone().context("sharing the web server's log")?)
            .stderr(said);
        let child = Child::spawn(command, Signal::Terminate).context("starting the web server")?;
        let deadline = Instant::now() + START;
        while !crate::health::is_fine(port, "/health/live") {
            if let Some(status) = child.status() {
                bail!("the web server ended ({status}); its log is {}", log.display());
            }
            if Instant::now() > deadline {
                bail!("the web server does not listen; its log is {}", log.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(child)
    }

    /// Runs one of its npm scripts with these variables.
    pub fn script(&self, name: &str, variables: &[(&str, &str)]) -> Result<()> {
        self.install()?;
        let mut command = self.command(&["run", name]);
        command.envs(variables.iter().copied());
        self.run(command, name)
    }

    /// Runs a script of its `scripts` folder that needs none of its packages.
    pub fn node(&self, script: &str, argument: &Path) -> Result<()> {
        let mut command = Command::new("node");
        command
            .arg(Path::new("scripts").join(script))
            .arg(argument)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        let status = command.status().context("running node")?;
        if !status.success() {
            bail!("{script} failed: see above");
        }
        Ok(())
    }

    fn npm(&self, arguments: &[&str]) -> Result<()> {
        self.run(self.command(arguments), &arguments.join(" "))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("npm");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, mut command: Command, what: &str) -> Result<()> {
        let status = command.status().context("running npm")?;
        if !status.success() {
            bail!("npm {what} failed in {}: see above", self.folder.display());
        }
        Ok(())
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// When the newest file at or below `path` was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = fs::read_dir(path).ok()?;
    entries.filter_map(|entry| newest(&entry.ok()?.path())).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_tells_its_version_with_a_letter_in_front() {
        assert_eq!(parse_version("v20.20.2"), Some((20, 20)));
        assert!(parse_version("v18.19.1").unwrap() < OLDEST_NODE);
        assert_eq!(parse_version("not found"), None);
    }

    #[test]
    fn a_folder_is_as_new_as_its_newest_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path()), None);
        fs::create_dir(folder.path().join("deep")).unwrap();
        let file = folder.path().join("deep/file");
        fs::write(&file, "x").unwrap();
        assert_eq!(newest(folder.path()), modified(&file));
        assert_eq!(newest(&folder.path().join("absent")), None);
    }
}
