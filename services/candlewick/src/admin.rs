//! `candlewick admin`: there is no default account; whoever can read the database's address makes the first one.

use std::io::{IsTerminal, Read, Write};

use anyhow::Context as _;
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    DataDir,
    commands::{installed, stop},
    installation::Settings,
};

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Makes an account with the role admin
    Create {
        /// Its e-mail address, taken as proved
        #[arg(long)]
        email: String,
        /// Its owner's name
        #[arg(long)]
        name: String,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        installation: DataDir,
    },
}

/// Does it.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Create {
        email,
        name,
        password_stdin,
        installation,
    } = command;
    let (settings, database) = installed(&installation).await?;
    let outcome = create(&settings, &email, &name, password_stdin).await;
    stop(database).await?;
    outcome?;
    println!("{email} is an administrator now");
    Ok(())
}

async fn create(settings: &Settings, email: &str, name: &str, is_from_stdin: bool) -> anyhow::Result<()> {
    let common = settings.common()?;
    let url = common.database_url.expose_secret();
    migrator::migrate(url).await?;
    let password = Some(password(is_from_stdin)?);
    let admin = auth::NewAdmin {
        email: email.to_owned(),
        name: name.to_owned(),
        password,
    };
    auth::create_admin(url, &common.data_secret, admin).await?;
    Ok(())
}

fn password(is_from_stdin: bool) -> anyhow::Result<SecretString> {
    let mut text = String::new();
    if is_from_stdin || !std::io::stdin().is_terminal() {
        std::io::stdin()
            .read_to_string(&mut text)
            .context("no password could be read from standard input")?;
    } else {
        print!("password (12 characters or more; it is shown while you type): ");
        std::io::stdout().flush()?;
        std::io::stdin().read_line(&mut text)?;
    }
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}
