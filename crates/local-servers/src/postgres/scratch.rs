//! A throwaway database without a server: PostgreSQL's single-user mode.

use std::path::Path;

use super::binaries::Binaries;
use super::cluster::Cluster;
use crate::error::Result;
use crate::folder::Folder;
use crate::secret;

/// A database for trying statements, one script at a time, without a port, a server or a client.
#[derive(Debug)]
pub struct ScratchDatabase {
    _folder: Folder,
    cluster: Cluster,
    binaries: Binaries,
}

impl ScratchDatabase {
    /// Makes an empty database in `dir`, which its maker removes afterwards.
    pub fn create(dir: &Path) -> Result<Self> {
        let folder = Folder::take(dir)?;
        let cluster = Cluster::locate(&folder)?;
        let binaries = Binaries::provide(cluster.major()?, cluster.account())?;
        if cluster.major()?.is_none() {
            cluster.create(&binaries, &secret::random_hex(16)?)?;
        }
        Ok(Self {
            _folder: folder,
            cluster,
            binaries,
        })
    }

    /// Runs the whole script as one transaction and gives the values that it selects. The first error ends it.
    pub fn run(&self, script: &str) -> Result<Vec<String>> {
        // A semicolon before an empty line would end the transaction in this mode, so there are no empty lines.
        let lines: Vec<&str> = script.lines().filter(|line| !line.trim().is_empty()).collect();
        let output = self
            .cluster
            .run_single(&self.binaries, &["-j"], &format!("{}\n;\n\n", lines.join("\n")))?;
        Ok(output.lines().filter_map(selected_value).collect())
    }
}

/// The value in a line such as `1: name = "value" (typeid = 25, len = -1, …)`, with a tab before the bracket.
fn selected_value(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(" = \"")?;
    let (value, _) = rest.rsplit_once("\"\t(typeid")?;
    Some(value.to_owned())
}
