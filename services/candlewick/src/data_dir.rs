//! The folder of a standalone installation: its secrets, its database, its tick log.

use std::path::{Path, PathBuf};

use anyhow::Context;
use local_servers::{Postgres, PostgresOptions, secret};

use crate::installation::Settings;

const DATABASE: &str = "candlewick";

/// The folder of a standalone installation.
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, made if it is missing.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("the data folder {}", path.display()))?;
        std::fs::create_dir_all(&path).with_context(|| format!("the data folder {} can't be made", path.display()))?;
        Ok(Self(path))
    }

    /// The folder, which has to be there.
    pub fn existing(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(
            path.is_dir(),
            "there is no installation in {}; `candlewick up` makes one",
            path.display()
        );
        Self::open(path)
    }

    /// Where the tick log is kept.
    pub fn tick_log(&self) -> PathBuf {
        self.0.join("ticks")
    }

    /// Sets the secrets that the operator did not set: made at random once, and kept.
    pub fn set_secrets(&self, settings: &mut Settings) -> anyhow::Result<()> {
        for (name, file) in [("INTERNAL_SECRET", "internal-secret"), ("DATA_SECRET", "data-secret")] {
            if settings.variable(name).is_none() {
                settings.set(name, secret::load_or_create(&self.0.join(file), 32)?);
            }
        }
        Ok(())
    }

    /// Sets `DATABASE_URL`: the operator's, or that of a private server, started now and stopped when dropped.
    pub async fn set_database(&self, settings: &mut Settings) -> anyhow::Result<Option<Database>> {
        if settings.variable("DATABASE_URL").is_some() {
            return Ok(None);
        }
        let dir = self.0.join("postgres");
        let options = PostgresOptions {
            databases: vec![DATABASE.to_owned()],
            ..PostgresOptions::default()
        };
        let server = tokio::task::spawn_blocking(move || Postgres::start_with(&dir, options)).await??;
        let url = server.url(DATABASE);
        secret::write_private(&self.0.join("database-url"), &url)?;
        settings.set("DATABASE_URL", url);
        Ok(Some(Database(server)))
    }

    /// Sets `DATABASE_URL` for a command: the operator's, that of the platform that runs here, or of the private
    /// server, started for the time of the command.
    pub async fn set_database_for_command(&self, settings: &mut Settings) -> anyhow::Result<Option<Database>> {
        if settings.variable("DATABASE_URL").is_some() {
            return Ok(None);
        }
        if let Ok(url) = std::fs::read_to_string(self.0.join("database-url"))
            && local_servers::Kind::Postgres.probe(url.trim()).is_ok()
        {
            settings.set("DATABASE_URL", url.trim());
            return Ok(None);
        }
        self.set_database(settings).await
    }
}

/// A private PostgreSQL that runs.
pub struct Database(Postgres);

impl Database {
    /// Stops it in order.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Ok(tokio::task::spawn_blocking(move || self.0.stop()).await??)
    }

    /// Whether its process lives.
    pub fn is_running(&self) -> bool {
        self.0.is_running()
    }
}
