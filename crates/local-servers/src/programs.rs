//! Programs that tests and checks call, besides the servers.

use std::env;
use std::path::PathBuf;

use crate::apt;
use crate::error::{Error, Result};

/// Where a program is, by the `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// Installs Debian's packages of programs that are missing, where that is possible; says what to do where it is not.
/// Each pair is a program and its package.
pub fn require_programs(wanted: &[(&'static str, &str)]) -> Result<()> {
    let missing = || wanted.iter().filter(|(program, _)| find_program(program).is_none());
    let packages: Vec<&str> = missing().map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    if apt::is_possible() {
        apt::install(&packages)?;
    }
    match missing().next() {
        None => Ok(()),
        Some((program, package)) => Err(Error::Missing {
            server: program,
            hint: format!("install it{}", apt::suggestion(package)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_there_needs_no_package() {
        assert!(find_program("sh").is_some());
        require_programs(&[("sh", "no-such-package")]).unwrap();
    }

    #[test]
    fn a_program_that_nobody_has_is_not_found() {
        assert_eq!(find_program("candlewick-no-such-program"), None);
    }
}
