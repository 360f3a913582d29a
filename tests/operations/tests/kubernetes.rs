//! The overlays of Kubernetes render, are valid, confine their pods, and let nobody talk but those who have to.

use std::{collections::BTreeSet, fs, process::Command};

use operations::{Complaints, image_is_pinned, kubectl, python, read, root, yaml_documents};
use serde_json::{Value, json};

const OVERLAYS: [&str; 2] = ["dev", "prod"];

fn render(overlay: &str) -> String {
    let output = Command::new(kubectl())
        .arg("kustomize")
        .arg(root().join("deploy/kubernetes/overlays").join(overlay))
        .output()
        .expect("kubectl runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.is_empty(),
        "{overlay}: {complaints}"
    );
    String::from_utf8(output.stdout).expect("text")
}

fn objects(overlay: &str) -> Vec<Value> {
    yaml_documents(&render(overlay))
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().expect("a name")
}

fn app(labels: &Value) -> Option<&str> {
    labels["app.kubernetes.io/name"].as_str()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Everything that runs pods, with its pod.
fn pods(objects: &[Value]) -> Vec<(&str, &Value)> {
    let is_workload = |object: &&Value| object["spec"]["template"]["spec"].is_object();
    let workloads = objects.iter().filter(is_workload);
    workloads
        .map(|object| (name(object), &object["spec"]["template"]["spec"]))
        .collect()
}

fn judge(objects: &[Value]) -> Complaints {
    let mut complaints = Complaints::default();
    for (name, pod) in pods(objects) {
        let mut require = |holds: bool, complaint: &str| complaints.require(holds, name, complaint);
        let rules = &pod["securityContext"];
        require(rules["runAsNonRoot"] == true, "it may run as root");
        require(
            rules["runAsUser"].as_u64().is_some_and(|uid| uid >= 10_000),
            "its user is below 10000",
        );
        require(
            rules["seccompProfile"]["type"] == "RuntimeDefault",
            "it has no seccomp profile",
        );
        require(
            pod["automountServiceAccountToken"] == false,
            "it holds a token of the cluster",
        );
        require(pod["enableServiceLinks"] == false, "the cluster adds variables");
        for key in ["hostNetwork", "hostPID", "hostIPC"] {
            require(pod[key].is_null(), "it shares its node's namespaces");
        }
        for container in list(&pod["containers"]) {
            let rules = &container["securityContext"];
            require(rules["readOnlyRootFilesystem"] == true, "its root can be written");
            require(rules["allowPrivilegeEscalation"] == false, "it may gain privileges");
            require(rules["capabilities"]["drop"] == json!(["ALL"]), "it keeps capabilities");
            require(rules["capabilities"]["add"].is_null(), "it gets capabilities");
            let image = container["image"].as_str().unwrap_or_default();
            require(image_is_pinned(image), "its image has no full version");
            for bound in ["requests", "limits"] {
                for what in ["cpu", "memory"] {
                    require(!container["resources"][bound][what].is_null(), "it has no bounds");
                }
            }
            let is_watched = !container["livenessProbe"].is_null() && !container["readinessProbe"].is_null();
            require(is_watched || name == "migrate", "nobody asks for its health");
        }
    }
    complaints
}

#[test]
fn every_object_is_valid_for_kubernetes() {
    let folder = tempfile::tempdir().expect("a folder");
    for overlay in OVERLAYS {
        let file = folder.path().join(format!("{overlay}.yaml"));
        fs::write(&file, render(overlay)).expect("a file");
        let validate = |file: &std::path::Path| {
            let mut command = Command::new(python());
            command.args(["-m", "kubernetes_validate", "--strict"]).arg(file);
            command.output().expect("Python runs")
        };
        let output = validate(&file);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{overlay}:\n{said}");
        // The validator is one that refuses.
        let misspelt = render(overlay).replacen("replicas:", "replicaz:", 1);
        fs::write(&file, misspelt).expect("a file");
        assert!(!validate(&file).status.success(), "a misspelt key must be refused");
    }
}

#[test]
fn reliability_83_pods_have_no_privilege_and_bounds_and_probes() {
    for overlay in OVERLAYS {
        judge(&objects(overlay)).none();
    }
}

#[test]
fn reliability_83_planted_violations_are_found() {
    let cases = [
        (
            "/spec/template/spec/containers/0/image",
            json!("candlewick:latest"),
            "no full version",
        ),
        (
            "/spec/template/spec/securityContext/runAsUser",
            json!(1000),
            "below 10000",
        ),
        (
            "/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem",
            json!(false),
            "be written",
        ),
        (
            "/spec/template/spec/containers/0/livenessProbe",
            Value::Null,
            "nobody asks",
        ),
        (
            "/spec/template/spec/containers/0/resources/limits",
            json!({}),
            "no bounds",
        ),
    ];
    for (place, value, complaint) in cases {
        let mut objects = objects("prod");
        let gateway = objects
            .iter_mut()
            .find(|object| object["kind"] == "Deployment" && object["metadata"]["name"] == "gateway");
        *gateway
            .and_then(|object| object.pointer_mut(place))
            .unwrap_or_else(|| panic!("{place}")) = value;
        assert!(judge(&objects).mention(complaint), "{place}");
    }
}

#[test]
fn objects_find_each_other() {
    for overlay in OVERLAYS {
        let objects = objects(overlay);
        let labels: Vec<&str> = objects
            .iter()
            .filter_map(|object| app(&object["spec"]["template"]["metadata"]["labels"]))
            .collect();
        for service in of_kind(&objects, "Service") {
            let target = app(&service["spec"]["selector"]).expect("a selector");
            assert!(
                labels.contains(&target),
                "{overlay}: nobody is behind {}",
                name(service)
            );
        }
        for budget in of_kind(&objects, "PodDisruptionBudget") {
            let target = app(&budget["spec"]["selector"]["matchLabels"]).expect("a selector");
            assert!(labels.contains(&target), "{overlay}: {}", name(budget));
        }
        let deployments: Vec<&str> = of_kind(&objects, "Deployment").into_iter().map(name).collect();
        for scaler in of_kind(&objects, "HorizontalPodAutoscaler") {
            let target = scaler["spec"]["scaleTargetRef"]["name"].as_str().expect("a target");
            assert!(deployments.contains(&target), "{overlay}: {}", name(scaler));
        }
        let ingress = of_kind(&objects, "Ingress")[0];
        for path in list(&ingress["spec"]["rules"][0]["http"]["paths"]) {
            let backend = &path["backend"]["service"];
            let found = of_kind(&objects, "Service")
                .into_iter()
                .find(|service| service["metadata"]["name"] == backend["name"]);
            let ports = &found.unwrap_or_else(|| panic!("{backend}"))["spec"]["ports"];
            assert!(
                list(ports).iter().any(|port| port["name"] == backend["port"]["name"]),
                "{backend}"
            );
        }
    }
}

#[test]
fn each_service_has_all_its_objects_in_production() {
    let objects = objects("prod");
    for service in [
        "gateway",
        "auth",
        "market-data",
        "alerts",
        "portfolio",
        "notifier",
        "web",
    ] {
        for kind in ["Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"] {
            let found = of_kind(&objects, kind)
                .into_iter()
                .any(|object| name(object) == service);
            assert!(found, "{service} has no {kind}");
        }
    }
    let scaled: Vec<&str> = of_kind(&objects, "HorizontalPodAutoscaler")
        .into_iter()
        .map(name)
        .collect();
    assert_eq!(scaled, ["alerts", "auth", "gateway", "notifier", "portfolio", "web"]);
    assert_eq!(of_kind(&objects, "Job").len(), 1);
}

#[test]
fn reliability_86_secrets_are_named_and_never_rendered() {
    for overlay in OVERLAYS {
        let objects = objects(overlay);
        assert!(of_kind(&objects, "Secret").is_empty(), "{overlay} holds a secret");
        for settings in of_kind(&objects, "ConfigMap") {
            for key in settings["data"].as_object().expect("settings").keys() {
                let is_secret = [
                    "SECRET",
                    "PASSWORD",
                    "DATABASE_URL",
                    "AMQP_URL",
                    "REDIS_URL",
                    "MAIL_URL",
                ];
                assert!(
                    !is_secret.iter().any(|word| key.contains(word)),
                    "{key} belongs into the secret"
                );
            }
        }
        for service in ["gateway", "auth", "market-data", "alerts", "portfolio", "notifier"] {
            let all = pods(&objects);
            let (_, pod) = all.iter().find(|(name, _)| *name == service).expect("the service");
            let sources = pod["containers"][0]["envFrom"].to_string();
            assert!(
                sources.contains(r#"{"secretRef":{"name":"candlewick-secrets"}}"#),
                "{service}: {sources}"
            );
        }
    }
}

#[test]
fn reliability_82_each_service_signs_in_to_the_database_and_the_broker_as_itself() {
    for overlay in OVERLAYS {
        let objects = objects(overlay);
        let all = pods(&objects);
        for service in ["gateway", "auth", "market-data", "alerts", "portfolio", "notifier"] {
            let (_, pod) = all.iter().find(|(name, _)| *name == service).expect("the service");
            let of = |key: &str| {
                let secret = format!("candlewick-{service}");
                json!({"name": key, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}})
            };
            let own = match service {
                "gateway" => json!([of("AMQP_URL")]),
                _ => json!([of("DATABASE_URL"), of("AMQP_URL")]),
            };
            assert_eq!(pod["containers"][0]["env"], own, "{overlay}: {service}");
        }
        for (name, pod) in all.iter().filter(|(name, _)| *name != "migrate") {
            let sources = pod["containers"][0]["envFrom"].to_string();
            assert!(
                !sources.contains("candlewick-migrate"),
                "{overlay}: {name} holds every service's password"
            );
        }
    }
}

/// From whom to whom on which port.
type Edge = (String, String, u64);

/// The table "Who talks to whom" of the handbook; rows of development are marked so.
fn documented(is_development: bool) -> BTreeSet<Edge> {
    let handbook = read("docs/operations.md");
    let section = handbook.split("\n## Who talks to whom\n").nth(1).expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut edges = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if cells[0].starts_with("---") || (cells[3].contains("(development)") && !is_development) {
            continue;
        }
        for from in cells[0].split(", ") {
            for to in cells[1].split(", ") {
                for port in cells[2].split(", ") {
                    let port = port.parse().unwrap_or_else(|_| panic!("{row}"));
                    edges.insert((from.to_owned(), to.to_owned(), port));
                }
            }
        }
    }
    edges
}

