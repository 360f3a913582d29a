//! What can go wrong when a server is found, obtained, started or stopped, each as one plain sentence.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a server could not be provided or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server is not on this machine and could not be obtained.
    #[error("{server} is not on this machine: {hint}")]
    Missing {
        /// The server's name.
        server: &'static str,
        /// What the reader can do about it.
        hint: String,
    },
    /// Somebody else listens on the wanted port.
    #[error("port {port} on 127.0.0.1 is in use by another program: stop that program or choose another port")]
    PortInUse {
        /// The wanted port.
        port: u16,
    },
    /// Another live process runs a server in this folder.
    #[error("{} is in use by another running process: stop that one first or choose another folder", dir.display())]
    FolderInUse {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder's content does not fit what was asked.
    #[error("{} cannot be used: {reason}", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A server ended while it was starting.
    #[error("{server} ended while starting: {reason} (log: {})", log.display())]
    Ended {
        /// The server's name.
        server: &'static str,
        /// The last telling line of its log.
        reason: String,
        /// Where the whole log is.
        log: PathBuf,
    },
    /// A server did not answer in time.
    #[error("{server} did not answer within {} s (log: {})", within.as_secs(), log.display())]
    NotReady {
        /// The server's name.
        server: &'static str,
        /// How long it was given.
        within: Duration,
        /// Where its log is.
        log: PathBuf,
    },
    /// A server that is to stop goes on running.
    #[error("process {pid} of {server} could not be stopped")]
    NotStopped {
        /// The server's name.
        server: &'static str,
        /// The process that goes on running.
        pid: u32,
    },
    /// A program that prepares a server failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// The program.
        program: String,
        /// What it said.
        reason: String,
    },
    /// The operating system refused something.
    #[error("{doing}: {cause}")]
    Io {
        /// What was being done.
        doing: String,
        /// The system's answer. Not a `source`: the sentence has it already.
        cause: io::Error,
    },
}

/// Says what was being done when the operating system refused.
pub(crate) trait Doing<T> {
    /// Names the action; `doing` is only called on failure.
    fn doing<S: Into<String>>(self, doing: impl FnOnce() -> S) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing<S: Into<String>>(self, doing: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|cause| Error::Io {
            doing: doing().into(),
            cause,
        })
    }
}
