//! Configuration: a service's commented defaults, then a file, then the environment.
//!
//! Nothing here reads the environment: the binary hands its variables over. A key that nobody knows is refused by name.

mod common;
mod lenient;
mod secret;

use std::path::Path;

use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use lenient::Lenient;

pub use common::{CommonConfig, DatabaseOptions};
pub use secret::{WeakSecret, check_secret};

/// The environment, as the binary hands it over: `std::env::vars().collect()`.
pub type Environment = Vec<(String, String)>;

/// The section of a service in environment names: `market-data` is `MARKET_DATA`.
pub fn section(service: &str) -> String {
    service.to_uppercase().replace('-', "_")
}

/// Reads the configuration of `service`: its `defaults.toml`, then the table of its name (`market_data`) in the file, then
/// variables such as `MARKET_DATA__HTTP__PORT`.
///
/// A variable is a text; where a number, a switch or a list (with commas) is wanted, it is read as one.
pub fn load<T: DeserializeOwned>(
    service: &str,
    defaults: &str,
    file: Option<&Table>,
    environment: &Environment,
) -> anyhow::Result<T> {
    let mut table: Table = defaults
        .parse()
        .with_context(|| format!("the defaults of {service} are no TOML"))?;
    let prefix = section(service);
    if let Some(value) = file.and_then(|file| file.get(&prefix.to_lowercase())) {
        let Value::Table(overlay) = value else {
            bail!("{} must be a table", prefix.to_lowercase())
        };
        merge(&mut table, overlay.clone());
    }
    let start = format!("{prefix}__");
    for (name, text) in environment {
        if let Some(rest) = name.strip_prefix(&start) {
            let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
            set(&mut table, &path, text).with_context(|| name.clone())?;
        }
    }
    read(table, |key| {
        format!("{prefix}__{}", key.to_uppercase().replace('.', "__"))
    })
}

/// Reads a configuration file.
pub fn read_file(path: &Path) -> anyhow::Result<Table> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} can't be read", path.display()))?;
    text.parse()
        .with_context(|| format!("the configuration file {} is no TOML", path.display()))
}

/// Refuses tables and keys of a file that belong neither to a service nor to the common part.
pub fn check_file(file: &Table, services: &[&str]) -> anyhow::Result<()> {
    for key in file.keys() {
        let is_service = services.iter().any(|service| section(service).to_lowercase() == *key);
        if !is_service && !CommonConfig::KEYS.contains(&key.as_str()) {
            bail!("the configuration file has an unknown key: {key}");
        }
    }
    Ok(())
}

fn merge(into: &mut Table, overlay: Table) {
    for (key, value) in overlay {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(overlay)) => merge(inner, overlay),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn set(table: &mut Table, path: &[String], text: &str) -> anyhow::Result<()> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(());
    };
    let mut table = table;
    for parent in parents {
        let next = table
            .entry(parent.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(next) = next else {
            bail!("is no section")
        };
        table = next;
    }
    if matches!(table.get(last), Some(Value::Table(_))) {
        bail!("is a section, not a value");
    }
    table.insert(last.clone(), Value::String(text.to_owned()));
    Ok(())
}

/// Reads a table strictly; `name` turns a dotted key into the name that an operator would set.
fn read<T: DeserializeOwned>(table: Table, name: impl Fn(&str) -> String) -> anyhow::Result<T> {
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(Lenient(Value::Table(table)), &mut track);
    let value: Result<T, toml::de::Error> = serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string()));
    if let Some(key) = unknown.first() {
        bail!("{} is not known", name(key));
    }
    value.map_err(|error| {
        let (field, why) = crate::http::name_field(&track.path().to_string(), error.message());
        anyhow::anyhow!("{} {why}", name(&field))
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Config {
        http: crate::http::HttpOptions,
        most: Option<u32>,
        stale_after: u64,
        is_strict: bool,
        channels: Vec<String>,
        url: Option<String>,
    }

    const DEFAULTS: &str = "stale_after = 60\nis_strict = false\nchannels = []\n[http]\nport = 8103\nworkers = 2\n";

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn load_with(file: &str, pairs: &[(&str, &str)]) -> anyhow::Result<Config> {
        let file: Table = file.parse()?;
        load("market-data", DEFAULTS, Some(&file), &environment(pairs))
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_defaults() {
        let file = "[market_data]\nstale_after = 10\n[market_data.http]\nport = 1\n";
        let pairs = [
            ("MARKET_DATA__HTTP__PORT", "9000"),
            ("MARKET_DATA__CHANNELS", "a, b"),
            ("MARKET_DATA__IS_STRICT", "true"),
            ("MARKET_DATA__URL", "12"),
            ("MARKET_DATA__MOST", "7"),
            ("MARKET_DATA__HTTP__DRAIN_MS", "5"),
            ("OTHER__X", "1"),
        ];
        let config = load_with(file, &pairs).expect("config");
        assert_eq!(
            (
                config.http.port,
                config.http.workers,
                config.stale_after,
                config.is_strict
            ),
            (9000, 2, 10, true)
        );
        assert_eq!(
            (config.most, config.http.drain_ms),
            (Some(7), 5),
            "what has no default is read by its type as well"
        );
        assert_eq!(
            (config.channels, config.url),
            (vec!["a".to_owned(), "b".to_owned()], Some("12".to_owned()))
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refuse = |file: &str, pairs: &[(&str, &str)]| format!("{:#}", load_with(file, pairs).expect_err("refused"));
        assert_eq!(
            refuse("", &[("MARKET_DATA__HTTP__PROT", "1")]),
            "MARKET_DATA__HTTP__PROT is not known"
        );
        assert_eq!(
            refuse("", &[("MARKET_DATA__COLOUR", "1")]),
            "MARKET_DATA__COLOUR is not known"
        );
        assert_eq!(
            refuse("", &[("MARKET_DATA__STALE_AFTER", "soon")]),
            "MARKET_DATA__STALE_AFTER must be a whole number, not negative"
        );
        assert_eq!(
            refuse("[market_data]\nstale_after = \"x\"", &[]),
            "MARKET_DATA__STALE_AFTER must be a whole number, not negative"
        );
        assert!(check_file(&"colour = 1".parse().expect("toml"), &["alerts"]).is_err());
        assert!(check_file(&"[alerts]\nx = 1".parse().expect("toml"), &["alerts"]).is_ok());
    }
}
