//! Writes what a feed says to a tick file, in the order of the tick log: what `replay:` and `tail:` read.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use contracts::{LogBatch, LogEntry};
use domain::{AssetId, Tick};
use flate2::{Compression, write::GzEncoder};
use messaging::{LogReader, LogStart, SequenceFilter};
use service_kit::{Context, Running};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Config,
    domain::{
        feed::{FeedKind, FeedSpec},
        tick_line::{self, FileNames},
    },
    store,
};

/// Packed lines reach the file at least so often: each time costs some of the packing.
const FLUSH_EVERY: Duration = Duration::from_secs(5);
/// So many bytes of plain lines go to the file at once.
const WRITE_AT: usize = 64 * 1024;
/// So many pieces of text may wait for the disk; then the log is read more slowly.
const WAITING: usize = 64;

/// A feed whose prices are written to a file, by a service that runs for nothing else.
pub struct FeedRecording {
    running: Running,
    context: Context,
    kind: FeedKind,
    /// The feed has an end, and the recording ends with it.
    has_end: bool,
    file: TickFile,
}

impl FeedRecording {
    /// Starts the service on a database and a tick log of its own, of one partition, and makes the file; packed if its
    /// name ends in `.gz`. A file that is there already stays as it is, and nothing begins.
    pub async fn start(config: Config, context: Context, path: &Path) -> anyhow::Result<Self> {
        let file = TickFile::create(path).with_context(|| format!("{} can't be made", path.display()))?;
        let has_end = matches!(config.feed_spec, FeedSpec::Replay(_));
        let running = crate::start(config, context.clone()).await?;
        let kind = held(&context).await?;
        Ok(Self {
            running,
            context,
            kind,
            has_end,
            file,
        })
    }

    /// Which prices are recorded.
    pub fn kind(&self) -> FeedKind {
        self.kind
    }

    /// Records until `stop`, until the feed is at its end, or until something fails; what was written up to then is a
    /// whole file. Says how many ticks it holds.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<u64> {
        let (sender, texts) = mpsc::channel(WAITING);
        let mut file = self.file;
        let writing = tokio::task::spawn_blocking(move || file.write_all(texts));
        let mut log = Log {
            context: &self.context,
            filter: SequenceFilter::resume(0, std::collections::HashMap::new()),
            names: FileNames::default(),
            has_end: self.has_end,
            count: 0,
        };
        let outcome = tokio::select! {
            outcome = log.follow(&sender) => outcome,
            failure = self.running.failed() => Err(anyhow::anyhow!(failure)),
            () = stop.cancelled() => Ok(()),
        };
        drop(sender);
        writing.await?.context("the file can't be written")?;
        let count = log.count;
        self.running.stop().await?;
        outcome.map(|()| count)
    }
}

async fn held(context: &Context) -> anyhow::Result<FeedKind> {
    let mut conn = context.db()?.get().await?;
    let (kind, _) = store::feed::kind(&mut conn)
        .await?
        .context("the feed holds no kind of prices")?;
    let known = [FeedKind::Live, FeedKind::Simulator, FeedKind::File];
    let found = known.into_iter().find(|known| known.as_str() == kind);
    found.with_context(|| format!("unknown prices {kind}"))
}

/// The tick log as text.
struct Log<'a> {
    context: &'a Context,
    /// Drops what the writer had to repeat.
    filter: SequenceFilter,
    names: FileNames,
    has_end: bool,
    count: u64,
}

