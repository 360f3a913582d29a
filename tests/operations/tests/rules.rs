//! The alarms: well formed, each tried against made-up histories, each with a page in the handbook.

use std::process::Command;

use operations::{promtool, read, root, rules};

fn promtool_says(arguments: &[&str]) -> String {
    let output = Command::new(promtool())
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("promtool runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "promtool {arguments:?}:\n{said}");
    said
}

#[test]
fn the_configuration_and_its_rules_are_well_formed() {
    promtool_says(&["check", "config", "prometheus.yml"]);
}

#[test]
fn each_alarm_is_raised_by_its_cause_and_by_nothing_less() {
    let files = ["services", "market", "messaging"].map(|name| format!("deploy/prometheus/tests/{name}.yml"));
    let mut arguments = vec!["test", "rules"];
    arguments.extend(files.iter().map(String::as_str));
    promtool_says(&arguments);
    let tests: String = files.iter().map(|file| read(file)).collect();
    for rule in rules() {
        let name = rule["alert"].as_str().expect("a name");
        let raised = format!("alertname: {name}\n        exp_alerts:\n          - exp_labels");
        let calm = format!("alertname: {name}\n        exp_alerts: []");
        assert!(tests.contains(&raised), "no test raises {name}");
        assert!(tests.contains(&calm), "no test leaves {name} calm");
    }
}

#[test]
fn each_alarm_says_how_bad_it_is_and_leads_to_its_page_of_the_handbook() {
    let handbook = read("docs/operations.md");
    for rule in rules() {
        let name = rule["alert"].as_str().expect("a name");
        let severity = rule["labels"]["severity"].as_str().unwrap_or_default();
        assert!(["critical", "warning"].contains(&severity), "{name}");
        for annotation in ["summary", "description"] {
            assert!(
                rule["annotations"][annotation].is_string(),
                "{name} has no {annotation}"
            );
        }
        let page = format!("docs/operations.md#{}", name.to_lowercase());
        assert_eq!(rule["annotations"]["runbook"], page, "{name}");
        assert!(
            handbook.contains(&format!("\n### {name}\n")),
            "the handbook has no heading {name}"
        );
    }
}
