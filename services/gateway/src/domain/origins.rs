//! Which web pages of other origins may read answers.

use std::collections::BTreeSet;

use reqwest::Url;

/// The origins that may call: that of the web app, and those that the operator names. Never `null`, never any other.
#[derive(Debug, Clone, Default)]
pub struct Origins(BTreeSet<String>);

impl Origins {
    /// From addresses such as `https://candlewick.example/`; what follows the origin is dropped.
    pub fn new<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            addresses
                .into_iter()
                .filter_map(|address| Url::parse(address).ok())
                .map(|address| address.origin())
                .filter(|origin| origin.is_tuple())
                .map(|origin| origin.ascii_serialization())
                .collect(),
        )
    }

    /// Whether pages of `origin` may call.
    pub fn allow(&self, origin: &str) -> bool {
        self.0.contains(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_57_only_named_origins_may_call() {
        let origins = Origins::new(["https://candlewick.example/app", "null", "file:///tmp"]);
        assert!(origins.allow("https://candlewick.example"));
        for origin in [
            "null",
            "https://candlewick.example.evil.example",
            "http://candlewick.example",
            "",
        ] {
            assert!(!origins.allow(origin), "{origin}");
        }
    }
}
