//! The configuration of one run: file and environment, as every service gets them.

use std::path::Path;

use service_kit::config::{CommonConfig, Environment, check_file, read_file};
use toml::Table;

use crate::services::NAMES;

/// Where settings come from.
pub struct Settings {
    /// The configuration file, if there is one.
    pub file: Option<Table>,
    /// The environment, and what this run adds to it.
    pub environment: Environment,
}

impl Settings {
    /// Reads the file, and takes the process's environment.
    pub fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let file = file.map(read_file).transpose()?;
        if let Some(file) = &file {
            check_file(file, NAMES)?;
        }
        Ok(Self {
            file,
            environment: std::env::vars().collect(),
        })
    }

    /// The value of a variable, unless it is empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Sets a variable for this run, whatever it was.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.retain(|(key, _)| key != name);
        self.environment.push((name.to_owned(), value.into()));
    }

    /// Sets a variable for this run, unless the operator did.
    pub fn set_default(&mut self, name: &str, value: impl Into<String>) {
        if self.variable(name).is_none() {
            self.set(name, value);
        }
    }

    /// What all services share.
    pub fn common(&self) -> anyhow::Result<CommonConfig> {
        CommonConfig::load(self.file.as_ref(), &self.environment)
    }
}
