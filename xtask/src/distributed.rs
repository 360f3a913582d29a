//! `cargo xtask up --distributed`: one process for each service over real servers.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use local_servers::{Kind, PostgresOptions, free_port, probe, require_free_port, secret};
use serde_json::Value;

use crate::health;
use crate::lines;
use crate::processes::{Processes, ending};
use crate::servers::{Rule, Servers};
use crate::signals;
use crate::up::{BuiltWeb, Options};

/// The services and their usual ports, the gateway last: it is of no use before the others.
const SERVICES: [(&str, u16); 6] = [
    ("auth", 8101),
    ("market-data", 8102),
    ("alerts", 8103),
    ("portfolio", 8104),
    ("notifier", 8105),
    ("gateway", 8000),
];
/// The file with the variables of a running installation.
const ENVIRONMENT: &str = "environment";
const READY: Duration = Duration::from_secs(90);
const STOP: Duration = Duration::from_secs(10);

/// Where everything listens.
struct Ports {
    services: Vec<(&'static str, u16)>,
    /// The gateway's metrics and details, which its public port does not tell.
    operations: u16,
    inbox: u16,
    smtp: u16,
}

/// Starts everything, waits for its end or a signal, and stops everything.
pub fn run(options: &Options, binary: &Path, data_dir: &Path) -> Result<ExitCode> {
    let dir = data_dir.join("distributed");
    fs::create_dir_all(&dir).with_context(|| format!("making the folder {}", dir.display()))?;
    let ports = Ports::choose(options.port)?;
    let web = options.web()?;
    println!("looking for PostgreSQL, RabbitMQ and Redis");
    let postgres = PostgresOptions {
        databases: vec!["candlewick".into()],
        ..PostgresOptions::default()
    };
    let servers = Servers::provide(Rule::OnlyWhatIsNamed, &dir, &postgres)?;
    signals::watch();
    let mut processes = Processes::default();
    let place = Place {
        options,
        binary,
        dir: &dir,
        ports: &ports,
        web: web.as_ref(),
    };
    let result = run_services(&place, &servers, &mut processes);
    for name in processes.stop(STOP) {
        eprintln!(
            "warning: {name} did not stop within {} s and was killed",
            STOP.as_secs()
        );
    }
    let stopped = servers.stop();
    result?;
    stopped?;
    println!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// What an installation is made of.
struct Place<'a> {
    options: &'a Options,
    binary: &'a Path,
    dir: &'a Path,
    ports: &'a Ports,
    web: Option<&'a BuiltWeb>,
}

fn run_services(place: &Place<'_>, servers: &Servers, processes: &mut Processes) -> Result<()> {
    let Place { binary, ports, .. } = *place;
    let environment = Environment::new(place, servers)?;
    migrate(binary, servers, &environment)?;
    for (name, _) in &ports.services {
        processes.start(name, environment.serve(binary, name))?;
    }
    processes.start("inbox", environment.serve(binary, "inbox"))?;
    if let Some(web) = place.web {
        let gateway = format!("http://127.0.0.1:{}", ports.gateway());
        processes.start("web", web.app.server(web.port, &gateway))?;
    }
    let services = ports
        .services
        .iter()
        .map(|(name, port)| (*name, *port, "/health/ready"));
    // The inbox depends on nobody, and the web app waits for the gateway itself: as soon as they live they are ready.
    let web = place.web.map(|web| ("web", web.port, "/health/live"));
    let everyone = services.chain([("inbox", ports.inbox, "/health/live")]).chain(web);
    let all_ready = wait_ready(everyone.collect(), processes, servers)?;
    if all_ready {
        summary(place);
        watch(processes, servers)?;
    }
    Ok(())
}

impl Ports {
    fn choose(gateway: u16) -> Result<Self> {
        let mut services = Vec::new();
        for (name, usual) in SERVICES {
            let port = match name {
                "gateway" => gateway,
                _ if gateway == 8000 => usual,
                _ => free_port()?,
            };
            require_free_port(port).with_context(|| format!("{name} cannot listen"))?;
            services.push((name, port));
        }
        let operations = if gateway == 8000 { 8100 } else { free_port()? };
        require_free_port(operations).context("the gateway's metrics cannot be served")?;
        let usual_or_free = |usual| match gateway {
            8000 if require_free_port(usual).is_ok() => Ok(usual),
            _ => free_port(),
        };
        Ok(Self {
            services,
            operations,
            inbox: usual_or_free(8025)?,
            smtp: usual_or_free(1025)?,
        })
    }

