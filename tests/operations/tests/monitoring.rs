//! Prometheus on six running processes: panels show the truth, and faults raise their alarms.

use std::{collections::BTreeSet, path::Path, time::Duration};

use e2e::{Client, Installation, Mode, append};
use operations::{Prometheus, concrete, dashboards, metric_names, rules};
use serde_json::{Value, json};
use test_kit::{eventually, eventually_within};

/// Rates are taken over so long.
const INTERVAL: &str = "20s";
const SERVICES: [&str; 6] = ["alerts", "portfolio", "notifier", "market-data", "auth", "gateway"];

/// What people do, and an operator would like to see.
struct Traffic {
    platform: Installation,
    file: std::path::PathBuf,
    ana: Client,
    rounds: u32,
}

fn tick(file: &Path, symbol: &str, price: &str) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time after 1970")
        .as_millis();
    append(file, &format!("{now},{symbol},{price},0.5\n"));
}

impl Traffic {
    async fn start() -> Self {
        let mut platform = Installation::new(Mode::Distributed).await;
        let file = platform.file("ticks.csv");
        tick(&file, "BTC", "60000");
        tick(&file, "ETH", "2500");
        platform.start(&format!("tail:{}", file.display())).await;
        let (ana, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
        ana.list_of("/api/assets/", 2).await;
        let order = json!({"symbol": "ETH", "side": "buy", "type": "limit", "quantity": "1", "limit_price": "1000"});
        ana.post("/api/virtual-portfolio/orders/", order).await.data();
        let asleep = json!({"symbol": "ETH", "condition": "above", "target_price": "9000"});
        ana.post("/api/alerts/", asleep).await.data();
        Self {
            platform,
            file,
            ana,
            rounds: 0,
        }
    }

    /// Something of everything: a sign-in that works and one that doesn't, an alert that fires, a trade and a refusal.
    async fn round(&mut self) {
        self.rounds += 1;
        let ana = &self.ana;
        let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "1"});
        ana.post("/api/alerts/", alert).await.data();
        tick(&self.file, "BTC", &format!("{}", 60_000 + self.rounds));
        tick(&self.file, "ETH", &format!("{}", 2_500 + self.rounds));
        ana.list_of("/api/alerts/history/?limit=200", self.rounds as usize)
            .await;
        let trade = json!({"symbol": "BTC", "side": "buy", "quote_amount": "100"});
        ana.post("/api/virtual-portfolio/trades/", trade).await.data();
        let beyond = json!({"symbol": "BTC", "side": "sell", "quantity": "1000"});
        ana.post("/api/virtual-portfolio/trades/", beyond).await.refused(409);
        let nobody = format!("nobody-{}@example.com", self.rounds);
        let wrong = json!({"email": nobody, "password": "not the password"});
        Client::new(&self.platform.url())
            .post("/api/auth/login/", wrong)
            .await
            .refused(401);
        for path in ["/api/assets/", "/api/virtual-portfolio/", "/api/notifications/"] {
            ana.data(path).await;
        }
    }

    fn targets(&self) -> Vec<(&'static str, String)> {
        let name = |service: &'static str| if service == "operations" { "gateway" } else { service };
        let all = self.platform.operations().into_iter();
        all.map(|(service, url)| (name(service), url)).collect()
    }

    async fn rows(&self, query: &str) -> f64 {
        let count = self.platform.database().number(query).await;
        f64::from(i32::try_from(count).expect("few rows"))
    }
}

/// The expressions of every panel, with the panel's title.
fn panels() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, dashboard) in dashboards() {
        for panel in dashboard["panels"].as_array().expect("panels") {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let text = |value: &Value| value.as_str().expect("text").to_owned();
                found.push((text(&panel["title"]), concrete(&text(&target["expr"]), INTERVAL)));
            }
        }
    }
    found
}

