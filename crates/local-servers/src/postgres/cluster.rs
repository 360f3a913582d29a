//! The data of a private PostgreSQL: where it lies, how it is made, and who may still be using it.

use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::binaries::Binaries;
use crate::apt;
use crate::error::{Doing, Error, Result};
use crate::folder::{Folder, end_stranger, wait_until};
use crate::process::Signal;
use crate::secret;
use crate::user::Account;

/// The file in a server's folder that says where its data is, when it could not be in that folder.
const ELSEWHERE: &str = "cluster-location";
/// Where data goes whose server could not reach into the folder.
const SYSTEM_FOLDER: &str = "/var/lib/candlewick";

/// The data folder and the account that owns it.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    path: PathBuf,
    account: Option<Account>,
}

impl Cluster {
    /// Decides where the data of the server in `folder` lies. Nothing is made yet.
    pub(super) fn locate(folder: &Folder) -> Result<Self> {
        let elsewhere = folder.join(ELSEWHERE);
        let path = match fs::read_to_string(&elsewhere) {
            Ok(text) => PathBuf::from(text.trim()),
            Err(_) => folder.join("cluster"),
        };
        if path.join("PG_VERSION").exists() {
            return Ok(Self {
                account: Account::owner_of(&path)?,
                path,
            });
        }
        let account = Account::for_postgres()?;
        let Some(reader) = account else {
            return Ok(Self {
                path: folder.join("cluster"),
                account,
            });
        };
        open_the_way(folder.path())?;
        if reader.can_reach(folder.path()) {
            return Ok(Self {
                path: folder.join("cluster"),
                account,
            });
        }
        let path = Path::new(SYSTEM_FOLDER).join(format!("cluster-{}", secret::random_hex(8)?));
        tracing::info!(
            "PostgreSQL does not run as root, and its user cannot reach {}: its data goes to {}",
            folder.path().display(),
            path.display()
        );
        fs::create_dir_all(SYSTEM_FOLDER).doing(|| format!("making the folder {SYSTEM_FOLDER}"))?;
        secret::write_private(&elsewhere, &path.to_string_lossy())?;
        Ok(Self { path, account })
    }

    /// The data folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The account that the server runs under, unless our own.
    pub(super) fn account(&self) -> Option<Account> {
        self.account
    }

