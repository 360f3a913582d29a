/// A service that keeps a durable queue of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumer {
    /// The service.
    pub service: &'static str,
    /// The contexts of which it hears every fact.
    pub contexts: &'static [&'static str],
}

/// Every durable queue there is. Each service declares all of them at its start, so that a fact told
/// before its reader first ran waits for it.
pub const CONSUMERS: &[Consumer] = &[
    Consumer {
        service: "alerts",
        contexts: &["asset", "user", "notification"],
    },
    Consumer {
        service: "portfolio",
        contexts: &["asset", "user"],
    },
    Consumer {
        service: "notifier",
        contexts: &["alert", "order", "user", "feed"],
    },
];

/// The contexts that `service` hears durably; empty for one that keeps no queue.
pub fn contexts_of(service: &str) -> &'static [&'static str] {
    CONSUMERS
        .iter()
        .find(|consumer| consumer.service == service)
        .map_or(&[], |consumer| consumer.contexts)
}
