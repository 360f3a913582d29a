//! `cargo xtask up` and `migrate`.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use local_servers::process::{Child, Signal};
use local_servers::{free_port, require_free_port};

use crate::distributed;
use crate::processes::ending;
use crate::signals;
use crate::web::Web;
use crate::workspace::{self, Profile};

/// How long everything may take to stop.
const STOP: Duration = Duration::from_secs(12);

/// What `up` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Build without optimisation: quick to build, slow to run
    #[arg(long)]
    pub debug: bool,
    /// One process for each service, over real PostgreSQL, RabbitMQ and Redis
    #[arg(long)]
    pub distributed: bool,
    /// The port of the web API on 127.0.0.1; with another one than 8000 the services behind it take free ports
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// Where data is kept between runs [default: .candlewick in the workspace]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// The port of the web app on 127.0.0.1; a free one with another --port than 8000
    #[arg(long, value_name = "PORT")]
    pub web_port: Option<u16>,
    /// Start without the web app
    #[arg(long)]
    pub no_web: bool,
    /// Where prices come from: auto, live, coinbase,kraken,…, simulator:SEED, replay:FILE, tail:FILE [default: auto]
    #[arg(long, env = "FEED")]
    pub feed: Option<String>,
}

impl Options {
    fn profile(&self) -> Profile {
        if self.debug { Profile::Debug } else { Profile::Release }
    }

    /// The web app, built; `None` where it is not wanted.
    pub fn web(&self) -> Result<Option<BuiltWeb>> {
        if self.no_web {
            return Ok(None);
        }
        let port = self.web_port()?;
        let app = Web::find()?;
        app.build()?;
        Ok(Some(BuiltWeb { app, port }))
    }

    fn web_port(&self) -> Result<u16> {
        let port = match self.web_port {
            Some(port) => port,
            None if self.port == 8000 => 3000,
            None => return Ok(free_port()?),
        };
        require_free_port(port).context("the web app can't listen; choose another port with --web-port")?;
        Ok(port)
    }

    fn data_dir(&self) -> Result<PathBuf> {
        let given = self
            .data_dir
            .clone()
            .unwrap_or_else(|| workspace::root().join(".candlewick"));
        std::path::absolute(&given).with_context(|| format!("the data folder {}", given.display()))
    }
}

/// Runs Candlewick until it is stopped.
pub fn run(options: &Options) -> Result<ExitCode> {
    let data_dir = options.data_dir()?;
    let binary = workspace::build_candlewick(options.profile())?;
    if options.distributed {
        return distributed::run(options, &binary, &data_dir);
    }
    let web = options
        .web()?
        .map(|web| WebApp::start(web, options, &data_dir))
        .transpose()?;
    if env::var_os("DATABASE_URL").is_none_or(|url| url.is_empty()) {
        println!("looking for PostgreSQL (DATABASE_URL is not set)");
        let folder = local_servers::provide_postgres_binaries()?;
        println!("using the PostgreSQL of {} for a private database", folder.display());
    }
    let mut command = Command::new(&binary);
    command
        .arg("up")
        .arg("--data-dir")
        .arg(&data_dir)
        .arg("--port")
        .arg(options.port.to_string());
    if let Some(feed) = &options.feed {
        command.arg("--feed").arg(feed);
    }
    match web {
        Some(web) => web.beside(command),
        None => Err(become_program(command)),
    }
}

/// The web app, built, and where it shall listen.
pub struct BuiltWeb {
    pub app: Web,
    pub port: u16,
}

impl BuiltWeb {
    /// Where people find it.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

/// The web app, as it runs.
struct WebApp {
    child: Child,
    url: String,
}

impl WebApp {
    /// Builds and starts it. It is up before the gateway, which it asks only once there is somebody to ask for.
    fn start(web: BuiltWeb, options: &Options, data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir).with_context(|| format!("making {}", data_dir.display()))?;
        let gateway = format!("http://127.0.0.1:{}", options.port);
        let child = web.app.serve(web.port, &gateway, &data_dir.join("web.log"))?;
        Ok(Self { child, url: web.url() })
    }

    /// Runs the program until it ends or a signal comes, then stops the web app too.
    fn beside(self, mut command: Command) -> Result<ExitCode> {
        // Links in mails lead to the web app.
        if env::var_os("PUBLIC_URL").is_none_or(|url| url.is_empty()) {
            command.env("PUBLIC_URL", &self.url);
        }
        // The web app hands requests on, and says for whom.
        if env::var_os("GATEWAY__TRUSTED_PROXIES").is_none() {
            command.env("GATEWAY__TRUSTED_PROXIES", "127.0.0.1");
        }
        command.env("WEB_URL", &self.url).stdin(Stdio::null());
        signals::watch();
        let program = Child::spawn(command, Signal::Terminate).context("starting candlewick")?;
        let status = loop {
            if let Some(status) = program.wait(Duration::from_millis(100)) {
                break Some(status);
            }
            if signals::received().is_some() {
                break None;
            }
            if let Some(status) = self.child.status() {
                program.end(Signal::Terminate, STOP);
                bail!("the web app {}; its log is web.log in the data folder", ending(status));
            }
        };
        if status.is_none() {
            program.signal(Signal::Terminate);
        }
        let status = status.or_else(|| program.wait(STOP));
        self.child.end(Signal::Terminate, STOP);
        match status {
            Some(status) if status.success() => Ok(ExitCode::SUCCESS),
            // It has said itself what was wrong.
            Some(_) => Ok(ExitCode::FAILURE),
            None => bail!("candlewick did not stop within {} s", STOP.as_secs()),
        }
    }
}

/// Runs `candlewick migrate`.
pub fn migrate(extra: &[OsString]) -> Result<ExitCode> {
    let mut command = Command::new(workspace::build_candlewick(Profile::Debug)?);
    command.arg("migrate").args(extra);
    Err(become_program(command))
}

/// Takes our place, so that signals, the exit code and the terminal are the program's own. Returns only on failure.
fn become_program(mut command: Command) -> Error {
    let error = command.exec();
    Error::new(error).context(format!("running {}", command.get_program().to_string_lossy()))
}
