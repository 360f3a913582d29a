use std::{collections::BTreeMap, time::Duration};

use test_kit::eventually_within;

use crate::{
    Installation, Mails, Mode, Program,
    balancer::Balancer,
    installation::{SERVICES, section},
};

const READY: Duration = Duration::from_secs(60);
/// How many of each service run.
const INSTANCES: usize = 2;
/// How long an instance says that it goes before it does: longer than a balancer takes to hear it.
const DRAIN_MS: &str = "1500";

/// Two instances of each service, each service behind a balancer.
pub struct Cluster {
    platform: Installation,
    balancers: BTreeMap<&'static str, Balancer>,
    instances: Vec<Instance>,
    feed: String,
}

struct Instance {
    service: &'static str,
    port: u16,
    /// Where it tells whether it is ready.
    operations: u16,
    program: Program,
}

impl Cluster {
    /// Starts all, and waits until they are ready.
    pub async fn start(feed: &str) -> Self {
        Self::start_on(Installation::new(Mode::Distributed).await, feed).await
    }

    /// Starts all of an installation that does not run yet.
    pub async fn start_on(mut platform: Installation, feed: &str) -> Self {
        let mut balancers = BTreeMap::new();
        for service in SERVICES {
            let balancer = Balancer::start().await;
            platform.place(service, balancer.port());
            balancers.insert(service, balancer);
        }
        let mut cluster = Self {
            platform,
            balancers,
            instances: Vec::new(),
            feed: feed.to_owned(),
        };
        for service in SERVICES {
            for _ in 0..INSTANCES {
                let instance = cluster.launch(service);
                cluster.instances.push(instance);
            }
        }
        for instance in &mut cluster.instances {
            instance.is_ready().await;
            cluster.balancers[instance.service].add(instance.port);
        }
        cluster
    }

    /// Where the gateways are.
    pub fn url(&self) -> String {
        self.platform.url()
    }

    /// The installation, whose settings count for instances that start from now on.
    pub fn installation(&mut self) -> &mut Installation {
        &mut self.platform
    }

    /// Where mails go.
    pub fn mails(&self) -> Mails {
        self.platform.mails()
    }

    /// Replaces each instance of a service by a new one, one after the other.
    pub async fn replace(&mut self, service: &'static str) {
        for _ in 0..INSTANCES {
            let mut new = self.launch(service);
            new.is_ready().await;
            self.balancers[service].add(new.port);
            self.instances.push(new);
            let oldest = self.instances.iter().position(|instance| instance.service == service);
            let old = self.instances.remove(oldest.expect("an instance"));
            self.balancers[service].remove(old.port);
            let stopping = tokio::task::spawn_blocking(move || old.program.stop());
            stopping.await.expect("it stops in order, in time");
        }
    }

    /// Stops all.
    pub fn stop(self) {
        for instance in self.instances {
            instance.program.stop();
        }
    }

    fn launch(&self, service: &'static str) -> Instance {
        let section = section(service);
        let free_port = || local_servers::free_port().expect("a free port");
        let port = free_port();
        let operations = if service == "gateway" { free_port() } else { port };
        let mut variables = self.platform.variables_of(service, &self.feed);
        variables.extend([
            (format!("{section}__HTTP__PORT"), port.to_string()),
            (format!("{section}__HTTP__DRAIN_MS"), DRAIN_MS.to_owned()),
            // So many processes share one server of the tests.
            ("DATABASE__POOL_SIZE".to_owned(), "4".to_owned()),
            ("GATEWAY__OPERATIONS__PORT".to_owned(), operations.to_string()),
        ]);
        Instance {
            service,
            port,
            operations,
            program: Program::start(&["serve", service], &variables),
        }
    }
}

impl Instance {
    async fn is_ready(&mut self) {
        let http = reqwest::Client::new();
        let url = format!("http://127.0.0.1:{}/health/ready", self.operations);
        eventually_within(
            READY,
            &format!("an instance of {} is ready", self.service),
            async || {
                self.program.expect_running();
                let answer = http.get(&url).send().await.ok()?;
                answer.status().is_success().then_some(())
            },
        )
        .await;
    }
}
