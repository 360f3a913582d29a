//! A user of RabbitMQ for each service, with the rights that it needs and none besides.

use std::time::Duration;

use anyhow::Context as _;
use messaging::{BrokerOptions, Rights};
use reqwest::{Client, Url};
use serde_json::{Value, json};
use service_kit::client::http_client;

const DEADLINE: Duration = Duration::from_secs(10);

/// A service, and what its user signs in with.
pub type Password<'a> = (&'static str, &'a str);

/// The user of a service on a broker where names begin with this prefix.
pub fn user_name(prefix: &str, service: &str) -> String {
    format!("{prefix}_{}", service.replace('-', "_"))
}

/// Makes everything that there is on the broker, then gives each of these services a user of its own, made if it is
/// missing, with this password and no more rights than it needs; says their names. `management` is the broker's
/// management API, and it and `options` name an administrator. Safe to call again: it is how a password is exchanged,
/// and open connections go on.
pub async fn grant(
    management: &str,
    options: &BrokerOptions,
    passwords: &[Password<'_>],
) -> anyhow::Result<Vec<String>> {
    messaging::declare(options).await.context("the broker at AMQP_URL")?;
    let host = messaging::virtual_host(&options.url).context("AMQP_URL")?;
    let api = Management::new(management)?;
    let mut users = Vec::new();
    for rights in Rights::of(options) {
        let Some((_, password)) = passwords.iter().find(|(service, _)| *service == rights.service) else {
            continue;
        };
        let user = user_name(&options.prefix, rights.service);
        let identity = json!({"password": password, "tags": ""});
        api.put(&["users", &user], &identity).await?;
        let granted = json!({"configure": rights.configure, "write": rights.write, "read": rights.read});
        api.put(&["permissions", &host, &user], &granted).await?;
        users.push(user);
    }
    Ok(users)
}

/// The management API of RabbitMQ.
struct Management {
    http: Client,
    url: Url,
}

impl Management {
    fn new(url: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url).context("BROKER_MANAGEMENT_URL")?;
        anyhow::ensure!(
            matches!(url.scheme(), "http" | "https"),
            "BROKER_MANAGEMENT_URL must begin with http:// or https://"
        );
        let http = http_client().timeout(DEADLINE).build()?;
        Ok(Self { http, url })
    }

    async fn put(&self, path: &[&str], body: &Value) -> anyhow::Result<()> {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("api").extend(path);
        }
        let what = path.join(" ");
        let answer = self.http.put(url).json(body).send().await;
        // Its address has a password inside.
        let answer = answer.map_err(reqwest::Error::without_url);
        let status = answer
            .with_context(|| format!("the broker's management at BROKER_MANAGEMENT_URL, {what}"))?
            .status();
        anyhow::ensure!(
            status.is_success(),
            "the broker's management at BROKER_MANAGEMENT_URL refuses {what}: {status}"
        );
        Ok(())
    }
}
