//! Child processes that never outlive this one.
//!
//! Linux sends the death signal when the *thread* that forked ends, not the process. So each child gets a thread that
//! forks it and then waits for it, and lives exactly as long as the child does.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::user::Account;

/// A signal that this crate sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: for PostgreSQL a fast shutdown.
    Interrupt,
    /// SIGTERM: an orderly end.
    Terminate,
    /// SIGQUIT: for PostgreSQL an immediate shutdown.
    Quit,
    /// SIGKILL: an end without a word.
    Kill,
}

impl Signal {
    pub(crate) fn number(self) -> libc::c_int {
        match self {
            Self::Interrupt => libc::SIGINT,
            Self::Terminate => libc::SIGTERM,
            Self::Quit => libc::SIGQUIT,
            Self::Kill => libc::SIGKILL,
        }
    }
}

/// A running child, leader of its own process group. Dropping it kills it.
#[derive(Debug)]
pub struct Child {
    pid: u32,
    shared: Arc<Shared>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

#[derive(Debug, Default)]
struct Shared {
    status: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Started = io::Result<(u32, Option<ChildStdout>, Option<ChildStderr>)>;

impl Child {
    /// Starts `command` in a process group of its own, so that a terminal's Ctrl-C does not reach it; on Linux it gets
    /// `at_death` when this process ends in whatever way. Its whole group ends with it.
    pub fn spawn(command: Command, at_death: Signal) -> io::Result<Self> {
        Self::spawn_as(command, at_death, None)
    }

    /// Like [`Child::spawn`], under another account.
    pub(crate) fn spawn_as(mut command: Command, at_death: Signal, account: Option<Account>) -> io::Result<Self> {
        command.process_group(0);
        if let Some(account) = account {
            account.apply(&mut command);
        }
        bind_to_parent(&mut command, at_death);
        let shared = Arc::new(Shared::default());
        let (sender, receiver) = mpsc::sync_channel(1);
        let watched = Arc::clone(&shared);
        thread::Builder::new()
            .name("child".into())
            .spawn(move || fork_and_wait(command, &sender, &watched))?;
        let started = receiver
            .recv()
            .map_err(|_| io::Error::other("the thread that starts a child ended"))?;
        let (pid, stdout, stderr) = started?;
        Ok(Self {
            pid,
            shared,
            stdout,
            stderr,
        })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The child's standard output, when it was piped and not yet taken.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.stdout.take()
    }

    /// The child's standard error, when it was piped and not yet taken.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.stderr.take()
    }

    /// How the child ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        *self.shared.lock()
    }

    /// Waits at most `within` for the child's end.
    pub fn wait(&self, within: Duration) -> Option<ExitStatus> {
        let status = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(status, within, |status| status.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Sends a signal to the child; does nothing when it has ended.
    pub fn signal(&self, signal: Signal) {
        self.send(signal, libc::pid_t::try_from(self.pid).ok());
    }

    /// Sends a signal to the child and all of its process group; does nothing when the child has ended.
    pub fn signal_group(&self, signal: Signal) {
        self.send(signal, libc::pid_t::try_from(self.pid).ok().map(|pid| -pid));
    }

    fn send(&self, signal: Signal, target: Option<libc::pid_t>) {
        // Under the lock an unset status means that the child is not reaped, so its id cannot belong to a stranger.
        let status = self.shared.lock();
        if let (None, Some(target)) = (*status, target) {
            // SAFETY: plain system call on a process that is our unreaped child.
            unsafe { libc::kill(target, signal.number()) };
        }
    }

    /// Asks with `gentle`, waits at most `within`, then kills. True when the child ended by itself.
    pub fn end(&self, gentle: Signal, within: Duration) -> bool {
        self.signal(gentle);
        if self.wait(within).is_some() {
            return true;
        }
        self.signal_group(Signal::Kill);
        self.wait(Duration::from_secs(5));
        false
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal_group(Signal::Kill);
    }
}

fn fork_and_wait(mut command: Command, sender: &mpsc::SyncSender<Started>, shared: &Shared) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            // A receiver that is gone has nobody to tell.
            let _ = sender.send(Err(error));
            return;
        }
    };
    let pid = child.id();
    let handed = sender.send(Ok((pid, child.stdout.take(), child.stderr.take())));
    if handed.is_err() {
        // Nobody would ever stop it.
        let _ = child.kill();
    }
    wait_unreaped(pid);
    let mut status = shared.lock();
    if let Ok(pid) = libc::pid_t::try_from(pid) {
        // SAFETY: the leader is dead but not reaped, so this group id is still its own. Whatever it left behind ends.
        unsafe { libc::kill(-pid, libc::SIGKILL) };
    }
    // Only a process that somebody else reaped has no status; it counts as failed.
    *status = Some(child.wait().unwrap_or_else(|_| ExitStatus::from_raw(1 << 8)));
    shared.changed.notify_all();
}

/// Blocks until the child has ended, without reaping it.
fn wait_unreaped(pid: u32) {
    loop {
        // SAFETY: siginfo_t is plain data for which zero is valid; the call only writes to it.
        let result = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, pid as libc::id_t, &mut info, libc::WEXITED | libc::WNOWAIT)
        };
        if result == 0 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
fn bind_to_parent(command: &mut Command, at_death: Signal) {
    let parent = std::process::id();
    let signal = at_death.number();
    // Runs after the change of user, which would clear the death signal.
    let prepare = move || {
        // SAFETY: both calls are async-signal-safe and touch no memory.
        unsafe {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::c_ulong::from(signal.unsigned_abs())) != 0 {
                return Err(io::Error::last_os_error());
            }
            if libc::getppid().cast_unsigned() != parent {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
        }
        Ok(())
    };
    // SAFETY: the closure allocates nothing and calls async-signal-safe functions only.
    unsafe { command.pre_exec(prepare) };
}

#[cfg(not(target_os = "linux"))]
fn bind_to_parent(_command: &mut Command, _at_death: Signal) {}
