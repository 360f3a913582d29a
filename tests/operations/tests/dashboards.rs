//! The dashboards, without Grafana: a screen's geometry, units, what they are provisioned with, and their schema.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use operations::{dashboards, python, root, yaml};
use serde_json::Value;

const TYPES: [&str; 4] = ["row", "stat", "timeseries", "table"];

fn panels(dashboard: &Value) -> &Vec<Value> {
    dashboard["panels"].as_array().expect("panels")
}

#[test]
fn panels_have_their_own_ids_and_places() {
    for (path, dashboard) in dashboards() {
        let mut ids = HashSet::new();
        let mut taken = HashSet::new();
        for panel in panels(&dashboard) {
            let title = panel["title"].as_str().expect("a title");
            assert!(
                ids.insert(panel["id"].as_u64().expect("an id")),
                "{}: {title}",
                path.display()
            );
            let place = |key: &str| panel["gridPos"][key].as_u64().expect("a place");
            assert!(place("x") + place("w") <= 24, "{title} is wider than the screen");
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(taken.insert((x, y)), "{}: {title} lies on another one", path.display());
                }
            }
        }
    }
}

#[test]
fn panels_are_of_known_types_and_say_what_they_show_in_a_unit_with_thresholds() {
    for (_, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            let title = panel["title"].as_str().expect("a title");
            let kind = panel["type"].as_str().expect("a type");
            assert!(TYPES.contains(&kind), "{title} is a {kind}");
            if kind == "row" {
                continue;
            }
            assert!(
                panel["description"].as_str().is_some_and(|text| text.len() > 10),
                "{title}"
            );
            let defaults = &panel["fieldConfig"]["defaults"];
            assert!(
                defaults["unit"].as_str().is_some_and(|unit| !unit.is_empty()),
                "{title} has no unit"
            );
            let steps = defaults["thresholds"]["steps"].as_array().expect("thresholds");
            assert!(steps[0]["value"].is_null() && !steps.is_empty(), "{title}");
            let letters: BTreeSet<&str> = targets(panel)
                .iter()
                .filter_map(|target| target["refId"].as_str())
                .collect();
            assert_eq!(
                letters.len(),
                targets(panel).len(),
                "{title} asks two things by one letter"
            );
        }
    }
}

fn targets(panel: &Value) -> &Vec<Value> {
    panel["targets"].as_array().expect("targets")
}

#[test]
fn everything_is_asked_of_the_provisioned_datasource() {
    let provisioned = yaml("grafana/provisioning/datasources/prometheus.yml");
    let uid = provisioned["datasources"][0]["uid"].as_str().expect("a uid");
    for (_, dashboard) in dashboards() {
        let mut found = 0;
        require_uid(&dashboard, uid, &mut found);
        assert!(found > 20, "only {found} places name a datasource");
    }
    let compose = yaml("docker-compose.yml");
    let grafana = &compose["services"]["grafana"];
    let volumes = grafana["volumes"].to_string();
    let provider = yaml("grafana/provisioning/dashboards/candlewick.yml");
    let folder = provider["providers"][0]["options"]["path"].as_str().expect("a path");
    assert!(
        volumes.contains(&format!("./grafana/dashboards:{folder}:ro")),
        "{volumes}"
    );
    assert!(
        volumes.contains("./grafana/provisioning:/etc/grafana/provisioning:ro"),
        "{volumes}"
    );
    let url = provisioned["datasources"][0]["url"].as_str().expect("an address");
    let variable = url.trim_start_matches('$');
    assert_eq!(grafana["environment"][variable], "http://prometheus:9090");
}

/// Whoever names a datasource names this one.
fn require_uid(value: &Value, uid: &str, found: &mut usize) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == "datasource" {
                    assert_eq!(member["uid"], uid, "{value}");
                    *found += 1;
                }
                require_uid(member, uid, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| require_uid(item, uid, found)),
        _ => {}
    }
}

#[test]
fn dashboards_lead_to_each_other_and_have_variables() {
    let all = dashboards();
    let uids: Vec<&str> = all
        .iter()
        .filter_map(|(_, dashboard)| dashboard["uid"].as_str())
        .collect();
    assert_eq!(uids, ["candlewick-platform", "candlewick-system"]);
    for (_, dashboard) in &all {
        let links = dashboard["links"].as_array().expect("links");
        let to: Vec<&str> = links
            .iter()
            .filter_map(|link| link["url"].as_str()?.strip_prefix("/d/"))
            .collect();
        assert!(!to.is_empty() && to.iter().all(|uid| uids.contains(uid)), "{to:?}");
        let variables = dashboard["templating"]["list"].as_array().expect("variables");
        let text = dashboard["panels"].to_string();
        for variable in variables {
            let name = variable["name"].as_str().expect("a name");
            assert!(text.contains(&format!("${name}\\\"")), "nobody uses ${name}");
        }
        assert!(!variables.is_empty());
    }
}

/// Asks Grafana's schema about these files.
fn ask_schema(files: &[PathBuf]) -> Output {
    let mut command = Command::new(python());
    command
        .arg(root().join("tests/operations/check_dashboards.py"))
        .args(files);
    command.output().expect("Python runs")
}

#[test]
fn grafana_s_schema_knows_every_key() {
    let files: Vec<PathBuf> = dashboards().into_iter().map(|(path, _)| path).collect();
    let output = ask_schema(&files);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");

    let (_, mut misspelt) = dashboards().remove(0);
    misspelt["panels"][1]["fieldConfig"]["defaults"]["unti"] = "short".into();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("misspelt.json");
    fs::write(&file, misspelt.to_string()).expect("a file");
    let output = ask_schema(&[file]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("unti is unknown"), "{said}");
}
