//! Commands that do one thing and end.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use contracts::SERVICES;
use messaging::BrokerOptions;
use migrator::Password;
use secrecy::ExposeSecret;

use crate::{
    DataDir, broker_users,
    data_dir::{Database, Folder},
    installation::Settings,
    platform::LogOptions,
};

/// A shorter password of a service's user is refused.
const SHORTEST_PASSWORD: usize = 16;

/// What `migrate` can be told.
#[derive(clap::Args)]
pub struct MigrateOptions {
    /// Take every migration back instead; all data is lost
    #[arg(long)]
    revert: bool,
    /// The folder of a standalone installation, where DATABASE_URL is not set
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

/// What can be done with the books.
#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Checks every entry: sums, hash chain, balances, lots; names the first that is broken
    Verify {
        #[command(flatten)]
        installation: DataDir,
    },
}

/// What can be done with the keys.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Signs with a new key, a minute from now, when every gateway knows it; tokens of the old one count until they end
    Rotate {
        /// The old keys leaked: their tokens count no more, within seconds
        #[arg(long)]
        emergency: bool,
        #[command(flatten)]
        installation: DataDir,
    },
}

/// Brings the database up to date, or takes everything back.
pub async fn migrate(options: MigrateOptions) -> anyhow::Result<()> {
    let mut settings = Settings::read(None)?;
    let database = match &options.data_dir {
        Some(path) => Folder::open(path)?.set_database_for_command(&mut settings).await?,
        None => None,
    };
    let outcome = run_migrations(&settings, options.revert).await;
    stop(database).await?;
    outcome
}

async fn run_migrations(settings: &Settings, is_revert: bool) -> anyhow::Result<()> {
    let Some(url) = settings.variable("DATABASE_URL") else {
        anyhow::bail!("DATABASE_URL is not set; for a standalone installation name its folder with --data-dir");
    };
    let roles = own_passwords(settings, migrator::schemas(), "DATABASE")?;
    let users = own_passwords(settings, SERVICES.iter().copied(), "BROKER")?;
    let (done, word) = if is_revert {
        (migrator::revert(url).await?, "reverted")
    } else {
        (migrator::migrate(url).await?, "applied")
    };
    for (schema, migration) in &done {
        println!("{word} {schema} {migration}");
    }
    if done.is_empty() {
        println!("the database is up to date");
    }
    if is_revert {
        return Ok(());
    }
    if !roles.is_empty() {
        let roles: Vec<Password<'_>> = roles
            .into_iter()
            .map(|(schema, password)| Password { schema, password })
            .collect();
        for role in migrator::grant(url, &roles).await? {
            println!("{role} may use its schema and no other");
        }
    }
    if !users.is_empty() {
        grant_on_broker(settings, &users).await?;
    }
    Ok(())
}

async fn grant_on_broker(settings: &Settings, users: &[broker_users::Password<'_>]) -> anyhow::Result<()> {
    let needed = |name: &str| {
        let value = settings.variable(name);
        value.with_context(|| format!("{name} is not set, and services are to have users of their own on the broker"))
    };
    let log = LogOptions::read(settings)?;
    let options = BrokerOptions {
        prefix: log.prefix,
        partitions: log.partitions,
        ..BrokerOptions::new(needed("AMQP_URL")?)
    };
    for user in broker_users::grant(needed("BROKER_MANAGEMENT_URL")?, &options, users).await? {
        println!("{user} may use what its service needs on the broker and nothing else");
    }
    Ok(())
}

/// The passwords of the services' own users of a server: of all services, or of none where all share one user.
fn own_passwords<'a>(
    settings: &'a Settings,
    owners: impl Iterator<Item = &'static str>,
    server: &str,
) -> anyhow::Result<Vec<(&'static str, &'a str)>> {
    let mut given = Vec::new();
    let mut missing = Vec::new();
    for owner in owners {
        let variable = format!("{}_{server}_PASSWORD", owner.to_uppercase().replace('-', "_"));
        let Some(password) = settings.variable(&variable) else {
            missing.push(variable);
            continue;
        };
        anyhow::ensure!(
            password.len() >= SHORTEST_PASSWORD,
            "{variable} is shorter than {SHORTEST_PASSWORD} characters"
        );
        given.push((owner, password));
    }
    anyhow::ensure!(
        given.is_empty() || missing.is_empty(),
        "{} not set: each service has a user of its own there, or none has",
        missing.join(", ")
    );
    Ok(given)
}

