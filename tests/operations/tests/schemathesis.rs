//! The API's own document against what the platform answers: requests that fit it, and requests that do not, by people of
//! three roles.

use std::process::Command;

use e2e::{Client, Installation, Mode};
use operations::{python_with, root};

/// What runs is told on the command line: how many examples, which seed, which phases.
const MORE: &str = "SCHEMATHESIS_ARGUMENTS";

/// Acts that would end the sign-in that the others need, and the stream, which speaks no HTTP once it is open.
const LEFT_OUT: &[&str] = &["/api/auth/logout/", "/api/auth/sessions/{id}/", "/api/stream"];

#[tokio::test(flavor = "multi_thread")]
async fn reliability_65_no_answer_contradicts_the_document() {
    let mut platform = Installation::new(Mode::Standalone).await;
    // Longer than any run, or the rest of it would only see 401.
    platform.set("AUTH__ACCESS_TOKEN_SECONDS", "86400");
    platform.start("simulator:7").await;
    let (user, _) = Client::registered(&platform.url(), &platform.mails(), "Una").await;
    let admin = platform.administrator("Ada").await;
    let roles = [
        ("nobody", None),
        ("a user", user.access),
        ("an administrator", admin.access),
    ];
    let mut complaints = Vec::new();
    for (role, access) in roles {
        let folder = tempfile::tempdir().expect("a folder for what it writes");
        let mut command = schemathesis(&platform.url(), access.as_deref());
        command.current_dir(folder.path());
        let running = tokio::task::spawn_blocking(move || command.output().expect("schemathesis starts"));
        let output = running.await.expect("it ends");
        if !output.status.success() {
            complaints.push(format!("as {role}:\n{}", String::from_utf8_lossy(&output.stdout)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    platform.stop();
}

fn schemathesis(url: &str, access: Option<&str>) -> Command {
    let mut command = Command::new(python_with("schemathesis.txt"));
    command
        .env(
            "SCHEMATHESIS_HOOKS",
            root().join("tests/operations/schemathesis_hooks.py"),
        )
        .args([
            "-c",
            "from schemathesis.cli import schemathesis; schemathesis()",
            "--config-file",
        ])
        .arg(root().join("tests/operations/schemathesis.toml"))
        .args(["run", &format!("{url}/api/openapi.json"), "--url", url])
        .args([
            "--continue-on-failure",
            "--no-shrink",
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
        ])
        .args(["--generation-database", "none"]);
    if let Some(access) = access {
        command.args(["--header", &format!("Authorization: Bearer {access}")]);
    }
    for path in LEFT_OUT {
        command.args(["--exclude-path", path]);
    }
    let more = std::env::var(MORE).unwrap_or_else(|_| "--phases coverage --max-examples 10 --seed 1".to_owned());
    command.args(more.split_whitespace());
    command
}
