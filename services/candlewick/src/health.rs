//! `candlewick health`: asks a service whether it is well, so that an image needs no other program to do so.

use std::time::Duration;

use anyhow::Context as _;
use service_kit::client::http_client;

/// Below what container engines usually allow a check.
const DEADLINE: Duration = Duration::from_secs(3);
/// How much of a refusal is shown.
const SHOWN: usize = 500;

/// What `health` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// What to ask
    #[arg(env = "HEALTH_URL", default_value = "http://127.0.0.1:8000/health/ready")]
    url: String,
}

/// Fails unless the answer is a success, in time.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let url = &options.url;
    // A proxy of the environment has no business between a container and itself.
    let client = http_client()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DEADLINE)
        .build()?;
    let answer = client
        .get(url)
        .send()
        .await
        .with_context(|| format!("{url} does not answer"))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let body = answer.text().await.unwrap_or_default();
    let shown: String = body.chars().take(SHOWN).collect();
    anyhow::bail!("{url} answers {}: {}", status.as_u16(), shown.trim());
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A service that gives one answer.
    async fn service(answer: &'static str) -> Options {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/health/ready", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a question");
            let mut question = [0; 1024];
            assert!(stream.read(&mut question).await.expect("its text") > 0);
            stream.write_all(answer.as_bytes()).await.expect("an answer");
        });
        Options { url }
    }

    #[tokio::test]
    async fn a_ready_service_is_well() {
        let options = service("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        run(&options).await.expect("well");
    }

    #[tokio::test]
    async fn reliability_69_a_service_without_its_database_is_not_well_and_says_so() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 19\r\n\r\n{\"database\":\"down\"}";
        let error = run(&service(answer).await).await.expect_err("not well");
        let text = error.to_string();
        assert!(
            text.ends_with("/health/ready answers 503: {\"database\":\"down\"}"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn nobody_there_is_not_well() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        drop(listener);
        let error = run(&Options { url }).await.expect_err("nobody there");
        assert!(error.to_string().ends_with("does not answer"), "{error}");
    }
}
