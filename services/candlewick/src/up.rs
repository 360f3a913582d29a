//! `candlewick up`: the whole platform in one process.

use std::path::PathBuf;

use anyhow::Context as _;
use local_servers::{free_port, require_free_port};
use secrecy::ExposeSecret;
use service_kit::{
    config::section,
    telemetry::{self, LogFormat},
};

use crate::{
    data_dir::{Database, Folder},
    feed,
    installation::Settings,
    platform::{LogOptions, Platform, asked_to_stop},
    services::NAMES,
};

/// What `up` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Where data is kept between runs
    #[arg(long, default_value = ".candlewick", value_name = "FOLDER")]
    data_dir: PathBuf,
    /// The port of the web API on 127.0.0.1; with another one than 8000 the services behind it take free ports
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Where prices come from: auto, live, coinbase,kraken,…, simulator:SEED, replay:FILE[?speed=1|60|max&rebase=now], tail:FILE [default: auto]
    #[arg(long)]
    feed: Option<String>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs everything until a signal, or until a part of it fails.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let mut settings = Settings::read(options.config.as_deref())?;
    // A person reads what this prints: only what went wrong interrupts it.
    settings.set_default("RUST_LOG", "warn");
    telemetry::init(LogFormat::Human, settings.variable("RUST_LOG"))?;
    let folder = Folder::open(&options.data_dir)?;
    folder.set_secrets(&mut settings)?;
    settings.set_default("AMQP_URL", "memory:");
    settings.set_default("REDIS_URL", "memory:");
    if let Some(feed) = &options.feed {
        settings.set("FEED", feed);
    }
    set_ports(&mut settings, options.port)?;
    println!(
        "candlewick {}: data in {}",
        env!("CARGO_PKG_VERSION"),
        options.data_dir.display()
    );
    let database = folder
        .set_database(&mut settings)
        .await
        .context("the private database can't start")?;
    let outcome = run_on_database(&options, &folder, settings, database.as_ref()).await;
    if let Some(database) = database {
        database
            .stop()
            .await
            .context("the private database did not stop in order")?;
    }
    outcome?;
    println!("stopped");
    Ok(())
}

async fn run_on_database(
    options: &Options,
    folder: &Folder,
    mut settings: Settings,
    database: Option<&Database>,
) -> anyhow::Result<()> {
    let common = settings.common()?;
    let applied = migrator::migrate(common.database_url.expose_secret()).await?;
    if !applied.is_empty() {
        println!("the database was brought up to date: {} migrations", applied.len());
    }
    let inbox = if common.mail_url.expose_secret() == "inbox:" {
        Some(start_inbox(&mut settings).await?)
    } else {
        None
    };
    let common = settings.common()?;
    let log = LogOptions {
        partitions: 1,
        dir: Some(folder.tick_log()),
        prefix: "candlewick".to_owned(),
    };
    let platform = Platform::start(NAMES, &common, &settings, log).await?;
    let outcome = watch(options, &platform, inbox.as_ref().map(|inbox| inbox.url()), database).await;
    println!("stopping");
    platform.stop().await;
    if let Some(inbox) = inbox {
        inbox.stop().await?;
    }
    outcome
}

/// Says that everything is ready, then waits for a reason to stop.
async fn watch(
    options: &Options,
    platform: &Platform,
    inbox: Option<String>,
    database: Option<&Database>,
) -> anyhow::Result<()> {
    tokio::select! {
        ready = platform.ready() => ready?,
        failure = platform.failed() => anyhow::bail!("{failure}"),
        stop = asked_to_stop() => return stop,
    }
    summary(options, inbox.as_deref()).await;
    tokio::select! {
        stop = asked_to_stop() => stop,
        failure = platform.failed() => anyhow::bail!("{failure}"),
        () = died(database) => anyhow::bail!("the private database ended; its log is postgres.log in the data folder"),
    }
}

async fn died(database: Option<&Database>) {
    let Some(database) = database else {
        return std::future::pending().await;
    };
    while database.is_running() {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
}

async fn summary(options: &Options, inbox: Option<&str>) {
    let url = format!("http://127.0.0.1:{}", options.port);
    let folder = options.data_dir.display();
    println!();
    // Set by whoever runs the web app beside this program.
    if let Ok(web) = std::env::var("WEB_URL") {
        println!("  web app        {web}");
    }
    println!("  web API        {url}/api/");
    println!("  API docs       {url}/api/docs");
    println!("  prices         {}", feed::in_use(&url).await);
    if let Some(inbox) = inbox {
        println!("  mail inbox     {inbox}");
    }
    println!(
        "  administrator  candlewick admin create --email you@example.com --name \"Your Name\" --data-dir {folder}"
    );
    println!();
    println!("ready {url}");
}

/// Gives every service its port. Away from the usual port several installations can stand side by side.
fn set_ports(settings: &mut Settings, gateway: u16) -> anyhow::Result<()> {
    settings.set("GATEWAY__HTTP__PORT", gateway.to_string());
    let usual = [
        ("auth", 8101),
        ("market-data", 8102),
        ("alerts", 8103),
        ("portfolio", 8104),
        ("notifier", 8105),
    ];
    for (service, usual) in usual {
        let name = format!("{}__HTTP__PORT", section(service));
        let port = match settings.variable(&name) {
            Some(port) => port.parse().with_context(|| format!("{name} must be a port"))?,
            None if gateway == 8000 => usual,
            None => free_port()?,
        };
        require_free_port(port)
            .with_context(|| format!("{service} can't listen; with --port the services take free ports"))?;
        settings.set(&name, port.to_string());
        settings.set(
            &format!("SERVICES__{}", section(service)),
            format!("http://127.0.0.1:{port}"),
        );
    }
    settings.set("SERVICES__GATEWAY", format!("http://127.0.0.1:{gateway}"));
    if gateway != 8000 {
        settings.set_default("GATEWAY__OPERATIONS__PORT", free_port()?.to_string());
    }
    require_free_port(gateway).context("the web API can't listen; choose another port with --port")?;
    Ok(())
}

/// Starts the development inbox, and sends mail there.
async fn start_inbox(settings: &mut Settings) -> anyhow::Result<notifier::inbox::Inbox> {
    let config = notifier::inbox::InboxConfig::load(settings.file.as_ref(), &settings.environment)?;
    let inbox = notifier::inbox::start(config).await?;
    settings.set("MAIL_URL", inbox.smtp_url());
    settings.set_default("AUTH__REQUIRE_VERIFIED_EMAIL", "false");
    Ok(inbox)
}
