//! A platform in one process, for the web app's browser tests: on a recorded market, or on a simulated one.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use local_servers::process::{Child, Signal};

use crate::lines;
use crate::web::Web;

/// How long it may take to be ready.
const START: Duration = Duration::from_secs(60);
/// How long a market may take until every asset has a price of now, or until its past is played.
const PRICES: Duration = Duration::from_secs(180);
/// How long it may take to stop.
const STOP: Duration = Duration::from_secs(12);

/// Where a standalone keeps what it knows, and for which web app it works.
pub struct Place<'a> {
    /// The program.
    pub binary: &'a Path,
    /// Its data folder.
    pub data: &'a Path,
    /// Where people open the web app.
    pub public_url: &'a str,
}

/// A recorded market: days of prices up to now, and hours from now on.
pub struct RecordedMarket {
    past: PathBuf,
    present: PathBuf,
}

impl RecordedMarket {
    /// Writes both files into a folder.
    pub fn make(web: &Web, folder: &Path) -> Result<Self> {
        web.node("recorded-market.mjs", folder)?;
        Ok(Self {
            past: folder.join("past.csv"),
            present: folder.join("present.csv"),
        })
    }

    /// Plays the past as fast as it can be taken in, and then the present as if it happened now.
    pub fn play(&self, place: &Place<'_>) -> Result<Standalone> {
        let past = format!("replay:{}?speed=max", self.past.display());
        let standalone = Standalone::start(place, &past)?;
        let end = wait("the past of the recorded market to be played", || {
            end_of_replay(&standalone.reads("/api/market/status/")?)
        })?;
        drop(standalone);
        let present = format!("replay:{}?speed=1&rebase=now", self.present.display());
        let standalone = Standalone::start(place, &present)?;
        // Until what is in the log is recorded, nothing new is played, and prices of the past look fresh.
        wait("the present of the recorded market to be played", || {
            let newest = newest_tick(&standalone.reads("/api/market/status/")?)?;
            (newest > end).then_some(())
        })?;
        standalone.wait_for_prices()?;
        Ok(standalone)
    }
}

/// A running standalone; stops when dropped.
pub struct Standalone {
    child: Child,
    port: u16,
    /// Where its gateway is.
    pub gateway: String,
    /// Where its mails can be read.
    pub inbox: String,
}

impl Standalone {
    /// Starts one on a simulated market, and waits until each asset has a fresh price.
    pub fn simulated(place: &Place<'_>) -> Result<Self> {
        let standalone = Self::start(place, "simulator:7")?;
        standalone.wait_for_prices()?;
        Ok(standalone)
    }

    /// A market makes or plays its past first; until then assets have no price, or one of yesterday.
    fn wait_for_prices(&self) -> Result<()> {
        wait("every asset to have a fresh price", || {
            all_are_fresh(&self.reads("/api/assets/?limit=200")?).then_some(())
        })
    }

    fn start(place: &Place<'_>, feed: &str) -> Result<Self> {
        let port = local_servers::free_port()?;
        let mut command = Command::new(place.binary);
        command
            .args(["up", "--feed", feed, "--port", &port.to_string(), "--data-dir"])
            .arg(place.data)
            .env("GATEWAY__RATE_LIMITS", "off")
            .env("GATEWAY__TRUSTED_PROXIES", "127.0.0.1")
            .env("PUBLIC_URL", place.public_url)
            .env_remove("WEB_URL")
            .env_remove("DATABASE_URL")
            .env_remove("AMQP_URL")
            .env_remove("REDIS_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = Child::spawn(command, Signal::Terminate).context("starting candlewick")?;
        let output = child.take_stdout().context("candlewick has no output")?;
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || lines::for_each(output, |line| drop(sender.send(line.to_owned()))));
        let mut inbox = None;
        loop {
            let line = receiver.recv_timeout(START);
            let line = line.context("candlewick did not become ready for the browser tests")?;
            inbox = inbox.or_else(|| line.trim().strip_prefix("mail inbox").map(|url| url.trim().to_owned()));
            if let Some(gateway) = line.trim().strip_prefix("ready ") {
                return Ok(Self {
                    child,
                    port,
                    gateway: gateway.to_owned(),
                    inbox: inbox.context("candlewick did not say where its mail inbox is")?,
                });
            }
        }
    }

    fn reads(&self, path: &str) -> Option<serde_json::Value> {
        let (status, body) = crate::health::get(self.port, path)?;
        let value = serde_json::from_str(&body).ok()?;
        (status == 200).then_some(value)
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        self.child.end(Signal::Terminate, STOP);
    }
}

/// Makes an administrator.
pub fn make_administrator(place: &Place<'_>, email: &str, password: &str) -> Result<()> {
    let mut command = Command::new(place.binary);
    command
        .args(["admin", "create", "--email", email, "--name", "Ada"])
        .args(["--password-stdin", "--data-dir"])
        .arg(place.data)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped());
    let mut child = command.spawn().context("starting candlewick admin create")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(password.as_bytes()).context("telling the password")?;
    }
    let status = child.wait().context("waiting for candlewick admin create")?;
    if !status.success() {
        bail!("no administrator could be made for the browser tests: see above");
    }
    Ok(())
}

/// Waits until there is an answer, and gives it.
fn wait<T>(what: &str, ask: impl Fn() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + PRICES;
    while Instant::now() < deadline {
        if let Some(answer) = ask() {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bail!("waited {} s in vain for {what}", PRICES.as_secs())
}

/// When the last price of a replay was, from the answer about the sources of prices; nothing until it has come to its end.
fn end_of_replay(status: &serde_json::Value) -> Option<String> {
    let replay = &status["data"]["providers"][0];
    let is_over = replay["name"] == "replay" && replay["error"] == "the replay has ended";
    is_over.then(|| newest_tick(status))?
}

/// When the newest price was: texts of the same form, so that a later one is a greater one.
fn newest_tick(status: &serde_json::Value) -> Option<String> {
    let at = status["data"]["providers"][0]["last_tick_at"].as_str()?;
    Some(at.to_owned())
}

fn all_are_fresh(assets: &serde_json::Value) -> bool {
    let rows = assets["data"].as_array();
    rows.is_some_and(|rows| !rows.is_empty() && rows.iter().all(|row| row["stale"] == false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_market_is_there_when_each_of_its_prices_is_fresh() {
        assert!(all_are_fresh(&json!({"data": [{"stale": false}, {"stale": false}]})));
        assert!(!all_are_fresh(&json!({"data": [{"stale": false}, {"stale": true}]})));
        assert!(!all_are_fresh(&json!({"data": []})));
        assert!(!all_are_fresh(&json!("no answer")));
    }

    #[test]
    fn a_past_is_played_when_its_replay_has_ended_well() {
        let status = |error: Option<&str>| {
            let at = "2026-11-26T10:00:00.000Z";
            json!({"data": {"providers": [{"name": "replay", "last_tick_at": at, "error": error}]}})
        };
        let end = end_of_replay(&status(Some("the replay has ended")));
        assert_eq!(end.as_deref(), Some("2026-11-26T10:00:00.000Z"));
        assert_eq!(end_of_replay(&status(None)), None);
        assert_eq!(end_of_replay(&status(Some("past.csv can't be read on: gone"))), None);
        assert_eq!(end_of_replay(&json!({"data": {"providers": []}})), None);
    }
}
