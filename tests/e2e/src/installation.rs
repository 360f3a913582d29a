mod servers;
mod users;

use std::{path::PathBuf, time::Duration};

use local_servers::free_port;
use test_kit::{BrokerPrefix, Database, eventually_within};

use crate::{
    Client, Confinement, Mails, Program, Usage,
    client::{PASSWORD, address},
    cpu_groups::CpuGroups,
    own_servers::OwnServers,
};

const PARTITIONS: u16 = 3;
/// How long all services may take to be ready, on a machine that has other things to do.
const READY: Duration = Duration::from_secs(60);
/// What the services of an installation share.
pub const SECRETS: [(&str, &str); 2] = [
    ("INTERNAL_SECRET", "5c0ffee5c0ffee0123456789abcdef01"),
    ("DATA_SECRET", "feedfacefeedface9876543210fedcba"),
];
/// The services that there are.
pub const SERVICES: [&str; 6] = ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];

/// How the platform runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything in one process.
    Standalone,
    /// A process for each service, over RabbitMQ and Redis.
    Distributed,
}

/// A platform that a test starts, stops and kills; its data outlives its processes.
pub struct Installation {
    mode: Mode,
    dir: tempfile::TempDir,
    /// The data folder, where everything is one process.
    data: PathBuf,
    /// The database on the server that all tests share; `None` with servers of its own.
    database: Option<Database>,
    servers: Option<OwnServers>,
    prefix: BrokerPrefix,
    ports: Vec<(&'static str, u16)>,
    programs: Vec<Program>,
    feed: String,
    /// Variables that a test sets, over those that are set anyhow.
    settings: Vec<(String, String)>,
    /// What each service signs in with, where each has users of its own in the database and on the broker.
    service_password: Option<String>,
    /// What its processes run in.
    confinement: Option<Confinement>,
    /// How its processes and servers share the processors. Dropped last, when they are gone.
    groups: Option<CpuGroups>,
}

impl Installation {
    /// An installation that does not run yet.
    pub async fn new(mode: Mode) -> Self {
        Self::on(mode, Some(Database::create().await))
    }

    fn on(mode: Mode, database: Option<Database>) -> Self {
        let ports = SERVICES
            .iter()
            .copied()
            .chain(["operations"])
            .map(|service| (service, free_port().expect("a free port")))
            .collect();
        let dir = tempfile::tempdir().expect("a folder");
        Self {
            mode,
            data: dir.path().join("data"),
            dir,
            database,
            servers: None,
            prefix: BrokerPrefix::new(PARTITIONS),
            ports,
            programs: Vec::new(),
            feed: String::new(),
            settings: Vec::new(),
            service_password: None,
            confinement: None,
            groups: None,
        }
    }

    fn port(&self, service: &str) -> u16 {
        self.ports
            .iter()
            .find(|(name, _)| *name == service)
            .map(|(_, port)| *port)
            .expect("a port")
    }

    /// Says where a service is to be found by the others.
    pub(crate) fn place(&mut self, service: &str, port: u16) {
        let known = self.ports.iter_mut().find(|(name, _)| *name == service);
        known.expect("a service").1 = port;
    }

    /// Where the gateway is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port("gateway"))
    }

    /// Where a service, or the gateway's operations, can be asked by an operator.
    pub fn operations(&self) -> Vec<(&'static str, String)> {
        let others = self.ports.iter().filter(|(name, _)| *name != "gateway");
        others
            .map(|(name, port)| (*name, format!("http://127.0.0.1:{port}")))
            .collect()
    }

    /// Where its mails go.
    pub fn mails(&self) -> Mails {
        Mails::new(&self.dir.path().join("mails"))
    }

