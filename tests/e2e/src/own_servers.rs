use std::path::Path;

use local_servers::{Postgres, PostgresOptions, RabbitMq, RabbitMqOptions, Redis};

use crate::cpu_groups::CpuGroups;

const DATABASE: &str = "candlewick";

/// A server that belongs to one installation, so that it may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnServer {
    /// The database.
    Postgres,
    /// The broker.
    RabbitMq,
    /// The cache.
    Redis,
}

impl OwnServer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::RabbitMq, Self::Redis];
}

/// The servers of one installation.
pub(crate) struct OwnServers {
    postgres: Postgres,
    rabbitmq: RabbitMq,
    redis: Redis,
}

impl OwnServers {
    /// Starts the servers, each with its data in a folder, and in a group of its own where there are any.
    pub(crate) fn start(postgres: &Path, rabbitmq: &Path, redis: &Path, groups: Option<&CpuGroups>) -> Self {
        let options = PostgresOptions {
            databases: vec![DATABASE.to_owned()],
            ..PostgresOptions::default()
        };
        let managed = RabbitMqOptions {
            is_managed: true,
            ..RabbitMqOptions::default()
        };
        let postgres = || Postgres::start_with(&postgres.join("postgres"), options);
        let rabbitmq = || RabbitMq::start_with(&rabbitmq.join("rabbitmq"), managed);
        let redis = || Redis::start(&redis.join("redis"), None);
        Self {
            postgres: CpuGroups::within(groups, "postgres", postgres).expect("a private PostgreSQL"),
            rabbitmq: CpuGroups::within(groups, "rabbitmq", rabbitmq).expect("a private RabbitMQ"),
            redis: CpuGroups::within(groups, "redis", redis).expect("a private Redis"),
        }
    }

    pub(crate) fn database_url(&self) -> String {
        self.postgres.url(DATABASE)
    }

    pub(crate) fn amqp_url(&self) -> String {
        self.rabbitmq.url()
    }

    /// Where its administrator manages the broker.
    pub(crate) fn management_url(&self) -> String {
        self.rabbitmq.management_url().expect("it is managed")
    }

    pub(crate) fn redis_url(&self) -> String {
        self.redis.url()
    }

    pub(crate) fn url(&self, server: OwnServer) -> String {
        match server {
            OwnServer::Postgres => self.database_url(),
            OwnServer::RabbitMq => self.amqp_url(),
            OwnServer::Redis => self.redis_url(),
        }
    }

    pub(crate) fn control_broker(&self, arguments: &[&str]) {
        self.rabbitmq.control(arguments).expect("the broker obeys");
    }

    /// Ends a server as a power failure would.
    pub(crate) fn kill(&mut self, server: OwnServer) {
        match server {
            OwnServer::Postgres => self.postgres.kill().expect("killed"),
            OwnServer::RabbitMq => self.rabbitmq.kill(),
            OwnServer::Redis => self.redis.kill(),
        }
    }

    /// Starts it again on the same port and data; Redis comes back empty.
    pub(crate) fn start_again(&mut self, server: OwnServer) {
        match server {
            OwnServer::Postgres => self.postgres.restart(),
            OwnServer::RabbitMq => self.rabbitmq.restart(),
            OwnServer::Redis => self.redis.restart(),
        }
        .unwrap_or_else(|error| panic!("{server:?} starts again: {error}"));
    }

    pub(crate) fn is_running(&self, server: OwnServer) -> bool {
        match server {
            OwnServer::Postgres => self.postgres.is_running(),
            OwnServer::RabbitMq => self.rabbitmq.is_running(),
            OwnServer::Redis => self.redis.is_running(),
        }
    }
}
