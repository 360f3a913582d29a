use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use local_servers::{find_program, require_programs};

/// The user that a confined process is for itself, who owns nothing.
pub const NOBODY: u32 = 65_532;
const PROGRAM: &str = "/candlewick";

/// A place where a process can do little: a user without rights or capabilities, and a file system that nobody can write.
#[derive(Debug, Clone, Default)]
pub struct Confinement {
    readable: Vec<PathBuf>,
    writable: Vec<PathBuf>,
}

impl Confinement {
    /// Lets it see a file or a folder.
    pub fn shows(mut self, path: &Path) -> Self {
        self.readable.push(path.to_owned());
        self
    }

    /// Lets it write into a folder.
    pub fn lends(mut self, path: &Path) -> Self {
        self.writable.push(path.to_owned());
        self
    }

    /// What starts this program there; its arguments come behind. The process says its number on standard output.
    pub(crate) fn command(&self, binary: &Path) -> Command {
        require_programs(&[("bwrap", "bubblewrap")]).unwrap_or_else(|error| panic!("{error}"));
        // What it says of the process goes where the process writes too, which bubblewrap would close behind itself.
        let mut command = Command::new("sh");
        command.args(["-c", "exec 3>&1 && exec \"$0\" \"$@\""]);
        command.arg(find_program("bwrap").expect("bubblewrap"));
        command.args(["--unshare-user", "--unshare-ipc", "--unshare-uts", "--new-session"]);
        command.args(["--uid", &NOBODY.to_string(), "--gid", &NOBODY.to_string()]);
        command.args(["--cap-drop", "ALL", "--die-with-parent", "--json-status-fd", "3"]);
        // The system's libraries, and nothing else of it.
        for folder in ["/usr", "/lib", "/lib64"] {
            command.args(["--ro-bind-try", folder, folder]);
        }
        command.args(["--proc", "/proc", "--dev", "/dev", "--ro-bind"]);
        command.arg(binary).arg(PROGRAM);
        for path in &self.readable {
            command.arg("--ro-bind").arg(path).arg(path);
        }
        for path in &self.writable {
            command.arg("--bind").arg(path).arg(path);
        }
        command.args(["--remount-ro", "/", "--chdir", "/", "--", PROGRAM]);
        command
    }

    /// Expects a process to be confined like this, as the kernel sees it.
    ///
    /// # Panics
    /// When it may do more.
    pub fn expect_around(&self, pid: u32) {
        let of = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).expect("its process file system");
        let status = of("status");
        for capabilities in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            let none = format!("{capabilities}:\t0000000000000000");
            assert!(status.lines().any(|line| line == none), "{status}");
        }
        assert!(status.lines().any(|line| line == "NoNewPrivs:\t1"), "{status}");
        let map = of("uid_map");
        let inside = map.split_whitespace().next();
        assert_eq!(inside, Some(NOBODY.to_string().as_str()), "{map}");
        for mount in of("mountinfo").lines() {
            let fields: Vec<&str> = mount.split(' ').collect();
            let (place, options) = (Path::new(fields[4]), fields[5]);
            let is_of_kernel = ["/proc", "/dev"].iter().any(|root| place.starts_with(root));
            let is_lent = self.writable.iter().any(|path| path == place);
            let is_read_only = options.split(',').any(|option| option == "ro");
            assert!(is_read_only || is_of_kernel || is_lent, "{mount}");
        }
    }
}