    /// The major version that made the data, if there is any yet.
    pub(super) fn major(&self) -> Result<Option<u32>> {
        let file = self.path.join("PG_VERSION");
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).doing(|| format!("reading {}", file.display()))?;
        let unreadable = || Error::Folder {
            dir: self.path.clone(),
            reason: "its PG_VERSION is not a number".into(),
        };
        text.trim().parse().map(Some).map_err(|_| unreadable())
    }

    /// Makes the data as a whole or not at all: an interrupted attempt is thrown away by the next.
    pub(super) fn create(&self, binaries: &Binaries, password: &str) -> Result<()> {
        tracing::info!(
            "making a PostgreSQL {} database in {}",
            binaries.major,
            self.path.display()
        );
        let new = self.path.with_extension("new");
        if new.exists() {
            fs::remove_dir_all(&new).doing(|| format!("removing {}", new.display()))?;
        }
        DirBuilder::new()
            .mode(0o700)
            .create(&new)
            .doing(|| format!("making the folder {}", new.display()))?;
        let password_file = self.path.with_extension("password");
        secret::write_private(&password_file, password)?;
        if let Some(account) = self.account {
            account.own(&new)?;
            account.own(&password_file)?;
        }
        let mut result = self.initdb(binaries, &new, &password_file, "C.UTF-8");
        if result.is_err() {
            // Not every system has the locale C.UTF-8; the encoding is UTF-8 with C as well.
            result = self.initdb(binaries, &new, &password_file, "C");
        }
        fs::remove_file(&password_file).doing(|| format!("removing {}", password_file.display()))?;
        result?;
        fs::rename(&new, &self.path).doing(|| format!("putting {} in place", self.path.display()))
    }

    fn initdb(&self, binaries: &Binaries, dir: &Path, password_file: &Path, locale: &str) -> Result<()> {
        let mut command = Command::new(binaries.program("initdb"));
        command.args(["-U", "postgres", "--encoding=UTF8", "--auth=scram-sha-256", "-N"]);
        command
            .arg(format!("--locale={locale}"))
            .arg("--pwfile")
            .arg(password_file)
            .arg("-D")
            .arg(dir);
        let output = self.run(command, "")?;
        failure("initdb", &output, output.status.success())
    }

    /// Makes databases that are missing; the server must not run.
    pub(super) fn create_databases(&self, binaries: &Binaries, names: &[String]) -> Result<()> {
        let Some(first) = names.first() else { return Ok(()) };
        tracing::info!("making the database {}", if names.len() == 1 { first } else { "list" });
        let statements: String = names
            .iter()
            .map(|name| format!("CREATE DATABASE \"{}\";\n", name.replace('"', "\"\"")))
            .collect();
        self.run_single(binaries, &[], &statements).map(drop)
    }

    /// Runs statements without a server, which must not run, and gives what they print. An existing database is no error.
    pub(super) fn run_single(&self, binaries: &Binaries, options: &[&str], statements: &str) -> Result<String> {
        let mut command = Command::new(binaries.program("postgres"));
        command
            .arg("--single")
            .args(options)
            .arg("-D")
            .arg(&self.path)
            .arg("postgres");
        let output = self.run(command, statements)?;
        let text = String::from_utf8_lossy(&output.stderr);
        let is_error = |line: &str| line.contains("ERROR:") && !is_existing_database(line);
        failure(
            "postgres --single",
            &output,
            output.status.success() && !text.lines().any(is_error),
        )?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a program of PostgreSQL's as the owner of the data.
    fn run(&self, mut command: Command, input: &str) -> Result<Output> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.current_dir("/").env_remove("PGDATA").env("LC_MESSAGES", "C");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        let mut child = command.spawn().doing(|| format!("running {program}"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin
                .write_all(input.as_bytes())
                .doing(|| format!("talking to {program}"))?;
        }
        child.wait_with_output().doing(|| format!("waiting for {program}"))
    }

    /// Ends a server that an earlier run left behind on this data, and removes its pid file when it is surely stale.
    pub(super) fn end_left_behind(&self) -> Result<()> {
        let file = self.path.join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&file) else {
            return Ok(());
        };
        let postmaster = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
        if let Some(pid) = postmaster.filter(|pid| self.is_used_by(*pid)) {
            tracing::info!("stopping the PostgreSQL (process {pid}) that an earlier run left behind");
            end_stranger(
                pid,
                "PostgreSQL",
                &[(Signal::Interrupt, 20), (Signal::Quit, 10), (Signal::Kill, 5)],
            )?;
        }
        if !cfg!(target_os = "linux") {
            // Without /proc only PostgreSQL itself can judge its pid file.
            return Ok(());
        }
        // After a killed postmaster its children see the end of it a moment later; until then they use the data.
        if !wait_until(Duration::from_secs(15), || self.users().is_empty()) {
            let pid = self.users().first().copied().unwrap_or_default();
            return Err(Error::NotStopped {
                server: "PostgreSQL",
                pid,
            });
        }
        if file.exists() {
            // Its process id may belong to somebody else by now, and PostgreSQL would refuse to start for that.
            fs::remove_file(&file).doing(|| format!("removing {}", file.display()))?;
        }
        Ok(())
    }

    /// Whether a live process is a PostgreSQL on this data.
    fn is_used_by(&self, pid: u32) -> bool {
        if cfg!(target_os = "linux") {
            // Every process of PostgreSQL works in its data folder.
            return fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == self.path);
        }
        let output = Command::new("ps")
            .args(["-o", "command=", "-p", &pid.to_string()])
            .output();
        let path = self.path.to_string_lossy();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(path.as_ref()))
    }

    /// The live processes of PostgreSQL on this data.
    fn users(&self) -> Vec<u32> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
        pids.filter(|pid| self.is_used_by(*pid)).collect()
    }
}

/// Lets others pass through the folder that we were given, and through folders of ours below the system's folder for
/// temporary files. Whoever passes still cannot list or read anything.
fn open_the_way(folder: &Path) -> Result<()> {
    let temporary = env::temp_dir().canonicalize().unwrap_or_else(|_| env::temp_dir());
    for dir in folder.ancestors() {
        let is_ours = dir == folder || (dir.starts_with(&temporary) && dir != temporary);
        if !is_ours {
            break;
        }
        let metadata = dir.metadata().doing(|| format!("looking at {}", dir.display()))?;
        if metadata.uid() == 0 && metadata.mode() & 0o111 != 0o111 {
            let permissions = Permissions::from_mode(metadata.mode() & 0o7777 | 0o111);
            fs::set_permissions(dir, permissions)
                .doing(|| format!("opening {} to the server's user", dir.display()))?;
        }
    }
    Ok(())
}

fn is_existing_database(line: &str) -> bool {
    line.contains("ERROR:  database \"") && line.ends_with("\" already exists")
}

fn failure(program: &str, output: &Output, is_success: bool) -> Result<()> {
    if is_success {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let telling = text
        .lines()
        .find(|line| line.contains("error:") || line.contains("FATAL:") || line.contains("ERROR:"));
    let reason = telling.map_or_else(|| apt::last_line(&output.stderr), |line| line.trim().to_owned());
    Err(Error::Program {
        program: program.into(),
        reason,
    })
}
