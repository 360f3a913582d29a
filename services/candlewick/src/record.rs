//! `candlewick feed record`: the prices of a feed, written to a file that can be replayed.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use clap::Subcommand;
use messaging::Broker;
use secrecy::ExposeSecret;
use service_kit::telemetry::{self, LogFormat};
use tokio_util::sync::CancellationToken;

use crate::{
    data_dir::Folder,
    installation::Settings,
    platform::{LogOptions, asked_to_stop, share},
    services::assemble,
};

/// What can be done with feeds.
#[derive(Subcommand)]
pub enum Command {
    /// Writes the prices of a feed to a tick file until Ctrl-C: CSV, packed if the name ends in .gz
    Record(RecordOptions),
}

/// What `record` can be told.
#[derive(clap::Args)]
pub struct RecordOptions {
    /// The file to make; one that is there already is left alone
    file: PathBuf,
    /// Where prices come from: live, coinbase,kraken,…, auto, simulator:SEED, replay:FILE, tail:FILE [default: FEED, or live]
    #[arg(long)]
    feed: Option<String>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does it.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Record(options) = command;
    let mut settings = Settings::read(options.config.as_deref())?;
    settings.set_default("RUST_LOG", "warn");
    telemetry::init(LogFormat::Human, settings.variable("RUST_LOG"))?;
    match &options.feed {
        Some(feed) => settings.set("FEED", feed),
        None => settings.set_default("FEED", "live"),
    }
    anyhow::ensure!(
        !options.file.exists(),
        "{} is there already; recordings overwrite nothing",
        options.file.display()
    );
    // Whatever the environment names belongs to an installation, which a recording has nothing to do with.
    for name in ["AMQP_URL", "REDIS_URL"] {
        settings.set(name, "memory:");
    }
    settings.set("DATABASE_URL", "");
    settings.set("MARKET_DATA__HTTP__PORT", "0");
    settings.set("MARKET_DATA__SIMULATOR__HISTORY_DAYS", "0");
    let scratch = tempfile::Builder::new()
        .prefix("candlewick-record-")
        .tempdir()
        .context("a temporary folder can't be made")?;
    let folder = Folder::open(scratch.path())?;
    folder.set_secrets(&mut settings)?;
    let database = folder
        .set_database(&mut settings)
        .await
        .context("the private database can't start")?;
    let outcome = record(&options, &folder, &settings).await;
    if let Some(database) = database {
        database.stop().await?;
    }
    let count = outcome?;
    println!("{count} ticks are in {}", options.file.display());
    Ok(())
}

async fn record(options: &RecordOptions, folder: &Folder, settings: &Settings) -> anyhow::Result<u64> {
    let common = settings.common()?;
    migrator::migrate(common.database_url.expose_secret()).await?;
    let log = LogOptions {
        partitions: 1,
        dir: Some(folder.tick_log()),
        prefix: "candlewick".to_owned(),
    };
    let shared = share(&common, log)?;
    let config = market_data::Config::load(&common, settings.file.as_ref(), &settings.environment)?;
    for consumer in contracts::CONSUMERS {
        tokio::spawn(forget_facts(shared.broker.clone(), consumer.service));
    }
    let context = assemble(market_data::SERVICE, &common, &shared)?;
    let recording = market_data::FeedRecording::start(config, context, &options.file).await?;
    println!(
        "recording {} to {}; Ctrl-C ends it",
        recording.kind(),
        options.file.display()
    );
    let stop = CancellationToken::new();
    let recorded = recording.run(stop.clone());
    tokio::pin!(recorded);
    let outcome = tokio::select! {
        outcome = &mut recorded => outcome,
        asked = asked_to_stop() => {
            stop.cancel();
            let outcome = recorded.await;
            asked?;
            outcome
        }
    };
    shared.broker.close().await;
    outcome
}

/// No other service runs here: what it would hear is taken and forgotten, so that nothing waits for it.
async fn forget_facts(broker: Arc<dyn Broker>, service: &'static str) {
    let Ok(mut deliveries) = broker.consume(service, 50).await else {
        return;
    };
    while let Ok(delivery) = deliveries.next().await {
        if delivery.acker.ack().await.is_err() {
            return;
        }
    }
}
