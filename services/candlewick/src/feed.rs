//! Where prices come from at present, in words for whoever starts the platform.

use std::time::Duration;

use serde_json::Value;
use service_kit::client::http_client;

/// How long the answer may take; the platform is ready, so it is there at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// The feed in use, as the gateway at `url` tells everybody.
pub async fn in_use(url: &str) -> String {
    let asked = async {
        let client = http_client().no_proxy().timeout(DEADLINE).build()?;
        let answer = client.get(format!("{url}/api/market/status/")).send().await?;
        answer.text().await
    };
    match asked.await {
        Ok(text) => describe(&serde_json::from_str(&text).unwrap_or_default()),
        Err(_) => "not known yet".to_owned(),
    }
}

fn describe(answer: &Value) -> String {
    let status = &answer["data"];
    let Some(providers) = status["providers"].as_array() else {
        return "not known yet".to_owned();
    };
    // Those that do not take part (switched off, or beside the simulator) say nothing about where prices come from.
    let names: Vec<String> = providers
        .iter()
        .filter(|provider| provider["state"] != "disabled")
        .filter_map(|provider| {
            Some(format!(
                "{} ({})",
                provider["name"].as_str()?,
                provider["state"].as_str()?
            ))
        })
        .collect();
    match (status["simulated"] == true, names.is_empty()) {
        (true, true) => "simulated or recorded, not the real market".to_owned(),
        (true, false) => format!("{}, not the real market", names.join(", ")),
        (false, true) => "no provider has spoken yet".to_owned(),
        (false, false) => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_feed_is_told_by_provider_and_state_and_simulated_prices_are_said_to_be_so() {
        let simulated = json!({"data": {"simulated": true, "providers": [
            {"name": "simulator", "state": "live"}, {"name": "kraken", "state": "disabled"}]}});
        assert_eq!(describe(&simulated), "simulator (live), not the real market");
        let real = json!({"data": {"simulated": false, "providers": [
            {"name": "kraken", "state": "live"}, {"name": "coinbase", "state": "down"}]}});
        assert_eq!(describe(&real), "kraken (live), coinbase (down)");
        assert_eq!(
            describe(&json!({"data": {"simulated": true, "providers": []}})),
            "simulated or recorded, not the real market"
        );
        assert_eq!(
            describe(&json!({"data": {"simulated": false, "providers": []}})),
            "no provider has spoken yet"
        );
        assert_eq!(describe(&Value::Null), "not known yet");
    }
}