/// Looks at the books.
pub async fn ledger(command: LedgerCommand) -> anyhow::Result<()> {
    let LedgerCommand::Verify { installation } = command;
    let (settings, database) = installed(&installation).await?;
    let report = portfolio::verify_ledger(settings.variable("DATABASE_URL").unwrap_or_default()).await;
    stop(database).await?;
    let report = report?;
    println!("{report}");
    anyhow::ensure!(report.is_sound(), "the ledger does not hold");
    Ok(())
}

/// Prints the API's description, the same as `/api/openapi.json` of a gateway.
pub fn openapi() -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(&whole_document()?)?);
    Ok(())
}

fn whole_document() -> anyhow::Result<serde_json::Value> {
    let part = |service: &str, routes| {
        anyhow::Ok(gateway::Part {
            service: service.to_owned(),
            document: serde_json::to_value(service_kit::openapi::of(service, routes))?,
        })
    };
    let parts = vec![
        part(auth::SERVICE, auth::routes)?,
        part(market_data::SERVICE, market_data::routes)?,
        part(alerts::SERVICE, alerts::routes)?,
        part(portfolio::SERVICE, portfolio::routes)?,
        part(notifier::SERVICE, notifier::routes)?,
    ];
    Ok(gateway::complete_document(env!("CARGO_PKG_VERSION"), parts))
}

/// Looks after keys.
pub async fn keys(command: KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate {
        emergency,
        installation,
    } = command;
    let (settings, database) = installed(&installation).await?;
    let rotation = if emergency {
        auth::KeyRotation::Emergency
    } else {
        auth::KeyRotation::Overlapping
    };
    let outcome = async {
        let common = settings.common()?;
        let key = auth::rotate_keys(common.database_url.expose_secret(), &common.data_secret, rotation).await?;
        anyhow::Ok(key)
    };
    let outcome = outcome.await;
    stop(database).await?;
    println!(
        "the new signing key is {}; running services take it up by themselves",
        outcome?
    );
    Ok(())
}

/// The settings of an installation: those of the environment, or those of its folder.
pub async fn installed(installation: &DataDir) -> anyhow::Result<(Settings, Option<Database>)> {
    let mut settings = Settings::read(None)?;
    if settings.variable("DATABASE_URL").is_some() && settings.variable("DATA_SECRET").is_some() {
        return Ok((settings, None));
    }
    let folder = Folder::existing(&installation.data_dir)?;
    folder.set_secrets(&mut settings)?;
    let database = folder.set_database_for_command(&mut settings).await?;
    Ok((settings, database))
}

/// Stops what [`installed`] started.
pub async fn stop(database: Option<Database>) -> anyhow::Result<()> {
    match database {
        Some(database) => database.stop().await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{Settings, own_passwords};

    fn told(variables: &[(&str, &str)]) -> Result<usize, String> {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings {
            file: None,
            environment: environment.collect(),
        };
        let passwords = own_passwords(&settings, migrator::schemas(), "DATABASE").map_err(|error| error.to_string())?;
        Ok(passwords.len())
    }

    #[test]
    fn each_service_has_a_database_user_of_its_own_or_none_has() {
        let long = "0123456789abcdef";
        let names =
            ["AUTH", "MARKET_DATA", "ALERTS", "PORTFOLIO", "NOTIFIER"].map(|name| format!("{name}_DATABASE_PASSWORD"));
        let all: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), long)).collect();
        assert_eq!(told(&[]), Ok(0));
        assert_eq!(told(&all), Ok(5));
        let refused = told(&all[1..]).expect_err("one is missing");
        assert!(refused.starts_with("AUTH_DATABASE_PASSWORD not set"), "{refused}");
        let mut short = all.clone();
        short[2].1 = "secret";
        let refused = told(&short).expect_err("one is short");
        assert!(refused.starts_with("ALERTS_DATABASE_PASSWORD is shorter"), "{refused}");
    }

    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(target)) => found.push(target.clone()),
                        _ => walk(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }

    #[test]
    fn in_the_api_s_document_every_reference_leads_somewhere_and_every_operation_has_its_own_name() {
        let document = super::whole_document().expect("document");
        let mut references = Vec::new();
        walk(&document, &mut references);
        for reference in references {
            assert!(
                document.pointer(reference.trim_start_matches('#')).is_some(),
                "{reference}"
            );
        }
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            let is_public = ["/api/", "/.well-known/", "/health/"]
                .iter()
                .any(|start| path.starts_with(start));
            assert!(is_public, "{path}");
            for operation in item.as_object().expect("operations").values() {
                let Some(name) = operation["operationId"].as_str() else {
                    continue;
                };
                assert!(names.insert(name.to_owned()), "{name} is there twice");
            }
        }
        assert!(names.len() > 80, "{} operations", names.len());
    }
}