    fn gateway(&self) -> u16 {
        self.services
            .iter()
            .find(|(name, _)| *name == "gateway")
            .map_or(8000, |(_, port)| *port)
    }
}

/// The variables that every process gets.
struct Environment(Vec<(String, String)>);

impl Environment {
    fn new(place: &Place<'_>, servers: &Servers) -> Result<Self> {
        let Place {
            options, dir, ports, ..
        } = *place;
        let mut variables: Vec<(String, String)> = Kind::ALL
            .map(|kind| (kind.variable().to_owned(), servers.url(kind).to_owned()))
            .into();
        let mut set = |name: &str, value: String| variables.push((name.to_owned(), value));
        set("FEED", options.feed.clone().unwrap_or_else(|| "auto".into()));
        set(
            "INTERNAL_SECRET",
            secret::load_or_create(&dir.join("internal-secret"), 32)?,
        );
        set("DATA_SECRET", secret::load_or_create(&dir.join("data-secret"), 32)?);
        for (name, port) in &ports.services {
            let section = section(name);
            set(&format!("{section}__HTTP__PORT"), port.to_string());
            set(&format!("SERVICES__{section}"), format!("http://127.0.0.1:{port}"));
        }
        set("GATEWAY__OPERATIONS__PORT", ports.operations.to_string());
        set("INBOX__HTTP_PORT", ports.inbox.to_string());
        set("INBOX__SMTP_PORT", ports.smtp.to_string());
        let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        set(
            "PUBLIC_URL",
            given("PUBLIC_URL")
                .or_else(|| Some(place.web?.url()))
                .unwrap_or_else(|| "http://localhost:3000".into()),
        );
        if place.web.is_some() && given("GATEWAY__TRUSTED_PROXIES").is_none() {
            // The web app hands requests on, and says for whom.
            set("GATEWAY__TRUSTED_PROXIES", "127.0.0.1".into());
        }
        // A person reads along: only what went wrong interrupts.
        set("RUST_LOG", given("RUST_LOG").unwrap_or_else(|| "warn".into()));
        match given("MAIL_URL") {
            Some(url) => set("MAIL_URL", url),
            None => {
                set("MAIL_URL", format!("smtp://127.0.0.1:{}", ports.smtp));
                // Anybody here can read the inbox: waiting for a mail there would prove nothing.
                set("AUTH__REQUIRE_VERIFIED_EMAIL", "false".into());
            }
        }
        let environment = Self(variables);
        environment.save(&dir.join(ENVIRONMENT))?;
        Ok(environment)
    }

    /// Writes the variables for a shell, so that other commands of candlewick can reach this installation.
    fn save(&self, file: &Path) -> Result<()> {
        let quoted = |value: &str| value.replace('\'', r"'\''");
        let lines = self
            .0
            .iter()
            .map(|(name, value)| format!("export {name}='{}'\n", quoted(value)));
        Ok(secret::write_private(file, &lines.collect::<String>())?)
    }

    fn serve(&self, binary: &Path, service: &str) -> Command {
        let mut command = self.command(binary);
        command.args(["serve", service]);
        command
    }

