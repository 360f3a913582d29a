//! Debian's packages, where this process may install them.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::error::{Doing, Error, Result};
use crate::user::is_root;

const POLICY: &str = "/usr/sbin/policy-rc.d";
const MARK: &str = "# Made by candlewick for the time of one installation.";

/// Whether packages can be installed: a Debian kind of system, and root.
pub(crate) fn is_possible() -> bool {
    is_debian() && is_root()
}

/// A clause with the command to type, on systems where there is one.
pub(crate) fn suggestion(package: &str) -> String {
    if is_debian() {
        format!(", for example with: sudo apt-get install {package}")
    } else {
        String::new()
    }
}

/// Installs packages without starting the services that they bring.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    update()?;
    tracing::info!("installing {} with apt-get", packages.join(", "));
    let _quiet = NoServices::declare()?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    run(&arguments)
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && Path::new("/usr/bin/apt-get").exists()
}

/// Refreshes the lists of packages, once per process.
fn update() -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_none() {
        tracing::info!("refreshing the list of Debian's packages with apt-get update");
        run(&["update"])?;
        DONE.get_or_init(|| ());
    }
    Ok(())
}

fn run(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    // Another installation may hold the lock for a while.
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("RUNLEVEL", "1")
        .stdin(Stdio::null());
    let output = command.output().doing(|| "running apt-get")?;
    if output.status.success() {
        return Ok(());
    }
    let program = format!("apt-get {}", arguments.join(" "));
    Err(Error::Program {
        program,
        reason: last_line(&output.stderr),
    })
}

/// The last line that says something.
pub(crate) fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("it did not say why").to_owned()
}

/// While this lives, Debian's packages do not start their services.
struct NoServices {
    is_ours: bool,
}

impl NoServices {
    fn declare() -> Result<Self> {
        let left_behind = fs::read_to_string(POLICY).is_ok_and(|text| text.contains(MARK));
        if left_behind {
            fs::remove_file(POLICY).doing(|| format!("removing {POLICY}"))?;
        }
        // The rule ends with this process, so that being killed here forbids nothing for ever.
        let script = format!(
            "#!/bin/sh\n{MARK}\nkill -0 {} 2>/dev/null && exit 101\nexit 0\n",
            std::process::id()
        );
        match OpenOptions::new().write(true).create_new(true).mode(0o755).open(POLICY) {
            Ok(mut file) => {
                file.write_all(script.as_bytes())
                    .doing(|| format!("writing {POLICY}"))?;
                Ok(Self { is_ours: true })
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Self { is_ours: false }),
            Err(error) => Err(error).doing(|| format!("writing {POLICY}")),
        }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.is_ours
            && let Err(error) = fs::remove_file(POLICY)
        {
            tracing::warn!("removing {POLICY}: {error}");
        }
    }
}
