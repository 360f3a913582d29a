//! What an operator sees: health, metrics, clear refusals, a database that survives.

use std::time::Duration;

use e2e::{Client, Installation, Mode, Program};

#[tokio::test(flavor = "multi_thread")]
async fn six_processes_tell_health_and_metrics_and_the_public_port_does_not() {
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.start("simulator:7").await;
    let http = reqwest::Client::new();
    for (service, url) in platform.operations() {
        for path in ["/health/live", "/health/ready"] {
            let answer = http.get(format!("{url}{path}")).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{service}{path}");
        }
        let metrics = http
            .get(format!("{url}/metrics"))
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text");
        assert!(
            metrics.contains("process_resident_memory_bytes"),
            "{service} counts itself"
        );
    }
    let public = Client::new(&platform.url());
    assert_eq!(public.get("/health/live").await.status, 200);
    let ready = public.get("/health/ready").await;
    assert_eq!(
        ready.body,
        serde_json::json!({"status": "up"}),
        "no details for the world"
    );
    assert_eq!(public.get("/metrics").await.refused(404), "not_found");
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_one_sentence_and_a_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().display().to_string();
    let mut program = Program::start(&["up", "--data-dir", &data, "--port", &port], &[]);
    assert_eq!(program.wait(Duration::from_secs(30)), Some(1));
    let said = program.said();
    let complaint = said.lines().last().expect("a complaint");
    assert!(
        complaint.contains(&format!("port {port}")) && !said.contains("backtrace"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_database_is_one_sentence_and_a_failure() {
    let variables = [(
        "DATABASE_URL".to_owned(),
        "postgres://postgres@127.0.0.1:1/none".to_owned(),
    )];
    let mut program = Program::start(&["migrate"], &variables);
    assert_eq!(program.wait(Duration::from_secs(30)), Some(1));
    let said = program.said();
    assert!(
        said.contains("the database cannot be reached") && said.trim().lines().count() == 1,
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_private_database_survives_kill_9_and_leaves_no_orphan() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data").display().to_string();
    let port = local_servers::free_port().expect("a free port").to_string();
    let arguments = ["up", "--data-dir", &data, "--port", &port, "--feed", "simulator:3"];
    let mut first = Program::start(&arguments, &[]);
    first.wait_for_line("ready ");
    let database =
        std::fs::read_to_string(dir.path().join("data/database-url")).expect("the address of the private database");
    first.kill();
    test_kit::eventually("the private PostgreSQL is gone", async || {
        (!listens(&database)).then_some(())
    })
    .await;

    let mut second = Program::start(&arguments, &[]);
    let url = second.wait_for_line("ready ");
    let client = Client::new(&url);
    let assets = client.list_of("/api/assets/?limit=5", 5).await;
    assert!(!assets.is_empty(), "yesterday's data is there");
    second.stop();
}

fn listens(database_url: &str) -> bool {
    let address = database_url
        .rsplit('@')
        .next()
        .and_then(|rest| rest.split('/').next())
        .expect("an address");
    std::net::TcpStream::connect(address).is_ok()
}