/// The expression of the panel with this title.
fn panel(title: &str) -> String {
    let all = panels();
    let found = all.iter().find(|(found, _)| found == title);
    found.unwrap_or_else(|| panic!("no panel {title}")).1.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_87_panels_show_what_the_rows_say_and_each_fault_raises_its_alarm() {
    let mut traffic = Traffic::start().await;
    let prometheus = Prometheus::start(&traffic.targets()).await;
    every_panel_has_data(&mut traffic, &prometheus).await;
    alarms_ask_for_metrics_that_exist(&prometheus).await;
    figures_equal_rows(&traffic, &prometheus).await;
    nothing_is_wrong_yet(&prometheus).await;
    dead_letters_and_a_growing_outbox_raise_alarms(&traffic, &prometheus).await;
    prometheus.wait_for_alarm("FeedStale", &[]).await;
    for service in SERVICES {
        traffic.platform.kill_service(service);
        prometheus.wait_for_alarm("ServiceDown", &[("job", service)]).await;
    }
}

async fn every_panel_has_data(traffic: &mut Traffic, prometheus: &Prometheus) {
    let mut missing = panels();
    assert!(missing.len() > 50, "only {} expressions", missing.len());
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !missing.is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "no data: {missing:#?}");
        traffic.round().await;
        let mut still = Vec::new();
        for (title, expression) in missing {
            let rows = prometheus.query(&expression).await;
            if !rows.iter().any(|row| row.value.is_finite()) {
                still.push((title, expression));
            }
        }
        missing = still;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// An alarm's expression gives nothing while all is well: that it looks at something shows by its metrics.
async fn alarms_ask_for_metrics_that_exist(prometheus: &Prometheus) {
    // A feed from a file is never held back: nothing counts that here.
    let only_live = BTreeSet::from(["feed_quarantined_total".to_owned()]);
    for rule in rules() {
        let expression = rule["expr"].as_str().expect("an expression");
        prometheus.query(expression).await;
        let names = metric_names(expression);
        assert!(!names.is_empty() || expression.contains("up{"), "{expression}");
        for name in names.difference(&only_live) {
            assert!(
                !prometheus.query(name).await.is_empty(),
                "{name} of {} does not exist",
                rule["alert"]
            );
        }
    }
}

async fn figures_equal_rows(traffic: &Traffic, prometheus: &Prometheus) {
    let gauges = [
        ("Users", "SELECT count(*) FROM auth.users"),
        (
            "Sessions",
            "SELECT count(*) FROM auth.sessions WHERE expires_at > now()",
        ),
        ("Assets", "SELECT count(*) FROM market_data.assets WHERE enabled"),
        ("Alerts", "SELECT count(*) FROM alerts.alerts"),
        (
            "Alerts armed",
            "SELECT count(*) FROM alerts.alerts WHERE status = 'armed'",
        ),
        (
            "Open orders",
            "SELECT count(*) FROM portfolio.orders WHERE status IN ('accepted', 'triggered')",
        ),
        (
            "Portfolios",
            "SELECT count(*) FROM portfolio.portfolios WHERE closed_at IS NULL",
        ),
    ];
    let counters = [
        ("sum(alerts_fired_total)", "SELECT count(*) FROM alerts.firings"),
        ("sum(portfolio_fills_total)", "SELECT count(*) FROM portfolio.trades"),
        (
            "sum(notifications_created_total)",
            "SELECT count(*) FROM notifier.notifications",
        ),
        (
            "sum(notifications_deliveries_total{outcome=\"sent\", channel=\"email\"})",
            "SELECT count(*) FROM notifier.deliveries WHERE state = 'sent' AND channel = 'email'",
        ),
        (
            "sum(messaging_outbox_rows{job=\"auth\"})",
            "SELECT count(*) FROM auth.outbox",
        ),
    ];
    let gauges = gauges.map(|(title, rows)| (panel(title), rows));
    let counters = counters.map(|(expression, rows)| (expression.to_owned(), rows));
    for (expression, query) in gauges.into_iter().chain(counters) {
        let what = format!("{expression} equals {query}");
        // Some figures are counted every quarter of a minute.
        eventually_within(Duration::from_secs(40), &what, async || {
            let shown = prometheus.value(&expression).await?;
            (shown == traffic.rows(query).await).then_some(())
        })
        .await;
    }
    let refusals = prometheus.value("sum(portfolio_refusals_total)").await;
    assert_eq!(refusals, Some(f64::from(traffic.rounds)), "one in each round");
    let asked = r#"sum(http_requests_total{job="alerts", route="/api/alerts/", method="POST", status="201"})"#;
    assert_eq!(prometheus.value(asked).await, Some(f64::from(traffic.rounds + 1)));
}

async fn nothing_is_wrong_yet(prometheus: &Prometheus) {
    let faults = [
        "ServiceDown",
        "ServiceMissing",
        "DeadLetter",
        "OutboxGrows",
        "FactsUnroutable",
        "RequestsFail",
    ];
    for labels in prometheus.firing().await {
        let name = labels["alertname"].as_str();
        assert!(!faults.contains(&name), "{labels:?}");
    }
}

/// Two facts in auth's outbox: one that nobody can read, and one that no queue takes, which stood there for minutes.
async fn dead_letters_and_a_growing_outbox_raise_alarms(traffic: &Traffic, prometheus: &Prometheus) {
    let database = traffic.platform.database();
    let fact = |key: &str, routing_key: &str, age: &str| {
        format!(
            "INSERT INTO auth.outbox (event_id, context, key, routing_key, is_mandatory, body, created_at)
             VALUES (gen_random_uuid(), 'user', '{key}', '{routing_key}', true, '{{\"not\": \"a fact\"}}', now() - interval '{age}')"
        )
    };
    database.execute(&fact("unreadable", "user.registered.v1", "0 s")).await;
    for reader in ["alerts", "portfolio", "notifier"] {
        prometheus.wait_for_alarm("DeadLetter", &[("job", reader)]).await;
        let rows = format!("SELECT count(*) FROM {reader}.dead_letters");
        eventually("the alarm's count equals the dead letters", async || {
            let shown = prometheus
                .value(&format!("sum(messaging_dead_total{{job=\"{reader}\"}})"))
                .await?;
            (shown == traffic.rows(&rows).await).then_some(())
        })
        .await;
    }
    database.execute(&fact("nowhere", "nobody.listens.v1", "5 min")).await;
    prometheus.wait_for_alarm("OutboxGrows", &[("job", "auth")]).await;
    prometheus.wait_for_alarm("FactsUnroutable", &[("job", "auth")]).await;
}
