//! A private PostgreSQL.

mod binaries;
mod cluster;
mod npm;
mod scratch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use binaries::Binaries;
use cluster::Cluster;
pub use scratch::ScratchDatabase;

use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::node::{Launch, Node};
use crate::ports;
use crate::probe;
use crate::process::Signal;
use crate::secret;
use crate::user::Account;

/// Long enough for the recovery of a large database.
const START: Duration = Duration::from_secs(120);

/// Makes sure that PostgreSQL's programs are on this machine, obtaining them if need be, and says where they are.
pub fn provide_postgres_binaries() -> Result<PathBuf> {
    let binaries = Binaries::provide(None, Account::for_postgres()?)?;
    Ok(binaries.folder().to_owned())
}

/// Whether PostgreSQL is on this machine.
pub(crate) fn is_installed() -> bool {
    let account = Account::for_postgres().ok().flatten();
    Binaries::find(None, account).is_ok_and(|found| found.is_some())
}

/// How a private PostgreSQL is to run.
#[derive(Debug, Clone, Default)]
pub struct PostgresOptions {
    /// The port on 127.0.0.1; any free one if absent.
    pub port: Option<u16>,
    /// Databases that must exist besides `postgres`.
    pub databases: Vec<String>,
    /// Settings of PostgreSQL's, such as `("fsync", "off")`.
    pub settings: Vec<(String, String)>,
}

/// A private PostgreSQL on a loopback port, for the user `postgres` with a random password. Stops when dropped.
#[derive(Debug)]
pub struct Postgres {
    _folder: Folder,
    cluster: Cluster,
    binaries: Binaries,
    settings: Vec<(String, String)>,
    password: String,
    port: u16,
    node: Node,
}

impl Postgres {
    /// Starts the server of `data_dir`, made at the first time, on this port or a free one.
    pub fn start(data_dir: &Path, port: Option<u16>) -> Result<Self> {
        Self::start_with(
            data_dir,
            PostgresOptions {
                port,
                ..PostgresOptions::default()
            },
        )
    }

    /// Starts the server of `data_dir` with options.
    pub fn start_with(data_dir: &Path, options: PostgresOptions) -> Result<Self> {
        let folder = Folder::take(data_dir)?;
        let cluster = Cluster::locate(&folder)?;
        cluster.end_left_behind()?;
        let port = ports::choose(options.port)?;
        let major = cluster.major()?;
        let binaries = Binaries::provide(major, cluster.account())?;
        let password = secret::load_or_create(&folder.join("password"), 24)?;
        if major.is_none() {
            cluster.create(&binaries, &password)?;
        }
        create_databases(&folder, &cluster, &binaries, &options.databases)?;
        let settings = options.settings;
        let node = Node::new("PostgreSQL", &folder, "postgres.log");
        let mut server = Self {
            _folder: folder,
            cluster,
            binaries,
            settings,
            password,
            port,
            node,
        };
        match server.launch() {
            // Between the choice of a port and its use, somebody else may have taken it.
            Err(Error::Ended { .. }) if options.port.is_none() => {
                server.port = ports::free_port()?;
                server.launch()?;
            }
            result => result?,
        }
        Ok(server)
    }

    /// The URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres:{}@127.0.0.1:{}/{database}",
            self.password, self.port
        )
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the server's process is alive.
    pub fn is_running(&self) -> bool {
        self.node.pid().is_some()
    }

    /// The process id of the running server.
    pub fn pid(&self) -> Option<u32> {
        self.node.pid()
    }

    /// Stops the server: clients are disconnected, their open transactions rolled back. Does nothing when it is down.
    pub fn stop(&mut self) -> Result<()> {
        self.node.stop(&[(Signal::Interrupt, 15), (Signal::Quit, 5)])
    }

    /// Kills the server as a power failure would.
    pub fn kill(&mut self) -> Result<()> {
        self.node.kill();
        self.cluster.end_left_behind()
    }

    /// Starts the server again on the same port and data, after [`Postgres::stop`], [`Postgres::kill`] or its own end.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.cluster.end_left_behind()?;
        ports::require_free_port(self.port)?;
        self.launch()
    }

    fn launch(&mut self) -> Result<()> {
        let mut command = Command::new(self.binaries.program("postgres"));
        command
            .arg("-D")
            .arg(self.cluster.path())
            .args(["-p", &self.port.to_string()]);
        // No unix socket: its path would be too long in deep folders, and a shared folder is anybody's.
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
        ] {
            command.args(["-c", setting]);
        }
        for (name, value) in &self.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.current_dir("/").env_remove("PGDATA").env("LC_MESSAGES", "C");
        let account = self.cluster.account();
        let url = self.url("postgres");
        let launch = Launch {
            command,
            at_death: Signal::Interrupt,
            account,
            within: START,
        };
        self.node.start(launch, || probe::postgres(&url).is_ok())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!("{error}");
        }
    }
}

/// Makes the wanted databases that this folder does not know as made.
fn create_databases(folder: &Folder, cluster: &Cluster, binaries: &Binaries, wanted: &[String]) -> Result<()> {
    let list = folder.join("databases");
    let known = fs::read_to_string(&list).unwrap_or_default();
    let missing: Vec<String> = wanted
        .iter()
        .filter(|name| !known.lines().any(|line| line == *name))
        .cloned()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    cluster.create_databases(binaries, &missing)?;
    let lines: String = known
        .lines()
        .chain(missing.iter().map(String::as_str))
        .map(|name| format!("{name}\n"))
        .collect();
    secret::write_private(&list, &lines)
}
