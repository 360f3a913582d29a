//! The account that PostgreSQL runs under when this process is root, which PostgreSQL refuses to be.

use std::ffi::CString;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Doing, Error, Result};

/// A user and its main group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account for a new PostgreSQL cluster: none when this process is not root, else `postgres` or `nobody`.
    pub fn for_postgres() -> Result<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        let found = ["postgres", "nobody"].iter().find_map(|name| Self::named(name));
        let missing = || Error::Missing {
            server: "a user for PostgreSQL",
            hint: "PostgreSQL does not run as root, and there is no user postgres or nobody: run as an ordinary user"
                .into(),
        };
        found.map(Some).ok_or_else(missing)
    }

    /// The account that owns `path`, unless that is who we are or root.
    pub fn owner_of(path: &Path) -> Result<Option<Self>> {
        let metadata = path.metadata().doing(|| format!("looking at {}", path.display()))?;
        let owner = Self {
            uid: metadata.uid(),
            gid: metadata.gid(),
        };
        Ok((owner.uid != effective_uid() && owner.uid != 0).then_some(owner))
    }

    fn named(name: &str) -> Option<Self> {
        let name = CString::new(name).ok()?;
        let mut buffer = vec![0; 16 * 1024];
        let mut result = std::ptr::null_mut();
        // SAFETY: passwd is plain data; the buffer outlives every use of the entry, of which only numbers are kept.
        unsafe {
            let mut entry: libc::passwd = std::mem::zeroed();
            libc::getpwnam_r(
                name.as_ptr(),
                &mut entry,
                buffer.as_mut_ptr(),
                buffer.len(),
                &mut result,
            );
            if result.is_null() || entry.pw_uid == 0 {
                return None;
            }
            Some(Self {
                uid: entry.pw_uid,
                gid: entry.pw_gid,
            })
        }
    }

    /// Makes `command` run under this account, without our supplementary groups.
    pub fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives `path` to this account.
    pub fn own(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).doing(|| format!("giving {} to the server's user", path.display()))
    }

    /// Whether this account can pass through to `path` and enter or execute it, as the system itself judges.
    pub fn can_reach(self, path: &Path) -> bool {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"test -x "$1""#, "sh"]).arg(path).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    effective_uid() == 0
}

fn effective_uid() -> u32 {
    // SAFETY: the call has no arguments and always succeeds.
    unsafe { libc::geteuid() }
}
