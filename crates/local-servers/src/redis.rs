//! A private Redis.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::apt;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::node::{Launch, Node};
use crate::ports;
use crate::probe;
use crate::process::Signal;
use crate::secret;

const NAME: &str = "Redis";
const START: Duration = Duration::from_secs(30);

/// A private Redis on a loopback port with a random password, which keeps its data. Stops when dropped.
#[derive(Debug)]
pub struct Redis {
    folder: Folder,
    program: PathBuf,
    password: String,
    port: u16,
    node: Node,
}

impl Redis {
    /// Starts the server of `dir` on this port or a free one.
    pub fn start(dir: &Path, port: Option<u16>) -> Result<Self> {
        let folder = Folder::take(dir)?;
        folder.end_remembered("pid", NAME, Signal::Terminate)?;
        let port = ports::choose(port)?;
        let program = provide_program()?;
        let password = secret::load_or_create(&folder.join("password"), 24)?;
        folder.make("data")?;
        let node = Node::new(NAME, &folder, "redis.log");
        let mut server = Self {
            folder,
            program,
            password,
            port,
            node,
        };
        server.launch()?;
        Ok(server)
    }

    /// The server's URL.
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/", self.password, self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the server's process is alive.
    pub fn is_running(&self) -> bool {
        self.node.pid().is_some()
    }

    /// Stops the server; does nothing when it is down.
    pub fn stop(&mut self) -> Result<()> {
        self.node.stop(&[(Signal::Terminate, 10)])
    }

    /// Kills the server as a power failure would.
    pub fn kill(&mut self) {
        self.node.kill();
    }

    /// Starts the server again on the same port and data.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        ports::require_free_port(self.port)?;
        self.launch()
    }

    fn launch(&mut self) -> Result<()> {
        let config = self.folder.join("redis.conf");
        secret::write_private(&config, &self.config())?;
        let mut command = Command::new(&self.program);
        command.arg(&config);
        let url = self.url();
        let launch = Launch {
            command,
            at_death: Signal::Terminate,
            account: None,
            within: START,
        };
        self.node.start(launch, || probe::redis(&url).is_ok())?;
        self.folder.remember("pid", self.node.pid())
    }

    fn config(&self) -> String {
        // In quotes a backslash or a quote would need care; a folder's name may hold a space.
        let data = self
            .folder
            .join("data")
            .to_string_lossy()
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        format!(
            "bind 127.0.0.1\nport {}\nrequirepass {}\ndir \"{data}\"\ndaemonize no\nsave \"\"\nappendonly yes\n\
             appendfsync everysec\n",
            self.port, self.password
        )
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!("{error}");
        }
    }
}

/// Whether Redis is on this machine.
pub(crate) fn is_installed() -> bool {
    find_program().is_some()
}

fn provide_program() -> Result<PathBuf> {
    if let Some(program) = find_program() {
        return Ok(program);
    }
    if apt::is_possible() {
        apt::install(&["redis-server"])?;
    }
    let hint = format!("install Redis 7 or newer{}", apt::suggestion("redis-server"));
    find_program().ok_or(Error::Missing { server: NAME, hint })
}

fn find_program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from);
    let mut candidates = std::env::split_paths(&path)
        .chain(usual)
        .map(|folder| folder.join("redis-server"));
    candidates.find(|program| program.is_file())
}
