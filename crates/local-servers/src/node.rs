//! What all private servers have in common: a process with a log that becomes ready, is stopped or killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::apt;
use crate::error::{Doing, Error, Result};
use crate::folder::Folder;
use crate::process::{Child, Signal};
use crate::user::Account;

/// One server process, running or not.
#[derive(Debug)]
pub(crate) struct Node {
    name: &'static str,
    log: PathBuf,
    child: Option<Child>,
}

/// How to start a server process.
pub(crate) struct Launch {
    /// The program and its arguments; its output goes to the node's log.
    pub(crate) command: Command,
    /// What the process gets when ours ends.
    pub(crate) at_death: Signal,
    /// The account to run under, unless our own.
    pub(crate) account: Option<Account>,
    /// How long it may take to become ready.
    pub(crate) within: Duration,
}

impl Node {
    /// A node that does not run yet.
    pub(crate) fn new(name: &'static str, folder: &Folder, log: &str) -> Self {
        Self {
            name,
            log: folder.join(log),
            child: None,
        }
    }

    /// Starts the process and waits until it is ready.
    pub(crate) fn start(&mut self, mut launch: Launch, is_ready: impl Fn() -> bool) -> Result<()> {
        let log = new_log(&self.log)?;
        let error_log = log.try_clone().doing(|| format!("opening {}", self.log.display()))?;
        launch.command.stdin(Stdio::null()).stdout(log).stderr(error_log);
        let program = launch.command.get_program().to_string_lossy().into_owned();
        let child = Child::spawn_as(launch.command, launch.at_death, launch.account);
        let child = self.child.insert(child.doing(|| format!("running {program}"))?);
        let deadline = Instant::now() + launch.within;
        while Instant::now() < deadline {
            if is_ready() {
                return Ok(());
            }
            if child.wait(Duration::from_millis(20)).is_some() {
                self.child = None;
                let reason = telling_line(&self.log);
                return Err(Error::Ended {
                    server: self.name,
                    reason,
                    log: self.log.clone(),
                });
            }
        }
        self.kill();
        Err(Error::NotReady {
            server: self.name,
            within: launch.within,
            log: self.log.clone(),
        })
    }

    /// The process id while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child
            .as_ref()
            .filter(|child| child.status().is_none())
            .map(Child::pid)
    }

    /// Sends each signal in turn, waiting its number of seconds for the end, and kills at last.
    pub(crate) fn stop(&mut self, steps: &[(Signal, u64)]) -> Result<()> {
        let Some(child) = self.child.take() else { return Ok(()) };
        for (signal, seconds) in steps {
            child.signal(*signal);
            if child.wait(Duration::from_secs(*seconds)).is_some() {
                return Ok(());
            }
        }
        tracing::warn!("{} did not stop by itself and is killed", self.name);
        child.signal_group(Signal::Kill);
        match child.wait(Duration::from_secs(5)) {
            Some(_) => Ok(()),
            None => Err(Error::NotStopped {
                server: self.name,
                pid: child.pid(),
            }),
        }
    }

    /// Kills the process and its group without a word.
    pub(crate) fn kill(&mut self) {
        if let Some(child) = self.child.take() {
            child.signal_group(Signal::Kill);
            child.wait(Duration::from_secs(5));
        }
    }
}

/// Opens a fresh log, keeping the previous one as `<name>.old`.
fn new_log(path: &Path) -> Result<fs::File> {
    if path.exists() {
        fs::rename(path, path.with_extension("log.old")).doing(|| format!("setting {} aside", path.display()))?;
    }
    fs::File::create(path).doing(|| format!("writing {}", path.display()))
}

/// The line of a log that best says why a server ended.
fn telling_line(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // "Starting up" is only what our own impatient questions were answered.
    let is_telling =
        |line: &str, word: &str| line.contains(word) && !line.contains("the database system is starting up");
    for word in ["PANIC:", "FATAL", "ERROR:"] {
        if let Some(line) = text.lines().rev().find(|line| is_telling(line, word)) {
            return line.trim().to_owned();
        }
    }
    apt::last_line(&bytes)
}
