//! The services' OpenAPI documents, put together.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use serde_json::{Value, value::RawValue};
use service_kit::{Context, client::CallError};

use crate::domain::document::{Part, merge};

/// The services that answer parts of the API, in the order in which their documents are put together.
pub const SERVICES: &[&str] = &["auth", "market-data", "alerts", "portfolio", "notifier"];

/// The whole document.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its JSON.
    pub json: Bytes,
    /// Changes when it does; in quotes.
    pub etag: String,
}

/// What is known of the documents.
#[derive(Default)]
pub struct Documents {
    /// As text: taken apart they take many times as much memory.
    parts: RwLock<BTreeMap<&'static str, Arc<RawValue>>>,
    whole: RwLock<Option<Arc<Whole>>>,
}

impl Documents {
    /// The whole document; `None` while a service has not told its part yet.
    pub fn whole(&self) -> Option<Arc<Whole>> {
        self.whole.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks every service for its part. What one said before goes on counting while it does not answer.
    ///
    /// Fails with the first that has never answered.
    pub async fn refresh(&self, context: &Context) -> Result<(), CallError> {
        let (mut away, mut is_new) = (None, false);
        for service in SERVICES {
            match ask(context, service).await {
                Ok(document) => {
                    let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
                    is_new |= parts.get(service).is_none_or(|known| known.get() != document.get());
                    parts.insert(service, document.into());
                }
                Err(error) => {
                    away.get_or_insert(error);
                }
            }
        }
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner).clone();
        if parts.len() < SERVICES.len() {
            return away.map_or(Ok(()), Err);
        }
        if !is_new && self.whole().is_some() {
            return Ok(());
        }
        let parts = SERVICES.iter().filter_map(|service| {
            Some(Part {
                service: (*service).to_owned(),
                document: serde_json::from_str(parts.get(service)?.get()).ok()?,
            })
        });
        let json = Bytes::from(complete(context.version, parts).to_string());
        // Weak: the same document may go out as gzip.
        let etag = format!("W/\"{}\"", hex::encode(&digest(&SHA256, &json).as_ref()[..8]));
        *self.whole.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Whole { json, etag }));
        Ok(())
    }
}

async fn ask(context: &Context, service: &str) -> Result<Box<RawValue>, CallError> {
    let (status, text) = context.client.get(service, "/internal/openapi.json").text().await?;
    let unreadable = |reason: String| CallError::Unreadable {
        service: service.to_owned(),
        reason,
    };
    if status != 200 {
        return Err(unreadable(format!("status {status}")));
    }
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
}

/// The services' parts and the gateway's own as one document.
pub fn complete(version: &str, parts: impl IntoIterator<Item = Part>) -> Value {
    let own = service_kit::openapi::of(crate::SERVICE, crate::http::described_routes);
    let own = Part {
        service: crate::SERVICE.to_owned(),
        document: serde_json::to_value(own).unwrap_or_default(),
    };
    merge(version, parts.into_iter().chain([own]))
}
