use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use local_servers::{
    free_port,
    process::{Child, Signal},
};
use serde_json::{Value, json};
use test_kit::eventually;

use crate::{files, tools};

/// A Prometheus with the repository's configuration and rules, which asks every second and raises alarms at once.
pub struct Prometheus {
    // Ends with the test.
    _process: Child,
    folder: tempfile::TempDir,
    url: String,
    http: reqwest::Client,
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl Prometheus {
    /// Starts one that asks these jobs at these addresses.
    pub async fn start(targets: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = configuration(targets, folder.path());
        let file = folder.path().join("prometheus.json");
        fs::write(&file, config.to_string()).expect("the configuration");
        let port = free_port().expect("a free port");
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let mut command = Command::new(tools::prometheus());
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let process = Child::spawn(command, Signal::Kill).expect("Prometheus starts");
        let prometheus = Self {
            _process: process,
            folder,
            url: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
        };
        prometheus.ready().await;
        prometheus
    }

    async fn ready(&self) {
        let log = self.folder.path().join("log");
        let what = format!("Prometheus is ready; its log: {}", log.display());
        eventually(&what, async || {
            let answer = self.http.get(format!("{}/-/ready", self.url)).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// What an expression gives now.
    ///
    /// # Panics
    /// When Prometheus refuses it.
    pub async fn query(&self, expression: &str) -> Vec<Sample> {
        let data = self.api("/api/v1/query", &[("query", expression)]).await;
        let rows = data["result"].as_array().cloned().unwrap_or_default();
        rows.iter().map(sample).collect()
    }

    /// The only value that an expression gives; nothing where it gives none yet.
    pub async fn value(&self, expression: &str) -> Option<f64> {
        match self.query(expression).await.as_slice() {
            [] => None,
            [only] => Some(only.value),
            many => panic!("{expression} gives {} rows", many.len()),
        }
    }

    /// The alarms that are raised now.
    pub async fn firing(&self) -> Vec<BTreeMap<String, String>> {
        let data = self.api("/api/v1/alerts", &[]).await;
        let alerts = data["alerts"].as_array().cloned().unwrap_or_default();
        let firing = alerts.iter().filter(|alert| alert["state"] == "firing");
        firing.map(|alert| labels(&alert["labels"])).collect()
    }

    /// Waits until an alarm is raised whose labels include these.
    pub async fn wait_for_alarm(&self, name: &str, wanted: &[(&str, &str)]) {
        eventually(&format!("the alarm {name} {wanted:?} is raised"), async || {
            let firing = self.firing().await;
            let is_it = |labels: &BTreeMap<String, String>| {
                let has = |(key, value): &(&str, &str)| labels.get(*key).is_some_and(|found| found == value);
                has(&("alertname", name)) && wanted.iter().all(has)
            };
            firing.iter().any(is_it).then_some(())
        })
        .await;
    }

    async fn api(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let request = self.http.get(format!("{}{path}", self.url)).query(query);
        let answer = request.send().await.expect("Prometheus answers");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["status"], "success", "{query:?}: {body}");
        body["data"].clone()
    }
}

fn sample(row: &Value) -> Sample {
    let value = row["value"][1].as_str().and_then(|text| text.parse().ok());
    Sample {
        labels: labels(&row["metric"]),
        value: value.unwrap_or_else(|| panic!("{row} has no value")),
    }
}

fn labels(object: &Value) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    members
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// The repository's prometheus.yml with other addresses and shorter times; everything else as it is.
fn configuration(targets: &[(&str, String)], folder: &Path) -> Value {
    let mut config = files::yaml("prometheus.yml");
    config["global"] = json!({"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"});
    let jobs = config["scrape_configs"].as_array_mut().expect("jobs");
    jobs.retain(|job| job["job_name"] == "candlewick");
    for target in jobs[0]["static_configs"].as_array_mut().expect("targets") {
        let job = target["labels"]["job"].as_str().expect("the name of a service");
        let found = targets.iter().find(|(name, _)| *name == job);
        let (_, url) = found.unwrap_or_else(|| panic!("nobody runs {job}"));
        target["targets"] = json!([url.trim_start_matches("http://")]);
    }
    let mut rule_files = Vec::new();
    for path in files::rule_files() {
        let copy = folder.join(path.file_name().expect("a name"));
        fs::write(&copy, at_once(&fs::read_to_string(&path).expect("rules"))).expect("a copy");
        rule_files.push(copy.display().to_string());
    }
    config["rule_files"] = json!(rule_files);
    config
}

/// Rules that raise their alarm as soon as their condition holds: how long it has to hold is tested with promtool.
///
/// Prices are stale after five seconds instead of a minute.
fn at_once(rules: &str) -> String {
    let is_patience = |line: &&str| line.trim_start().starts_with("for: ");
    let lines: Vec<&str> = rules.lines().filter(|line| !is_patience(line)).collect();
    lines
        .join("\n")
        .replace("min(feed_age_ms) / 1000 > 60", "min(feed_age_ms) / 1000 > 5")
}
