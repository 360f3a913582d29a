use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Where the kernel keeps groups that share the processors: of the first version of control groups, and of the second.
const ROOTS: [&str; 2] = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];
/// The group of the process that asks.
const CLIENTS: &str = "clients";

/// Groups that share the processors as containers do: each gets as much of a busy machine as any other, however many
/// processes and threads it has. Without them a database with forty connections gets forty shares, a gateway two.
pub(crate) struct CpuGroups {
    root: PathBuf,
}

impl CpuGroups {
    /// `None` where this process may not make any: it takes root, and a kernel with control groups.
    pub(crate) fn new() -> Option<Self> {
        let root = ROOTS
            .map(Path::new)
            .into_iter()
            .find(|root| root.join("cgroup.procs").exists())?;
        // Of the second version: what is said of the processors counts for the groups below.
        let controlled = root.join("cgroup.subtree_control");
        if controlled.exists() {
            write(&controlled, "+cpu").ok()?;
        }
        let groups = Self { root: root.to_owned() };
        groups.enter(CLIENTS).ok()?;
        Some(groups)
    }

    /// Starts something in the group of that name, to which all belongs that it starts in turn.
    ///
    /// # Panics
    /// When the kernel makes no group any more.
    pub(crate) fn within<T>(groups: Option<&Self>, name: &str, start: impl FnOnce() -> T) -> T {
        let enter = |name| {
            let entered = groups.map_or(Ok(()), |groups| groups.enter(name));
            entered.expect("a group of the processors");
        };
        enter(name);
        let started = start();
        enter(CLIENTS);
        started
    }

    /// Takes this process into a group; what it starts from now on belongs there too.
    fn enter(&self, name: &str) -> io::Result<()> {
        let group = self.group(name);
        fs::create_dir_all(&group)?;
        self.join(&group)
    }

    fn group(&self, name: &str) -> PathBuf {
        self.root.join(format!("{}{name}", self.prefix()))
    }

    fn prefix(&self) -> String {
        format!("candlewick-{}-", std::process::id())
    }

    fn join(&self, group: &Path) -> io::Result<()> {
        write(&group.join("cgroup.procs"), &std::process::id().to_string())
    }
}

impl Drop for CpuGroups {
    /// Goes back, and removes the groups in which nobody is left.
    fn drop(&mut self) {
        drop(self.join(&self.root));
        let prefix = self.prefix();
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)) {
            drop(fs::remove_dir(entry.path()));
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}
