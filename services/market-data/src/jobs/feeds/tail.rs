//! A file that somebody else writes while it is read.

use std::{
    fs::{File, Metadata},
    io::{BufRead, BufReader, Seek},
    os::unix::fs::MetadataExt,
    path::PathBuf,
    time::Duration,
};

use domain::Source;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{
    FeedContext,
    file::{file_name, send},
    from_file,
    lines::{self, Found, Lines},
    live::report,
};
use crate::{
    domain::{tail_clock::TailClock, tick_line::FileTick},
    error::{Error, Result},
    jobs::{ingest::FeedMessage, status::SourceState},
    metrics::Metrics,
};

/// How often the file is looked at when it had nothing new.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const CHUNK: usize = 256;
/// A price of the future is a mistake of somebody's clock, and would move every candle on.
const FUTURE: Duration = Duration::from_secs(60);

/// What the reading thread says.
enum News {
    /// Another input begins, with this as its first price.
    Begins {
        fingerprint: String,
        is_fresh: bool,
    },
    Ticks(Vec<(u64, FileTick)>),
    /// The file is not there, or not readable.
    Gone(String),
}

/// Follows the file until the term ends.
pub async fn run(context: FeedContext, path: PathBuf, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    let state = context.state.clone();
    let (sender, mut news) = mpsc::channel(8);
    let (file, metrics, ended) = (path.clone(), state.metrics.clone(), context.ended.clone());
    let reading = tokio::task::spawn_blocking(move || {
        Follower {
            path: file,
            metrics,
            ended,
            news: sender,
        }
        .run()
    });
    let mut resume_at = 0;
    let mut clock = TailClock::default();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let news = tokio::select! {
            // What was read comes before the moment at which it might be missed.
            biased;
            news = news.recv() => news,
            _ = second.tick() => {
                if let Some(minute) = clock.begins(state.now()) {
                    send(&messages, FeedMessage::Clock(minute)).await?;
                }
                continue;
            }
        };
        let Some(news) = news else { break };
        match news {
            News::Begins { fingerprint, is_fresh } => {
                let name = format!("tail:{}@{fingerprint}", file_name(&path));
                resume_at = if is_fresh { 0 } else { context.resume_at(&name) };
                clock = TailClock::default();
                report(&state, Source::Tail, SourceState::Live, None).await;
                send(&messages, FeedMessage::Begin { name, is_fresh }).await?;
            }
            News::Ticks(found) => {
                let now = state.now();
                let fresh = found.into_iter().filter(|(number, _)| *number > resume_at);
                let fresh = fresh.filter(|(number, line)| {
                    let is_past = line.at <= now.plus(FUTURE);
                    if !is_past {
                        let items = &state.metrics.bad_items;
                        items.with_label_values(&[Source::Tail.as_str(), "future"]).inc();
                        tracing::warn!(line = number, at = %line.at, "a price of the future was left out");
                    }
                    is_past
                });
                let ticks: Vec<_> = fresh
                    .map(|(number, line)| from_file(line, number, 0, Source::Tail, now))
                    .collect();
                clock.hears(ticks.iter().map(|tick| tick.tick.event_at), now);
                report(&state, Source::Tail, SourceState::Live, None).await;
                send(&messages, FeedMessage::Ticks(ticks)).await?;
            }
            News::Gone(why) => {
                report(&state, Source::Tail, SourceState::Down, Some(why)).await;
            }
        }
    }
    reading
        .await
        .map_err(|error| Error::Feed(format!("reading {} failed: {error}", path.display())))?;
    Err(Error::Stopping)
}

struct Follower {
    path: PathBuf,
    metrics: Metrics,
    ended: CancellationToken,
    news: mpsc::Sender<News>,
}

/// How reading one file ended.
enum Ended {
    /// The term is over.
    Term,
    /// The file was cut off and is written anew, or another stands in its place.
    Replaced { was_cut: bool },
}

impl Follower {
    fn run(self) {
        let mut is_fresh = false;
        let mut was_told = false;
        while !self.is_over() {
            match File::open(&self.path) {
                Ok(file) => {
                    was_told = false;
                    match self.follow(file, is_fresh) {
                        Ok(Ended::Term) => return,
                        Ok(Ended::Replaced { was_cut }) => is_fresh = was_cut,
                        Err(error) => self.gone(&format!("{} can't be read: {error}", self.path.display())),
                    }
                }
                Err(error) if !was_told => {
                    was_told = true;
                    self.gone(&format!("{} can't be opened yet: {error}", self.path.display()));
                }
                Err(_) => {}
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn is_over(&self) -> bool {
        self.ended.is_cancelled() || self.news.is_closed()
    }

    fn gone(&self, why: &str) {
        tracing::warn!(file = %self.path.display(), why, "the followed file is not there");
        self.tell(News::Gone(why.to_owned()));
    }

    fn tell(&self, news: News) {
        // Nobody listens any more only when the term is over, which the loops notice.
        drop(self.news.blocking_send(news));
    }

    fn follow(&self, file: File, is_fresh: bool) -> std::io::Result<Ended> {
        let opened = file.metadata()?;
        let mut lines = Lines::new(BufReader::new(file), &self.path, false, self.metrics.clone());
        let mut has_begun = false;
        loop {
            let mut chunk = Vec::new();
            let found = fill(&mut lines, &mut chunk)?;
            if let Some((_, first)) = chunk.first()
                && !has_begun
            {
                has_begun = true;
                self.tell(News::Begins {
                    fingerprint: lines::fingerprint(first),
                    is_fresh,
                });
            }
            if !chunk.is_empty() {
                self.tell(News::Ticks(chunk));
            }
            if self.is_over() {
                return Ok(Ended::Term);
            }
            if found == Fill::AtEnd {
                let read = lines.reader().get_ref().stream_position_of();
                if let Some(ended) = self.is_replaced(&opened, read) {
                    return Ok(ended);
                }
                std::thread::sleep(LOOK_EVERY);
            }
        }
    }

    /// Whether the path names another file by now, or the file is shorter than what was read of it.
    fn is_replaced(&self, opened: &Metadata, read: u64) -> Option<Ended> {
        let now = std::fs::metadata(&self.path).ok()?;
        if (now.dev(), now.ino()) != (opened.dev(), opened.ino()) {
            return Some(Ended::Replaced { was_cut: false });
        }
        (now.len() < read).then_some(Ended::Replaced { was_cut: true })
    }
}

#[derive(PartialEq, Eq)]
enum Fill {
    More,
    AtEnd,
}

fn fill<R: BufRead>(lines: &mut Lines<R>, chunk: &mut Vec<(u64, FileTick)>) -> std::io::Result<Fill> {
    while chunk.len() < CHUNK {
        match lines.next()? {
            Found::Tick(number, tick) => chunk.push((number, tick)),
            Found::Skipped => {}
            Found::End => return Ok(Fill::AtEnd),
        }
    }
    Ok(Fill::More)
}

trait StreamPositionOf {
    fn stream_position_of(&self) -> u64;
}

impl StreamPositionOf for File {
    /// How many bytes were read; 0 where that can't be told, which looks like nothing was.
    fn stream_position_of(&self) -> u64 {
        let mut file: &File = self;
        file.stream_position().unwrap_or(0)
    }
}
