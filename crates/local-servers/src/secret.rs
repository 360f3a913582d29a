//! Random secrets and the files that keep them.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::{Doing, Result};

/// A random text of `bytes` bytes from the operating system, as twice as many hexadecimal digits.
pub fn random_hex(bytes: usize) -> Result<String> {
    let mut raw = vec![0_u8; bytes];
    let mut source = fs::File::open("/dev/urandom").doing(|| "opening the system's random source")?;
    source
        .read_exact(&mut raw)
        .doing(|| "reading the system's random source")?;
    Ok(raw.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The secret kept in `file`; made at random and written with mode 0600 when the file is missing.
pub fn load_or_create(file: &Path, bytes: usize) -> Result<String> {
    match fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).doing(|| format!("reading {}", file.display())),
    }
    let secret = random_hex(bytes)?;
    write_private(file, &secret)?;
    Ok(secret)
}

/// Writes `content` to `file` so that only its owner can read it, replacing the file as a whole.
pub fn write_private(file: &Path, content: &str) -> Result<()> {
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let write = || {
        let mut out = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        out.write_all(content.as_bytes())?;
        out.sync_all()?;
        fs::rename(&new, file)
    };
    write().doing(|| format!("writing {}", file.display()))
}
