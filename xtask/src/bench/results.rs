//! Reads what benchmarks leave behind: criterion's estimates, and tables of benchmarks that measure by themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::Value;

/// The rows of each group.
pub type Tables = BTreeMap<String, Vec<Row>>;

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub value: String,
    /// What it must reach, if anything.
    pub target: String,
}

/// Everything in the target folder that is not older than `since`.
pub fn collect(target: &Path, since: SystemTime) -> Result<Tables> {
    let mut tables = Tables::new();
    for file in files_named(&target.join("criterion"), "estimates.json") {
        if file
            .parent()
            .is_none_or(|folder| folder.file_name().is_none_or(|name| name != "new"))
            || is_older(&file, since)
        {
            continue;
        }
        let estimates = read(&file)?;
        let benchmark = read(&file.with_file_name("benchmark.json"))?;
        if let Some((group, row)) = criterion_row(&benchmark, &estimates) {
            tables.entry(group).or_default().push(row);
        }
    }
    read_own(&target.join("bench-results"), since, &mut tables)?;
    Ok(tables)
}

/// Adds the tables of this folder that are not older than `since`.
pub fn read_own(folder: &Path, since: SystemTime, tables: &mut Tables) -> Result<()> {
    let own = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut own: Vec<PathBuf> = own.map(|entry| entry.path()).collect();
    own.sort();
    for file in own
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
    {
        if !is_older(file, since) {
            let (group, rows) = own_rows(&read(file)?).with_context(|| {
                let format = r#"{"group", "rows": [{"name", "value", "unit", "target"}]}"#;
                format!("{} is not of the form {format}", file.display())
            })?;
            tables.entry(group).or_default().extend(rows);
        }
    }
    Ok(())
}

/// The page's part: machine, command and a table for each group.
pub fn render(tables: &Tables, machine: &str, command: &str) -> String {
    let mut text = format!("Written by `{command}`.\n\n{machine}");
    for (group, rows) in tables {
        text.push_str(&format!(
            "\n### {group}\n\n| what | result | target |\n| --- | ---: | --- |\n"
        ));
        for row in rows {
            text.push_str(&format!("| {} | {} | {} |\n", row.name, row.value, row.target));
        }
    }
    text
}

fn criterion_row(benchmark: &Value, estimates: &Value) -> Option<(String, Row)> {
    let group = benchmark["group_id"].as_str()?.to_owned();
    let parts = [&benchmark["function_id"], &benchmark["value_str"]];
    let name: Vec<&str> = parts.iter().filter_map(|part| part.as_str()).collect();
    let name = if name.is_empty() {
        group.clone()
    } else {
        name.join(" / ")
    };
    let nanoseconds = estimates["median"]["point_estimate"].as_f64()?;
    let mut value = duration(nanoseconds);
    if let Some((unit, count)) = throughput(&benchmark["throughput"]) {
        value.push_str(&format!(", {} {unit}/s", large(count * 1e9 / nanoseconds)));
    }
    Some((
        group,
        Row {
            name,
            value,
            target: String::new(),
        },
    ))
}

fn throughput(value: &Value) -> Option<(&'static str, f64)> {
    let units = [
        ("Elements", "elements"),
        ("Bytes", "bytes"),
        ("BytesDecimal", "bytes"),
        ("Bits", "bits"),
    ];
    units
        .iter()
        .find_map(|(name, unit)| Some((*unit, value[*name].as_f64()?)))
}

fn own_rows(value: &Value) -> Option<(String, Vec<Row>)> {
    let row = |row: &Value| {
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| number(value), |text| Some(text.to_owned()))
        };
        let unit = row["unit"].as_str().unwrap_or_default();
        Some(Row {
            name: row["name"].as_str()?.to_owned(),
            value: format!("{} {unit}", text(&row["value"])?).trim_end().to_owned(),
            target: text(&row["target"]).unwrap_or_default(),
        })
    };
    let rows = value["rows"].as_array()?.iter().map(row).collect::<Option<_>>()?;
    Some((value["group"].as_str()?.to_owned(), rows))
}

fn number(value: &Value) -> Option<String> {
    let number = value.as_f64()?;
    // Four digits are more than a run repeats.
    Some(match number.abs() {
        size if number.fract() == 0.0 || size >= 1_000.0 => grouped(number),
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    })
}

fn duration(nanoseconds: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    let unit = units.iter().find(|(size, _)| nanoseconds >= *size);
    unit.map_or_else(
        || format!("{nanoseconds:.2} ns"),
        |(size, name)| format!("{:.2} {name}", nanoseconds / size),
    )
}

fn large(number: f64) -> String {
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let unit = units.iter().find(|(size, _)| number >= *size);
    unit.map_or_else(
        || format!("{number:.1}"),
        |(size, name)| format!("{:.2} {name}", number / size),
    )
}

/// A whole number with commas between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 { format!("-{text}") } else { text }
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}

fn is_older(file: &Path, since: SystemTime) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified < since)
}

fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_results_become_one_page() {
        let target = tempfile::tempdir().unwrap();
        let new = target.path().join("criterion/ticks/step/1000/new");
        fs::create_dir_all(&new).unwrap();
        let benchmark =
            r#"{"group_id": "ticks", "function_id": "step", "value_str": "1000", "throughput": {"Elements": 1000}}"#;
        fs::write(new.join("benchmark.json"), benchmark).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median": {"point_estimate": 50000.0}}"#).unwrap();
        let base = target.path().join("criterion/ticks/step/1000/base");
        fs::create_dir_all(&base).unwrap();
        fs::write(base.join("estimates.json"), "{}").unwrap();
        let own = target.path().join("bench-results");
        fs::create_dir_all(&own).unwrap();
        let rows = r#"{"group": "gateway", "rows": [{"name": "price", "value": 43210, "unit": "req/s", "target": "≥ 29,200"}]}"#;
        fs::write(own.join("gateway.json"), rows).unwrap();

        let tables = collect(target.path(), SystemTime::UNIX_EPOCH).unwrap();
        let page = render(&tables, "- cores: 2\n", "cargo xtask bench");
        assert!(
            page.contains("| step / 1000 | 50.00 µs, 20.00 M elements/s |  |"),
            "{page}"
        );
        assert!(page.contains("### gateway\n"), "{page}");
        assert!(page.contains("| price | 43,210 req/s | ≥ 29,200 |"), "{page}");
    }

    #[test]
    fn what_is_older_than_the_run_is_left_out() {
        let target = tempfile::tempdir().unwrap();
        let own = target.path().join("bench-results");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("old.json"), r#"{"group": "old", "rows": []}"#).unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        assert!(collect(target.path(), later).unwrap().is_empty());
    }
}