impl Log<'_> {
    /// Reads the log into `texts` until the feed is at its end or nobody listens.
    async fn follow(&mut self, texts: &mpsc::Sender<String>) -> anyhow::Result<()> {
        let mut reader: Box<dyn LogReader> = self.context.broker.read(0, LogStart::First).await?;
        loop {
            let batch = self.filter.admit(LogBatch::decode(&reader.next().await?.body)?);
            let mut text = String::new();
            let mut is_over = false;
            for entry in &batch.entries {
                match entry {
                    LogEntry::Tick(tick) => text.push_str(&self.line(tick).await?),
                    LogEntry::FeedDown(_) => is_over |= self.has_end,
                    LogEntry::Clock(_) | LogEntry::FeedUp(_) => {}
                }
            }
            let lines = text.lines().count() as u64;
            if texts.send(text).await.is_err() {
                return Ok(());
            }
            self.count += lines;
            if is_over {
                return Ok(());
            }
        }
    }

    /// A tick as a line; nothing where its asset has no name that a file can hold.
    async fn line(&mut self, tick: &Tick) -> anyhow::Result<String> {
        if self.names.get(&tick.asset).is_none() {
            self.learn(&tick.asset).await?;
        }
        let line = self.names.get(&tick.asset).map(|name| tick_line::write(name, tick));
        Ok(line.unwrap_or_default())
    }

    async fn learn(&mut self, asset: &AssetId) -> anyhow::Result<()> {
        let mut conn = self.context.db()?.get().await?;
        let known = store::assets::load_all(&mut conn).await?;
        let facts: Vec<_> = known.into_iter().map(|known| known.facts).collect();
        self.names.add(&facts);
        if self.names.get(asset).is_none() {
            tracing::warn!(asset.id = %asset, "an asset has no name for a tick file, its prices are left out");
        }
        Ok(())
    }
}

/// A tick file that is being written.
enum TickFile {
    Plain(WholeLines),
    Packed(GzEncoder<BufWriter<File>>),
}

/// A file that ends with a whole line, also where the disk is full: half a price would be read as another one.
struct WholeLines {
    file: File,
    waiting: Vec<u8>,
    /// How many bytes of the file are whole lines.
    length: u64,
}

impl WholeLines {
    fn put(&mut self, lines: &str) -> io::Result<()> {
        self.waiting.extend_from_slice(lines.as_bytes());
        match self.waiting.len() >= WRITE_AT {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.file.write_all(&self.waiting);
        match outcome {
            Ok(()) => self.length += self.waiting.len() as u64,
            Err(_) => self.file.set_len(self.length)?,
        }
        self.waiting.clear();
        outcome
    }
}

impl TickFile {
    fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let is_packed = path.extension().is_some_and(|extension| extension == "gz");
        let mut made = match is_packed {
            true => Self::Packed(GzEncoder::new(BufWriter::new(file), Compression::default())),
            false => Self::Plain(WholeLines {
                file,
                waiting: Vec::new(),
                length: 0,
            }),
        };
        made.put(&format!("{}\n", tick_line::COLUMNS))?;
        made.flush()?;
        Ok(made)
    }

    /// Writes all that comes, and completes the file when nothing more does.
    fn write_all(&mut self, mut texts: mpsc::Receiver<String>) -> io::Result<()> {
        let mut flushed_at = Instant::now();
        let mut outcome = Ok(());
        while let Some(text) = texts.blocking_recv() {
            outcome = self.put(&text);
            // A plain file may be followed while it grows.
            let is_due = match self {
                Self::Plain(_) => texts.is_empty(),
                Self::Packed(_) => flushed_at.elapsed() >= FLUSH_EVERY,
            };
            if is_due && outcome.is_ok() {
                outcome = self.flush();
                flushed_at = Instant::now();
            }
            if outcome.is_err() {
                break;
            }
        }
        outcome.and(self.finish())
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.put(text),
            Self::Packed(packer) => packer.write_all(text.as_bytes()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Packed(packer) => packer.flush(),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush()?,
            Self::Packed(packer) => {
                packer.try_finish()?;
                packer.get_mut().flush()?;
            }
        }
        match self {
            Self::Plain(lines) => lines.file.sync_all(),
            Self::Packed(packer) => packer.get_ref().get_ref().sync_all(),
        }
    }
}
