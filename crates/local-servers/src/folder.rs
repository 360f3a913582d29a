//! The folder of one private server: who uses it now, and which process was left behind in it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Doing, Error, Result};
use crate::process::Signal;

const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// A folder that this process alone uses, until dropped or until the process ends.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be and takes it; fails when another live process has it.
    pub(crate) fn take(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).doing(|| format!("making the folder {}", dir.display()))?;
        let path = dir.canonicalize().doing(|| format!("looking at {}", dir.display()))?;
        let file = path.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&file);
        let lock = lock.doing(|| format!("opening {}", file.display()))?;
        match try_lock_for_a_moment(&lock) {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::FolderInUse { dir: path }),
            Err(TryLockError::Error(error)) => Err(error).doing(|| format!("locking {}", file.display())),
        }
    }

    /// The folder's absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder inside.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes a folder inside.
    pub(crate) fn make(&self, name: &str) -> Result<PathBuf> {
        let path = self.join(name);
        fs::create_dir_all(&path).doing(|| format!("making the folder {}", path.display()))?;
        Ok(path)
    }

    /// Remembers a process of this folder, so that a later start can end it if we could not.
    pub(crate) fn remember(&self, name: &str, pid: Option<u32>) -> Result<()> {
        let Some(pid) = pid else { return Ok(()) };
        let file = self.join(name);
        let started = started_at(pid).unwrap_or_default();
        fs::write(&file, format!("{pid}\n{started}\n")).doing(|| format!("writing {}", file.display()))
    }

    /// Ends the remembered process if it still runs, and forgets it.
    pub(crate) fn end_remembered(&self, name: &str, server: &'static str, gentle: Signal) -> Result<()> {
        let file = self.join(name);
        let Ok(text) = fs::read_to_string(&file) else {
            return Ok(());
        };
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.parse().ok());
        let started = lines.next().unwrap_or_default();
        if let Some(pid) = pid.filter(|pid| started_at(*pid).as_deref() == Some(started)) {
            tracing::info!("stopping the {server} (process {pid}) that an earlier run left behind");
            end_stranger(pid, server, &[(gentle, 15), (Signal::Kill, 5)])?;
        }
        fs::remove_file(&file).doing(|| format!("removing {}", file.display()))
    }
}

/// Ends a process that is not our child by sending each signal in turn and waiting its number of seconds.
pub(crate) fn end_stranger(pid: u32, server: &'static str, steps: &[(Signal, u64)]) -> Result<()> {
    let target = libc::pid_t::try_from(pid).map_err(|_| Error::NotStopped { server, pid })?;
    let born = started_at(pid);
    for (signal, seconds) in steps {
        // SAFETY: plain system call; the caller checked who this process is.
        unsafe { libc::kill(target, signal.number()) };
        let gone = || born.is_none() || started_at(pid) != born;
        if wait_until(Duration::from_secs(*seconds), gone) {
            return Ok(());
        }
    }
    Err(Error::NotStopped { server, pid })
}

/// Waits at most `within` until `condition` holds; says whether it does.
pub(crate) fn wait_until(within: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + within;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A child that is just being started holds its parent's locks until it becomes another program; that passes.
fn try_lock_for_a_moment(lock: &File) -> std::result::Result<(), TryLockError> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(Duration::from_millis(20)),
            outcome => return outcome,
        }
    }
}

/// When a live process started, in the system's own words: together with its id that names it for ever.
pub(crate) fn started_at(pid: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold anything; fields are counted after it, the state first, the start as 20th.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let is_dead = matches!(fields.first(), Some(&"Z" | &"X"));
        return if is_dead {
            None
        } else {
            fields.get(19).map(|&field| field.to_owned())
        };
    }
    let output = Command::new("ps")
        .args(["-o", "lstart=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_user_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = Folder::take(dir.path()).unwrap();
        let refused = Folder::take(dir.path()).unwrap_err();
        assert!(matches!(refused, Error::FolderInUse { .. }), "{refused}");
        drop(first);
        Folder::take(dir.path()).unwrap();
    }

    #[test]
    fn a_recycled_process_id_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::take(dir.path()).unwrap();
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        fs::write(folder.join("pid"), format!("{}\nanother birth\n", sleeper.id())).unwrap();
        folder.end_remembered("pid", "sleeper", Signal::Kill).unwrap();
        assert!(sleeper.try_wait().unwrap().is_none());
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    }

    #[test]
    fn a_remembered_process_is_ended() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::take(dir.path()).unwrap();
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        folder.remember("pid", Some(sleeper.id())).unwrap();
        folder.end_remembered("pid", "sleeper", Signal::Terminate).unwrap();
        assert!(sleeper.wait().unwrap().code().is_none());
        assert!(!folder.join("pid").exists());
    }
}
