//! Every service's migrations run up, back down to nothing, and up again, in an order and a schema of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use local_servers::ScratchDatabase;

use crate::workspace;

/// The tables that every service has.
const SHARED: &str = "messaging";

/// Checks the folders of every service on a scratch database.
pub fn check() -> Result<Option<String>> {
    let migrations = workspace::root().join("migrations");
    let dir = tempfile::Builder::new()
        .prefix("candlewick-check-")
        .tempdir()
        .context("making a temporary folder")?;
    let scratch = ScratchDatabase::create(dir.path())?;
    let shared = folders(&migrations.join(SHARED))?;
    let mut count = 0;
    for service in folders(&migrations)? {
        let schema = name_of(&service);
        if schema == SHARED {
            continue;
        }
        let mut steps = shared.clone();
        steps.extend(folders(&service)?);
        // The migrator takes both kinds as one history, in the order of their names.
        steps.sort_by_key(|step| name_of(step));
        up_down_up(&scratch, &schema, &steps).with_context(|| format!("schema {schema}"))?;
        count += steps.len();
    }
    Ok(Some(format!("ok: {count} migrations")))
}

fn up_down_up(scratch: &ScratchDatabase, schema: &str, steps: &[PathBuf]) -> Result<()> {
    scratch.run(&format!("CREATE SCHEMA {schema};"))?;
    let run = |step: &Path, file: &str| -> Result<()> {
        let path = step.join(file);
        let sql = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let result = scratch.run(&format!("SET search_path = {schema};\n\n{sql}"));
        result.map(drop).with_context(|| format!("{}/{file}", name_of(step)))
    };
    steps.iter().try_for_each(|step| run(step, "up.sql"))?;
    steps.iter().rev().try_for_each(|step| run(step, "down.sql"))?;
    let left = scratch.run(&format!(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = '{schema}'::regnamespace
         UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace
         UNION ALL SELECT typname::text FROM pg_type WHERE typnamespace = '{schema}'::regnamespace"
    ))?;
    if !left.is_empty() {
        bail!("the way down leaves behind: {}", left.join(", "));
    }
    steps.iter().try_for_each(|step| run(step, "up.sql"))
}

/// The folders in a folder, by name.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("reading {}", folder.display()))?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
