//! A private RabbitMQ node with a private epmd, the name service that Erlang nodes need.

use std::env;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::apt;
use crate::error::{Doing, Error, Result};
use crate::folder::Folder;
use crate::node::{Launch, Node};
use crate::ports;
use crate::probe;
use crate::process::Signal;
use crate::secret;

const NAME: &str = "RabbitMQ";
/// Names are looked up at the node's own epmd, so one name for all does not collide. It names the data as well. The host
/// is a number because not every machine knows the name localhost.
const NODE: &str = "candlewick@127.0.0.1";
const USER: &str = "candlewick";
const START: Duration = Duration::from_secs(120);

/// How a private RabbitMQ is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct RabbitMqOptions {
    /// Its port, or a free one.
    pub port: Option<u16>,
    /// Whether it can be managed over HTTP, on a port of its own.
    pub is_managed: bool,
}

/// A private RabbitMQ on a loopback port with a random password, which keeps its data. Stops when dropped.
#[derive(Debug)]
pub struct RabbitMq {
    folder: Folder,
    programs: Programs,
    password: String,
    port: u16,
    management_port: Option<u16>,
    /// Where the node's name is looked up; another one at each start.
    epmd_port: u16,
    broker: Node,
    epmd: Node,
}

/// The programs that a node consists of.
#[derive(Debug)]
struct Programs {
    server: PathBuf,
    control: PathBuf,
    epmd: PathBuf,
}

impl RabbitMq {
    /// Starts the node of `dir` on this port or a free one.
    pub fn start(dir: &Path, port: Option<u16>) -> Result<Self> {
        let options = RabbitMqOptions {
            port,
            ..RabbitMqOptions::default()
        };
        Self::start_with(dir, options)
    }

    /// Starts the node of `dir`.
    pub fn start_with(dir: &Path, options: RabbitMqOptions) -> Result<Self> {
        let folder = Folder::take(dir)?;
        folder.end_remembered("pid", NAME, Signal::Kill)?;
        folder.end_remembered("epmd-pid", "epmd", Signal::Kill)?;
        let port = ports::choose(options.port)?;
        let management_port = options.is_managed.then(ports::free_port).transpose()?;
        let programs = Programs::provide()?;
        let password = secret::load_or_create(&folder.join("password"), 24)?;
        write_cookie(&folder)?;
        let broker = Node::new(NAME, &folder, "rabbitmq.log");
        let epmd = Node::new("epmd", &folder, "epmd.log");
        let mut server = Self {
            folder,
            programs,
            password,
            port,
            management_port,
            epmd_port: 0,
            broker,
            epmd,
        };
        server.launch()?;
        Ok(server)
    }

    /// The broker's URL.
    pub fn url(&self) -> String {
        format!("amqp://{USER}:{}@127.0.0.1:{}/%2f", self.password, self.port)
    }

    /// Where it is managed, if it is: the administrator's name and password are inside.
    pub fn management_url(&self) -> Option<String> {
        let port = self.management_port?;
        Some(format!("http://{USER}:{}@127.0.0.1:{port}", self.password))
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the broker's process is alive.
    pub fn is_running(&self) -> bool {
        self.broker.pid().is_some()
    }

    /// Stops the broker and what belongs to it; does nothing when it is down.
    pub fn stop(&mut self) -> Result<()> {
        let stopped = self.broker.stop(&[(Signal::Terminate, 30)]);
        self.epmd.kill();
        stopped
    }

    /// Kills the broker as a power failure would.
    pub fn kill(&mut self) {
        self.broker.kill();
        self.epmd.kill();
    }

    /// Starts the broker again on the same port and data.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        ports::require_free_port(self.port)?;
        self.launch()
    }

    fn launch(&mut self) -> Result<()> {
        self.epmd_port = ports::free_port()?;
        self.launch_epmd(self.epmd_port)?;
        let launched = self.launch_broker();
        if launched.is_err() {
            self.epmd.kill();
        }
        launched
    }