    fn command(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.envs(self.0.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The section of a service in names of variables.
fn section(service: &str) -> String {
    service.to_uppercase().replace('-', "_")
}

fn migrate(binary: &Path, servers: &Servers, environment: &Environment) -> Result<()> {
    if !servers.is_private(Kind::Postgres) {
        let url = servers.url(Kind::Postgres);
        let name = url
            .rsplit('/')
            .next()
            .and_then(|path| path.split('?').next())
            .unwrap_or_default();
        // Best effort: a server that wants a password has its database made by whoever set the password.
        if probe::create_postgres_database(url, name).is_err() {
            println!("  the database {name} of DATABASE_URL is taken to exist");
        }
    }
    println!("bringing the database up to date");
    let status = environment
        .command(binary)
        .arg("migrate")
        .status()
        .context("running candlewick migrate")?;
    if !status.success() {
        bail!("candlewick migrate failed: see above");
    }
    Ok(())
}

/// Waits until everyone is ready: false when a signal asked us to stop before.
fn wait_ready(mut waiting: Vec<(&str, u16, &str)>, processes: &Processes, servers: &Servers) -> Result<bool> {
    let deadline = Instant::now() + READY;
    while !waiting.is_empty() {
        if signals::received().is_some() {
            return Ok(false);
        }
        require_alive(processes, servers)?;
        if Instant::now() > deadline {
            let names: Vec<&str> = waiting.iter().map(|(name, ..)| *name).collect();
            bail!("not ready within {} s: {}", READY.as_secs(), names.join(", "));
        }
        waiting.retain(|(_, port, path)| !health::is_fine(*port, path));
        thread::sleep(Duration::from_millis(50));
    }
    Ok(true)
}

/// Watches until a signal asks us to stop; anyone's end is an error.
fn watch(processes: &Processes, servers: &Servers) -> Result<()> {
    while signals::received().is_none() {
        require_alive(processes, servers)?;
        thread::sleep(Duration::from_millis(100));
    }
    println!("stopping");
    Ok(())
}

fn require_alive(processes: &Processes, servers: &Servers) -> Result<()> {
    if let Some((name, status)) = processes.ended() {
        // A signal to the whole group may have reached the child before us.
        if signals::received().is_none() {
            bail!("{name} {}: everything else was stopped as well", ending(status));
        }
    }
    if let Some(name) = servers.ended() {
        bail!("the private {name} ended: everything else was stopped as well");
    }
    Ok(())
}

fn summary(place: &Place<'_>) {
    let Place { binary, dir, ports, .. } = *place;
    let gateway = ports.gateway();
    let api = format!("http://127.0.0.1:{gateway}");
    let environment = dir.join(ENVIRONMENT);
    let lines = [
        String::new(),
        place
            .web
            .map_or_else(String::new, |web| format!("  web app        {}", web.url())),
        format!("  web API        {api}/api/"),
        format!("  API docs       {api}/api/docs"),
        format!(
            "  inbox          http://127.0.0.1:{} (every e-mail; SMTP on port {})",
            ports.inbox, ports.smtp
        ),
        format!("  prices         {}", feed(gateway)),
        format!("  administrator  (. {} &&", environment.display()),
        format!(
            "                 {} admin create --email you@example.org --name You)",
            binary.display()
        ),
        String::new(),
        format!("ready {api}"),
    ];
    lines.iter().for_each(|line| lines::print(line));
}

/// The feed in use, as the gateway tells everybody.
fn feed(gateway: u16) -> String {
    let answer = health::get(gateway, "/api/market/status/").filter(|(status, _)| *status == 200);
    let value: Option<Value> = answer.and_then(|(_, body)| serde_json::from_str(&body).ok());
    describe_feed(&value.unwrap_or_default())
}

fn describe_feed(answer: &Value) -> String {
    let status = answer.get("data").unwrap_or(answer);
    let Some(providers) = status["providers"].as_array() else {
        return "not known yet".into();
    };
    let describe = |provider: &Value| {
        let name = provider["name"].as_str()?;
        Some(format!(
            "{name} ({})",
            provider["state"].as_str().unwrap_or("state unknown")
        ))
    };
    let names: Vec<String> = providers.iter().filter_map(describe).collect();
    let is_simulated = status["simulated"].as_bool() == Some(true);
    match (is_simulated, names.is_empty()) {
        (true, true) => "simulated".into(),
        (true, false) => format!("simulated: {}", names.join(", ")),
        (false, true) => "no provider has spoken yet".into(),
        (false, false) => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_told_by_provider_and_state() {
        let answer: Value = serde_json::from_str(
            r#"{"data": {"simulated": true, "providers": [{"name": "simulator", "state": "live"}]}}"#,
        )
        .unwrap();
        assert_eq!(describe_feed(&answer), "simulated: simulator (live)");
        let answer: Value = serde_json::from_str(r#"{"simulated": true, "providers": []}"#).unwrap();
        assert_eq!(describe_feed(&answer), "simulated");
        assert_eq!(describe_feed(&Value::Null), "not known yet");
    }

    #[test]
    fn a_service_s_section_has_no_hyphen() {
        assert_eq!(section("market-data"), "MARKET_DATA");
    }
}
