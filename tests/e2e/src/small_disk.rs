use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

/// What is written at a time while a disk is filled; the last pieces are smaller.
const PIECE: usize = 1 << 20;
const LAST_PIECE: usize = 1 << 10;

/// A disk of a few MiB in memory, which a test can fill. Unmounted when dropped.
pub struct SmallDisk {
    dir: tempfile::TempDir,
}

impl SmallDisk {
    /// A disk with so much room.
    ///
    /// # Panics
    /// Where this process may not mount: tests run as root, as `.ci/run` says.
    pub fn new(mebibytes: u32) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let size = format!("size={mebibytes}m,mode=0755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir.path())
            .status();
        assert!(
            mounted.is_ok_and(|status| status.success()),
            "a file system in memory is mounted, which takes root (in a container: CAP_SYS_ADMIN)"
        );
        Self { dir }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Fills it but for so many KiB.
    pub fn fill(&self, but_kibibytes: u64) {
        let mut ballast = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.ballast())
            .expect("a file");
        for piece in [PIECE, LAST_PIECE] {
            while write_piece(&mut ballast, piece) {}
        }
        let length = ballast.metadata().expect("its length").len();
        ballast
            .set_len(length.saturating_sub(but_kibibytes * 1_024))
            .expect("a shorter file");
    }

    /// Makes room again.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("the file goes");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

/// Whether there was room.
fn write_piece(file: &mut File, length: usize) -> bool {
    match file.write_all(&vec![1; length]) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::StorageFull => false,
        Err(error) => panic!("filling a disk: {error}"),
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, since a server that was killed may let go of it a moment later.
        drop(Command::new("umount").arg("--lazy").arg(self.dir.path()).status());
    }
}