    /// Erlang would start one by itself, as a daemon that nobody stops.
    fn launch_epmd(&mut self, port: u16) -> Result<()> {
        let mut command = Command::new(&self.programs.epmd);
        command.args(["-address", "127.0.0.1", "-port", &port.to_string()]);
        let within = Duration::from_secs(10);
        let launch = Launch {
            command,
            at_death: Signal::Kill,
            account: None,
            within,
        };
        self.epmd
            .start(launch, || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
        self.folder.remember("epmd-pid", self.epmd.pid())
    }

    fn launch_broker(&mut self) -> Result<()> {
        let mut config = format!(
            "listeners.tcp.1 = 127.0.0.1:{}\ndefault_user = {USER}\ndefault_pass = {}\nlog.console = false\n\
             disk_free_limit.absolute = 50MB\n",
            self.port, self.password
        );
        if let Some(port) = self.management_port {
            // What it would measure for its pages nobody looks at.
            config.push_str(&format!(
                "management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n\
                 management_agent.disable_metrics_collector = true\n"
            ));
            let plugins = self.folder.join("enabled_plugins");
            fs::write(&plugins, "[rabbitmq_management].\n").doing(|| format!("writing {}", plugins.display()))?;
        }
        secret::write_private(&self.folder.join("rabbitmq.conf"), &config)?;
        let url = self.url();
        let launch = Launch {
            command: self.broker_command()?,
            at_death: Signal::Kill,
            account: None,
            within: START,
        };
        let management = self.management_port;
        let is_managed = || management.is_none_or(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        self.broker
            .start(launch, || probe::amqp(&url).is_ok() && is_managed())?;
        self.folder.remember("pid", self.broker.pid())
    }

    /// Has `rabbitmqctl` carry a command out on this node, and gives what it says.
    pub fn control(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(&self.programs.control)?;
        command.arg("--quiet").args(arguments);
        let doing = || format!("running rabbitmqctl {}", arguments.join(" "));
        let output = command.output().doing(doing)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(std::io::Error::other(complaint)).doing(doing)
    }

    /// A program of this node's, which sees no other node's settings.
    fn command(&self, program: &Path) -> Result<Command> {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os().filter(|(name, _)| is_foreign(name)) {
            command.env_remove(name);
        }
        command
            .env("HOME", self.folder.make("home")?)
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("RABBITMQ_NODENAME", NODE)
            .env("RABBITMQ_USE_LONGNAME", "true")
            .env("ERL_EPMD_PORT", self.epmd_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_CRASH_DUMP_SECONDS", "0")
            .current_dir(self.folder.path());
        Ok(command)
    }

    fn broker_command(&self) -> Result<Command> {
        let mut command = self.command(&self.programs.server)?;
        let folder = |name: &str| self.folder.make(name).map(OsString::from);
        command
            .env("RABBITMQ_MNESIA_BASE", folder("data")?)
            .env("RABBITMQ_LOG_BASE", folder("logs")?)
            .env("RABBITMQ_GENERATED_CONFIG_DIR", folder("generated")?)
            .env("RABBITMQ_CONFIG_FILE", self.folder.join("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", self.folder.join("advanced.config"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", self.folder.join("enabled_plugins"))
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_DIST_PORT", ports::free_port()?.to_string())
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1}",
            )
            // The script then becomes the broker instead of watching over it, so that signals reach the broker.
            .env("RABBITMQ_ALLOW_INPUT", "true")
            .arg("-noinput");
        Ok(command)
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!("{error}");
        }
    }
}

impl Programs {
    fn provide() -> Result<Self> {
        if let Some(programs) = Self::find() {
            return Ok(programs);
        }
        if apt::is_possible() {
            apt::install(&["rabbitmq-server"])?;
        }
        let hint = format!("install RabbitMQ 3.10 or newer{}", apt::suggestion("rabbitmq-server"));
        Self::find().ok_or(Error::Missing { server: NAME, hint })
    }

    fn find() -> Option<Self> {
        let path: Vec<PathBuf> = env::var_os("PATH")
            .map(|path| env::split_paths(&path).collect())
            .unwrap_or_default();
        // First Debian's own folder: the script that Debian puts on the path changes the user.
        let usual = [
            "/usr/lib/rabbitmq/bin",
            "/opt/homebrew/opt/rabbitmq/sbin",
            "/usr/local/opt/rabbitmq/sbin",
        ];
        let folders = usual.iter().map(PathBuf::from).chain(path.iter().cloned());
        let server = folders
            .map(|folder| folder.join("rabbitmq-server"))
            .find(|file| file.is_file())?;
        let control = server.with_file_name("rabbitmqctl");
        let usual = ["/usr/bin", "/opt/homebrew/opt/erlang/bin", "/usr/local/opt/erlang/bin"].map(PathBuf::from);
        let epmd = path
            .into_iter()
            .chain(usual)
            .map(|folder| folder.join("epmd"))
            .find(|file| file.is_file())?;
        Some(Self { server, control, epmd })
    }
}

/// Whether RabbitMQ is on this machine.
pub(crate) fn is_installed() -> bool {
    Programs::find().is_some()
}

/// Settings of another broker in our environment, which must not reach ours.
fn is_foreign(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("RABBITMQ_") || name.starts_with("ERL_")
}

/// The secret by which the node's tools know it; Erlang insists on mode 0400.
fn write_cookie(folder: &Folder) -> Result<()> {
    let cookie = folder.make("home")?.join(".erlang.cookie");
    secret::load_or_create(&cookie, 16)?;
    let read_only = Permissions::from_mode(0o400);
    fs::set_permissions(&cookie, read_only).doing(|| format!("protecting {}", cookie.display()))
}
