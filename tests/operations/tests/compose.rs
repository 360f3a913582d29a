//! docker-compose.yml and the Dockerfiles keep to the rules of containers.

use operations::{Complaints, image_is_pinned, read, yaml};
use serde_json::{Value, json};

const DATASTORES: [&str; 3] = ["postgres", "rabbitmq", "redis"];
const SERVICES: [&str; 6] = ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];
/// Official images whose entry point begins as root, to own their folder, and then becomes somebody else.
const BEGIN_AS_ROOT: [&str; 2] = ["postgres", "rabbitmq"];
const TO_BECOME_SOMEBODY: [&str; 5] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

/// `${NAME:-default}` and `${NAME:?complaint}` in a text, as name and what follows it.
fn variables(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split("${").skip(1) {
        let inside = part.split('}').next().unwrap_or_default();
        let end = inside.find(':').unwrap_or(inside.len());
        found.push((inside[..end].to_owned(), inside[end..].to_owned()));
    }
    found
}

/// A text with every variable at its default.
fn with_defaults(text: &str) -> String {
    let mut plain = text.to_owned();
    for (name, rest) in variables(text) {
        let default = rest.strip_prefix(":-").unwrap_or_default();
        plain = plain.replace(&format!("${{{name}{rest}}}"), default);
    }
    plain
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn uid(service: &Value) -> u64 {
    let user = service["user"].as_str().unwrap_or("0");
    user.split(':').next().and_then(|uid| uid.parse().ok()).unwrap_or(0)
}

/// Everything that is wrong with a compose file.
fn judge(file: &Value) -> Complaints {
    let mut complaints = Complaints::default();
    for key in ["name", "version"] {
        complaints.require(file[key].is_null(), key, "older engines do not take it");
    }
    complaints.require(
        file["networks"]["data"]["internal"] == true,
        "data",
        "must have no way out",
    );
    for (name, service) in file["services"].as_object().expect("services") {
        judge_confinement(&mut complaints, name, service);
        judge_network(&mut complaints, name, service);
        judge_secrets(&mut complaints, name, service);
    }
    complaints
}

fn judge_confinement(complaints: &mut Complaints, name: &str, service: &Value) {
    let mut require = |holds: bool, complaint: &str| complaints.require(holds, name, complaint);
    let image = with_defaults(service["image"].as_str().unwrap_or_default());
    require(image_is_pinned(&image), "its image has no full version");
    require(service["read_only"] == true, "its root can be written");
    require(texts(&service["cap_drop"]) == ["ALL"], "it keeps capabilities");
    let options = texts(&service["security_opt"]);
    require(options.contains(&"no-new-privileges:true"), "it may gain privileges");
    require(
        !options.iter().any(|option| option.contains("unconfined")),
        "it runs without a seccomp profile",
    );
    require(service["privileged"].is_null(), "it is privileged");
    for limit in ["mem_limit", "cpus", "pids_limit"] {
        require(
            !service[limit].is_null(),
            "it has no limit of memory, processors or processes",
        );
    }
    if BEGIN_AS_ROOT.contains(&name) {
        let added = texts(&service["cap_add"]);
        require(
            added.iter().all(|capability| TO_BECOME_SOMEBODY.contains(capability)),
            "it gets capabilities that it does not need",
        );
        require(service["init"] == false, "what comes before it can't tell it to stop");
    } else {
        require(uid(service) >= 10_000, "its user is below 10000");
        require(service["cap_add"].is_null(), "it gets capabilities");
    }
    let check = &service["healthcheck"];
    let is_checked = !texts(&check["test"]).is_empty() && check["interval"].is_string() && check["timeout"].is_string();
    require(is_checked || name == "migrate", "nobody checks its health");
    require(
        check["start_interval"].is_null(),
        "older engines do not take start_interval",
    );
}

fn judge_network(complaints: &mut Complaints, name: &str, service: &Value) {
    for port in texts(&service["ports"]) {
        let is_local = port.starts_with("127.0.0.1:${");
        complaints.require(
            is_local,
            name,
            "a port is open to more than this machine, or cannot be chosen",
        );
    }
    if DATASTORES.contains(&name) {
        complaints.require(service["ports"].is_null(), name, "the port of a datastore is published");
        complaints.require(
            texts(&service["networks"]) == ["data"],
            name,
            "a datastore is reachable from elsewhere",
        );
    }
}

fn judge_secrets(complaints: &mut Complaints, name: &str, service: &Value) {
    for (key, value) in service["environment"].as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        for (variable, rest) in variables(text) {
            let is_secret = variable.ends_with("_PASSWORD") || variable.ends_with("_SECRET");
            complaints.require(!is_secret || rest.starts_with(":?"), name, "a secret has a default");
        }
        let is_secret = ["PASSWORD", "SECRET", "_PASS"].iter().any(|word| key.ends_with(word));
        complaints.require(
            !is_secret || text.starts_with("${"),
            name,
            "a secret stands in the file",
        );
    }
}