    /// Its database on the server that all tests share.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("no servers of its own")
    }

    fn database_url(&self) -> String {
        match (&self.servers, &self.database) {
            (Some(servers), _) => servers.database_url(),
            (None, Some(database)) => database.url(),
            (None, None) => {
                let file = self.data.join("database-url");
                let url = std::fs::read_to_string(file).expect("it runs, and says where its database is");
                url.trim().to_owned()
            }
        }
    }

    /// The number that a query of its database gives.
    pub async fn count(&self, query: &str) -> i64 {
        test_kit::number(&self.database_url(), query).await
    }

    /// Confines the processes of services that start from now on: they see its folder, and can write mails and nothing else.
    pub fn confine(&mut self) {
        let mails = self.dir.path().join("mails");
        drop(self.mails());
        self.confinement = Some(Confinement::default().shows(self.dir.path()).lends(&mails));
    }

    /// Sets a variable for the processes that start from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Starts it on a feed, and waits until it is ready.
    pub async fn start(&mut self, feed: &str) {
        feed.clone_into(&mut self.feed);
        match self.mode {
            Mode::Standalone => {
                let variables = self.variables(feed);
                let data = self.data.display().to_string();
                let port = self.port("gateway").to_string();
                let mut program = Program::start(&["up", "--data-dir", &data, "--port", &port], &variables);
                program.wait_for_line("ready ");
                self.programs.push(program);
            }
            Mode::Distributed => {
                for service in SERVICES {
                    self.start_service(service);
                }
                self.is_ready().await;
                if let Some(confinement) = &self.confinement {
                    self.programs
                        .iter()
                        .for_each(|program| confinement.expect_around(program.pid()));
                }
            }
        }
    }

    /// Starts six processes one after the other, each once the one before it lives, and waits until all are ready.
    pub async fn start_in_order(&mut self, feed: &str, order: &[&str]) {
        feed.clone_into(&mut self.feed);
        let http = reqwest::Client::new();
        for service in order {
            let mut program = Program::start(&["serve", service], &self.variables_of(service, feed));
            let url = format!("http://127.0.0.1:{}/health/live", self.port(service));
            eventually_within(READY, &format!("{service} lives"), async || {
                program.expect_running();
                let answer = http.get(&url).send().await.ok()?;
                answer.status().is_success().then_some(())
            })
            .await;
            self.programs.push(program);
        }
        self.is_ready().await;
    }

    /// Waits until every service of six processes says that it is ready.
    pub async fn is_ready(&self) {
        drop(Client::new(&self.url()));
        let http = reqwest::Client::new();
        let addresses = self.operations();
        eventually_within(READY, "all six services are ready", async || {
            for (_, url) in &addresses {
                let answer = http.get(format!("{url}/health/ready")).send().await.ok()?;
                answer.status().is_success().then_some(())?;
            }
            Some(())
        })
        .await;
    }

    /// Waits until its simulated market trades: at the first start it makes its past before that, and each asset has the
    /// price from the end of it.
    pub async fn is_trading(&self) {
        let client = Client::new(&self.url());
        let newest = async || {
            let status = client.get("/api/market/status/").await;
            let providers = status.body["data"]["providers"].as_array()?;
            providers
                .iter()
                .find_map(|provider| provider["last_tick_at"].as_str().map(str::to_owned))
        };
        // The pasts of all assets end at one moment.
        let past = eventually_within(READY, "the market has prices", &newest).await;
        eventually_within(READY, "the market trades", async || {
            newest().await.filter(|newest| *newest > past)
        })
        .await;
    }

    pub(crate) fn variables(&self, feed: &str) -> Vec<(String, String)> {
        let mut variables = vec![
            ("FEED".to_owned(), feed.to_owned()),
            ("MAIL_URL".to_owned(), self.mails().url()),
            ("GATEWAY__RATE_LIMITS".to_owned(), "off".to_owned()),
            (
                "GATEWAY__OPERATIONS__PORT".to_owned(),
                self.port("operations").to_string(),
            ),
            (
                "RUST_LOG".to_owned(),
                std::env::var("E2E_LOG").unwrap_or_else(|_| "warn".to_owned()),
            ),
        ];
        if self.servers.is_some() || self.database.is_some() {
            variables.push(("DATABASE_URL".to_owned(), self.database_url()));
        }
        for (service, port) in self.ports.iter().filter(|(name, _)| *name != "operations") {
            let section = section(service);
            variables.push((format!("{section}__HTTP__PORT"), port.to_string()));
            variables.push((format!("SERVICES__{section}"), format!("http://127.0.0.1:{port}")));
        }
        if self.mode == Mode::Distributed {
            variables.extend(SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned())));
            let own = self.servers.as_ref();
            let amqp = own.map_or_else(test_kit::amqp_url, OwnServers::amqp_url);
            let redis = own.map_or_else(test_kit::redis_url, OwnServers::redis_url);
            variables.push(("AMQP_URL".to_owned(), amqp));
            variables.push(("REDIS_URL".to_owned(), redis));
            variables.push(("BROKER_PREFIX".to_owned(), self.prefix.as_str().to_owned()));
            variables.push(("TICK_LOG_PARTITIONS".to_owned(), PARTITIONS.to_string()));
        }
        variables.extend(self.settings.iter().cloned());
        variables
    }

    /// Stops every process in order; all that each of them said.
    pub fn stop(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(program) = self.programs.pop() {
            said.push(program.stop());
        }
        said
    }

    /// Kills every process at once.
    pub fn kill(&mut self) {
        for program in self.programs.drain(..) {
            program.kill();
        }
    }

    /// Kills the process of one service, where each has its own.
    pub fn kill_service(&mut self, service: &str) {
        let place = self.programs.iter().position(|program| program.name() == service);
        self.programs.remove(place.expect("a process of its own")).kill();
    }

    /// Starts the process of one service again, on the feed that it had.
    pub fn start_service(&mut self, service: &str) {
        let (arguments, variables) = (["serve", service], self.variables_of(service, &self.feed));
        let start = || match &self.confinement {
            Some(confinement) => Program::start_confined(confinement, &arguments, &variables),
            None => Program::start(&arguments, &variables),
        };
        let program = CpuGroups::within(self.groups.as_ref(), service, start);
        self.programs.push(program);
    }

    /// Stops the process of one service in the middle of whatever it does.
    pub fn freeze_service(&self, service: &str) {
        self.process_of(service).signal(libc::SIGSTOP);
    }

    /// Lets it go on.
    pub fn thaw_service(&self, service: &str) {
        self.process_of(service).signal(libc::SIGCONT);
    }

    fn process_of(&self, service: &str) -> &Program {
        let found = self.programs.iter().find(|program| program.name() == service);
        found.expect("a process of its own")
    }

    /// An administrator of the running platform, made on the command line, signed in.
    pub async fn administrator(&self, name: &str) -> Client {
        let email = address(name);
        let mut arguments = vec!["admin", "create", "--email", &email, "--name", name, "--password-stdin"];
        let data = self.data.display().to_string();
        if self.mode == Mode::Standalone {
            arguments.extend(["--data-dir", &data]);
        }
        let mut program = Program::start_with_input(&arguments, &self.variables("simulator"), PASSWORD);
        let code = program.wait(Duration::from_secs(30));
        assert_eq!(code, Some(0), "{}", program.said());
        let mut client = Client::new(&self.url());
        client.login(&email, PASSWORD).await;
        client
    }

    /// Runs another command of the program on the same database, and gives what it said.
    pub fn command(&self, arguments: &[&str]) -> String {
        let program = Program::start(arguments, &self.variables("simulator"));
        let (code, said) = program.finish(Duration::from_secs(60));
        assert_eq!(code, Some(0), "{arguments:?}:\n{said}");
        said
    }

    /// What each of its processes holds of the machine.
    pub fn usage(&self) -> Vec<(String, Usage)> {
        let programs = self.programs.iter();
        programs
            .map(|program| (program.name().to_owned(), program.usage()))
            .collect()
    }

    /// Expects every process to run still.
    ///
    /// # Panics
    /// When one has ended, with what it said.
    pub fn expect_running(&mut self) {
        for program in &mut self.programs {
            program.expect_running();
        }
    }

    /// Whether all its processes run still.
    pub fn is_running(&mut self) -> bool {
        self.programs.iter_mut().all(Program::is_running)
    }

    /// What its processes printed.
    pub fn said(&self) -> String {
        self.programs.iter().map(Program::said).collect::<Vec<_>>().join("\n")
    }
}

/// The section of a service in names of variables.
pub(crate) fn section(service: &str) -> String {
    service.to_uppercase().replace('-', "_")
}
