use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The top folder of the repository.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the top folder")
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file of YAML, with its merge keys carried out.
pub fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents of a text of YAML.
pub fn yaml_documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The files of alarm rules.
pub fn rule_files() -> Vec<PathBuf> {
    files_in("deploy/prometheus/rules", "yml")
}

/// Every alarm rule.
pub fn rules() -> Vec<Value> {
    let mut rules = Vec::new();
    for path in rule_files() {
        let relative = path.strip_prefix(root()).expect("inside");
        let file = yaml(&relative.display().to_string());
        for group in file["groups"].as_array().expect("groups") {
            rules.extend(group["rules"].as_array().expect("rules").iter().cloned());
        }
    }
    rules
}

/// Every dashboard, with its path.
pub fn dashboards() -> Vec<(PathBuf, Value)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a dashboard");
        let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, value)
    };
    files_in("grafana/dashboards", "json").into_iter().map(read).collect()
}

fn files_in(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no file .{extension}");
    files
}