#[test]
fn reliability_83_compose_gives_away_no_privilege_no_secret_and_no_port() {
    judge(&yaml("docker-compose.yml")).none();
}

#[test]
fn reliability_83_planted_violations_are_found() {
    let plant = |place: &str, value: Value| {
        let mut file = yaml("docker-compose.yml");
        *file.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = value;
        judge(&file)
    };
    let cases = [
        ("/services/redis/image", json!("redis:latest"), "no full version"),
        ("/services/alerts/read_only", json!(false), "root can be written"),
        ("/services/alerts/user", json!("1000:1000"), "below 10000"),
        ("/services/postgres/init", json!(true), "can't tell it to stop"),
        ("/services/web/cap_drop", json!([]), "keeps capabilities"),
        (
            "/services/web/security_opt",
            json!(["seccomp:unconfined"]),
            "without a seccomp profile",
        ),
        ("/services/auth/mem_limit", Value::Null, "no limit"),
        ("/services/gateway/ports", json!(["8000:8000"]), "open to more"),
        (
            "/services/postgres/networks",
            json!(["data", "front"]),
            "reachable from elsewhere",
        ),
        ("/services/gateway/healthcheck", Value::Null, "nobody checks"),
        (
            "/services/grafana/environment/GF_SECURITY_ADMIN_PASSWORD",
            json!("admin"),
            "a secret stands",
        ),
        (
            "/services/auth/environment/DATA_SECRET",
            json!("${DATA_SECRET:-x}"),
            "a secret has a default",
        ),
        ("/networks/data/internal", json!(false), "no way out"),
    ];
    for (place, value, complaint) in cases {
        assert!(
            plant(place, value).mention(complaint),
            "{place} must be refused: {complaint}"
        );
    }
}

#[test]
fn reliability_82_each_service_signs_in_to_the_database_and_the_broker_as_itself() {
    let file = yaml("docker-compose.yml");
    for name in SERVICES {
        let environment = &file["services"][name]["environment"];
        let own = name.replace('-', "_");
        let mut secret = vec![format!("{}_BROKER_PASSWORD", own.to_uppercase())];
        let url = environment["AMQP_URL"].as_str().expect("an address");
        assert!(
            url.starts_with(&format!("amqp://candlewick_{own}:${{")),
            "{name}: {url}"
        );
        if name == "gateway" {
            assert!(environment["DATABASE_URL"].is_null(), "the gateway keeps nothing");
        } else {
            let url = environment["DATABASE_URL"].as_str().expect("an address");
            let user = format!("postgres://candlewick_{own}:${{");
            assert!(url.starts_with(&user), "{name}: {url}");
            secret.push(format!("{}_DATABASE_PASSWORD", own.to_uppercase()));
        }
        let is_of_a_user = |name: &String| {
            let ends = ["_DATABASE_PASSWORD", "_BROKER_PASSWORD"];
            ends.iter().any(|end| name.ends_with(end)) || ["POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"].contains(&&**name)
        };
        let mut told: Vec<String> = environment
            .as_object()
            .expect("variables")
            .values()
            .filter_map(Value::as_str)
            .flat_map(variables)
            .map(|(name, _)| name)
            .filter(is_of_a_user)
            .collect();
        told.sort();
        assert_eq!(told, secret, "{name} knows its own passwords and nobody else's");
    }
}

