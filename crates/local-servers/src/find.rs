//! Uses a server that is there, or starts a private one.

use std::path::PathBuf;

use crate::apt;
use crate::error::Result;
use crate::postgres::{self, Postgres, PostgresOptions};
use crate::probe::{self, NoAnswer};
use crate::rabbitmq::{self, RabbitMq};
use crate::redis::{self, Redis};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The database.
    Postgres,
    /// The message broker.
    RabbitMq,
    /// The cache.
    Redis,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::RabbitMq, Self::Redis];

    /// The server's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::RabbitMq => "RabbitMQ",
            Self::Redis => "Redis",
        }
    }

    /// The environment variable that holds its URL.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "DATABASE_URL",
            Self::RabbitMq => "AMQP_URL",
            Self::Redis => "REDIS_URL",
        }
    }

    /// Where such a server usually listens on a developer's machine.
    pub fn usual_url(self) -> &'static str {
        match self {
            Self::Postgres => "postgres://postgres@127.0.0.1:5432/postgres",
            Self::RabbitMq => "amqp://guest:guest@127.0.0.1:5672/%2f",
            Self::Redis => "redis://127.0.0.1:6379/",
        }
    }

    /// Whether a server of this kind answers at `url`, in its own protocol.
    pub fn probe(self, url: &str) -> std::result::Result<(), NoAnswer> {
        match self {
            Self::Postgres => probe::postgres(url),
            Self::RabbitMq => probe::amqp(url),
            Self::Redis => probe::redis(url),
        }
    }

    fn is_installed(self) -> bool {
        match self {
            Self::Postgres => postgres::is_installed(),
            Self::RabbitMq => rabbitmq::is_installed(),
            Self::Redis => redis::is_installed(),
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::RabbitMq => "rabbitmq-server",
            Self::Redis => "redis-server",
        }
    }
}

/// Where to look for a server.
#[derive(Debug, Clone)]
pub struct Search {
    /// A URL that goes first, usually from the environment.
    pub given: Option<String>,
    /// Whether the usual local port may be used.
    pub usual_port: bool,
    /// The folder of the private server that is started when no other answers.
    pub private_dir: PathBuf,
    /// How a private PostgreSQL runs; other servers need no options.
    pub postgres: PostgresOptions,
}

/// Where a server came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It answered at the given URL.
    Given,
    /// It answered at the usual local port.
    UsualPort,
    /// It was started for us.
    Private,
}

/// A server that answers. A private one stops when this is dropped.
#[derive(Debug)]
pub struct Found {
    url: String,
    origin: Origin,
    private: Option<Private>,
}

#[derive(Debug)]
enum Private {
    Postgres(Box<Postgres>),
    RabbitMq(Box<RabbitMq>),
    Redis(Box<Redis>),
}

impl Found {
    /// The server's URL; for a private PostgreSQL that of its first wanted database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the server came from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether a private server still runs; others count as running.
    pub fn is_running(&self) -> bool {
        match &self.private {
            None => true,
            Some(Private::Postgres(server)) => server.is_running(),
            Some(Private::RabbitMq(server)) => server.is_running(),
            Some(Private::Redis(server)) => server.is_running(),
        }
    }

    /// Stops what was started; leaves other servers alone.
    pub fn stop(mut self) -> Result<()> {
        match &mut self.private {
            None => Ok(()),
            Some(Private::Postgres(server)) => server.stop(),
            Some(Private::RabbitMq(server)) => server.stop(),
            Some(Private::Redis(server)) => server.stop(),
        }
    }
}

/// The server at the given URL if it answers, else the one at the usual local port, else a private one.
pub fn find_or_start(kind: Kind, search: Search) -> Result<Found> {
    if let Some(url) = search.given.filter(|url| !url.is_empty()) {
        match kind.probe(&url) {
            Ok(()) => {
                return Ok(Found {
                    url,
                    origin: Origin::Given,
                    private: None,
                });
            }
            Err(reason) => tracing::warn!("{} of {} {reason}", kind.name(), kind.variable()),
        }
    }
    let usual = kind.usual_url();
    if search.usual_port && kind.probe(usual).is_ok() {
        return Ok(Found {
            url: usual.to_owned(),
            origin: Origin::UsualPort,
            private: None,
        });
    }
    tracing::info!("starting a private {} in {}", kind.name(), search.private_dir.display());
    let (url, private) = match kind {
        Kind::Postgres => {
            let database = search
                .postgres
                .databases
                .first()
                .cloned()
                .unwrap_or_else(|| "postgres".into());
            let server = Postgres::start_with(&search.private_dir, search.postgres)?;
            (server.url(&database), Private::Postgres(Box::new(server)))
        }
        Kind::RabbitMq => {
            let server = RabbitMq::start(&search.private_dir, None)?;
            (server.url(), Private::RabbitMq(Box::new(server)))
        }
        Kind::Redis => {
            let server = Redis::start(&search.private_dir, None)?;
            (server.url(), Private::Redis(Box::new(server)))
        }
    };
    Ok(Found {
        url,
        origin: Origin::Private,
        private: Some(private),
    })
}

/// Installs what is missing on this machine of these kinds in one go, where packages can be installed; elsewhere does
/// nothing, and starting a server says what to do.
pub fn install_missing(kinds: &[Kind]) -> Result<()> {
    let missing = kinds.iter().filter(|kind| !kind.is_installed());
    let packages: Vec<&str> = missing.map(|kind| kind.package()).collect();
    if packages.is_empty() || !apt::is_possible() {
        return Ok(());
    }
    apt::install(&packages)
}
