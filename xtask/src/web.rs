//! The web app: its packages, its build, its server and its tests. npm does the work; this knows when there is some.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use local_servers::process::{Child, Signal};
use local_servers::require_programs;

use crate::{lines, workspace};

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
/// How long a simulated market may take until every asset has a price of now.
const PRICES: Duration = Duration::from_secs(180);

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

/// A standalone that the web app's browser tests talk to; stops when dropped.
pub struct Standalone {
    child: Child,
    /// Where its gateway is.
    pub gateway: String,
    /// Where its mails can be read.
    pub inbox: String,
}

impl Standalone {
    /// Starts one on a simulated market for a web app at `public_url`, and waits until it is ready.
    pub fn start(binary: &Path, dir: &Path, public_url: &str) -> Result<Self> {
        let port = local_servers::free_port()?;
        let mut command = Command::new(binary);
        command
            .args(["up", "--feed", "simulator:7", "--port", &port.to_string(), "--data-dir"])
            .arg(dir)
            .env("GATEWAY__RATE_LIMITS", "off")
            .env("GATEWAY__TRUSTED_PROXIES", "127.0.0.1")
            .env("PUBLIC_URL", public_url)
            .env_remove("WEB_URL")
            .env_remove("DATABASE_URL")
            .env_remove("AMQP_URL")
            .env_remove("REDIS_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = Child::spawn(command, Signal::Terminate).context("starting candlewick")?;
        let output = child.take_stdout().context("candlewick has no output")?;
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || lines::for_each(output, |line| drop(sender.send(line.to_owned()))));
        let mut inbox = None;
        loop {
            let line = receiver.recv_timeout(START);
            let line = line.context("candlewick did not become ready for the browser tests")?;
            inbox = inbox.or_else(|| line.trim().strip_prefix("mail inbox").map(|url| url.trim().to_owned()));
            if let Some(gateway) = line.trim().strip_prefix("ready ") {
                wait_for_prices(port)?;
                return Ok(Self {
                    child,
                    gateway: gateway.to_owned(),
                    inbox: inbox.context("candlewick did not say where its mail inbox is")?,
                });
            }
        }
    }
}

/// The simulated market makes its past at the first start; until then assets have no price, or one of yesterday.
fn wait_for_prices(gateway: u16) -> Result<()> {
    let deadline = Instant::now() + PRICES;
    while Instant::now() < deadline {
        let answer = crate::health::get(gateway, "/api/assets/?limit=200");
        if answer.is_some_and(|(status, body)| status == 200 && all_are_fresh(&body)) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bail!("the simulated market has no prices within {} s", PRICES.as_secs())
}

fn all_are_fresh(body: &str) -> bool {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let rows = value["data"].as_array();
    rows.is_some_and(|rows| !rows.is_empty() && rows.iter().all(|row| row["stale"] == false))
}

/// Makes an administrator in the standalone of `dir`.
pub fn make_administrator(binary: &Path, dir: &Path, email: &str, password: &str) -> Result<()> {
    let mut command = Command::new(binary);
    command
        .args([
            "admin",
            "create",
            "--email",
            email,
            "--name",
            "Ada",
            "--password-stdin",
            "--data-dir",
        ])
        .arg(dir)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped());
    let mut child = command.spawn().context("starting candlewick admin create")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(password.as_bytes()).context("telling the password")?;
    }
    let status = child.wait().context("waiting for candlewick admin create")?;
    if !status.success() {
        bail!("no administrator could be made for the browser tests: see above");
    }
    Ok(())
}

impl Drop for Standalone {
    fn drop(&mut self) {
        self.child.end(Signal::Terminate, Duration::from_secs(12));
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
    fn a_market_is_there_when_each_of_its_prices_is_fresh() {
        assert!(all_are_fresh(r#"{"data": [{"stale": false}, {"stale": false}]}"#));
        assert!(!all_are_fresh(r#"{"data": [{"stale": false}, {"stale": true}]}"#));
        assert!(!all_are_fresh(r#"{"data": []}"#));
        assert!(!all_are_fresh("no answer"));
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