#[test]
fn each_service_waits_until_what_it_needs_is_well() {
    let file = yaml("docker-compose.yml");
    let conditions = |name: &str| file["services"][name]["depends_on"].clone();
    for name in SERVICES {
        let needed = conditions(name);
        for (other, condition) in needed.as_object().expect("dependencies") {
            let expected = match other.as_str() {
                "migrate" => "service_completed_successfully",
                _ => "service_healthy",
            };
            assert_eq!(condition["condition"], expected, "{name} on {other}");
        }
        assert!(
            !needed["migrate"].is_null(),
            "{name} starts before the database and the broker are up to date"
        );
    }
    for name in SERVICES.iter().filter(|name| **name != "gateway") {
        assert!(!conditions("gateway")[name].is_null(), "the gateway waits for {name}");
    }
    for server in ["postgres", "rabbitmq"] {
        assert_eq!(conditions("migrate")[server]["condition"], "service_healthy");
    }
    assert_eq!(conditions("web")["gateway"]["condition"], "service_healthy");
}

#[test]
fn profiles_start_the_servers_alone_the_platform_or_the_monitoring() {
    let file = yaml("docker-compose.yml");
    let of = |profile: &str| -> Vec<String> {
        let services = file["services"].as_object().expect("services").iter();
        let wanted = services.filter(|(_, service)| texts(&service["profiles"]).contains(&profile));
        wanted.map(|(name, _)| name.clone()).collect()
    };
    let mut infrastructure = of("infrastructure");
    infrastructure.sort();
    assert_eq!(infrastructure, ["inbox", "postgres", "rabbitmq", "redis"]);
    assert_eq!(of("platform").len(), 12, "{:?}", of("platform"));
    assert_eq!(of("monitoring"), ["grafana", "prometheus"]);
    let all = variables_of_example();
    let profiles = all
        .iter()
        .find(|(name, _)| name == "COMPOSE_PROFILES")
        .expect("profiles");
    assert_eq!(
        profiles.1, "platform,monitoring",
        "`docker compose up` starts everything"
    );
    for (service, port) in [
        ("web", 3000),
        ("gateway", 8000),
        ("prometheus", 9090),
        ("grafana", 4000),
    ] {
        let ports = with_defaults(&texts(&file["services"][service]["ports"]).join(" "));
        assert_eq!(ports, format!("127.0.0.1:{port}:{port}"));
    }
}

fn variables_of_example() -> Vec<(String, String)> {
    let text = read(".env.example");
    let entries = text.lines().filter(|line| !line.starts_with('#'));
    entries
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn what_compose_must_be_told_stands_in_the_example() {
    let known: Vec<String> = variables_of_example().into_iter().map(|(name, _)| name).collect();
    for (name, rest) in variables(&read("docker-compose.yml")) {
        if rest.starts_with(":?") {
            assert!(
                known.contains(&name),
                "{name} is not in .env.example, so `cargo xtask env` does not make it"
            );
        }
    }
}

#[test]
fn images_are_built_for_an_unprivileged_user_from_named_versions_and_check_their_health() {
    for path in ["deploy/docker/Dockerfile", "deploy/docker/web.Dockerfile"] {
        let text = read(path);
        assert!(!text.contains("# syntax"), "{path}: nothing is fetched to read it");
        let instructions: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('#'))
            .collect();
        let of = |word: &str| -> Vec<&str> {
            let found = instructions.iter().filter_map(|line| line.strip_prefix(word));
            found.map(str::trim).collect()
        };
        for argument in of("ARG ").iter().filter(|argument| argument.contains("_IMAGE=")) {
            let image = argument.split_once('=').map(|(_, image)| image).unwrap_or_default();
            assert!(image_is_pinned(image), "{path}: {image} has no full version");
        }
        for base in of("FROM ") {
            let is_stage = text.contains(&format!(" AS {}\n", base.split(' ').next().unwrap_or_default()));
            assert!(base.starts_with("${") || is_stage, "{path}: {base}");
        }
        let user = of("USER ")
            .last()
            .and_then(|user| user.split(':').next()?.parse::<u32>().ok());
        assert!(user.is_some_and(|user| user >= 10_000), "{path}: {user:?}");
        assert!(text.contains("\nHEALTHCHECK "), "{path}");
        let words = of("ENV ").join(" ") + &of("ARG ").join(" ");
        assert!(
            !words.contains("SECRET") && !words.contains("PASSWORD"),
            "{path}: {words}"
        );
    }
}