fn peer(value: &Value) -> String {
    if let Some(app) = app(&value["podSelector"]["matchLabels"]) {
        return app.to_owned();
    }
    if value["ipBlock"].is_object() {
        return "world".to_owned();
    }
    match value["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"].as_str() {
        Some("ingress-nginx") => "ingress".to_owned(),
        Some("monitoring") => "prometheus".to_owned(),
        other => panic!("{other:?} is nobody that the handbook knows"),
    }
}

/// What policies allow: who may send, and who may receive.
fn allowed(objects: &[Value]) -> (BTreeSet<Edge>, BTreeSet<Edge>) {
    let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
    for policy in of_kind(objects, "NetworkPolicy") {
        let Some(own) = app(&policy["spec"]["podSelector"]["matchLabels"]) else {
            continue;
        };
        for (direction, word) in [("egress", "to"), ("ingress", "from")] {
            for rule in list(&policy["spec"][direction]) {
                assert!(
                    !list(&rule[word]).is_empty() && !list(&rule["ports"]).is_empty(),
                    "{rule} is open"
                );
                for other in list(&rule[word]).iter().map(peer) {
                    for port in list(&rule["ports"]) {
                        let port = port["port"].as_u64().expect("a port");
                        if direction == "egress" {
                            sent.insert((own.to_owned(), other.clone(), port));
                        } else {
                            received.insert((other.clone(), own.to_owned(), port));
                        }
                    }
                }
            }
        }
    }
    (sent, received)
}

#[test]
fn reliability_83_the_network_carries_the_documented_edges_and_nothing_else() {
    for overlay in OVERLAYS {
        let objects = objects(overlay);
        let denial = of_kind(&objects, "NetworkPolicy")
            .into_iter()
            .find(|policy| name(policy) == "default-deny");
        let expected = json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]});
        assert_eq!(denial.expect("a policy that denies")["spec"], expected);
        let documented = documented(overlay == "dev");
        let (sent, received) = allowed(&objects);
        // Who is not ours is not held to a policy of ours: the proxy, Prometheus, servers, the world.
        let ours: BTreeSet<&str> = of_kind(&objects, "NetworkPolicy")
            .into_iter()
            .filter_map(|policy| app(&policy["spec"]["podSelector"]["matchLabels"]))
            .collect();
        let is_ours = |place: &str| ours.contains(place);
        let to_send: BTreeSet<Edge> = documented.iter().filter(|edge| is_ours(&edge.0)).cloned().collect();
        let to_receive: BTreeSet<Edge> = documented.iter().filter(|edge| is_ours(&edge.1)).cloned().collect();
        assert_eq!(sent, to_send, "{overlay}: what may be sent");
        assert_eq!(received, to_receive, "{overlay}: what may be received");
    }
}
