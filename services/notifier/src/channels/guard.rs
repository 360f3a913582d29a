//! Keeps users' targets on the public internet at the moment of connecting, whatever their names resolve to.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::targets::{TargetError, TargetPolicy, check_address};

/// Looks names up and refuses those that lead into private networks. The addresses that it returns are the ones
/// that are connected to, so that a name can't change its mind in between.
#[derive(Debug, Clone, Copy)]
pub struct GuardedResolver(pub TargetPolicy);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One private address among public ones is an attempt, not an accident.
            for address in &found {
                check_address(address.ip(), policy)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether a request failed because of [`GuardedResolver`].
pub fn refusal(error: &reqwest::Error) -> Option<TargetError> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(refused) = current.downcast_ref::<TargetError>() {
            return Some(*refused);
        }
        cause = current.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn reliability_60_a_name_that_leads_inside_is_refused_at_connect() {
        let server = wiremock::MockServer::start().await;
        let client = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(Arc::new(GuardedResolver(TargetPolicy::default())))
            .build()
            .expect("client");
        let url = format!("http://localhost:{}/", server.address().port());
        let error = client.get(url).send().await.expect_err("refused");
        assert_eq!(refusal(&error), Some(TargetError::NotPublic));
        assert!(server.received_requests().await.expect("requests").is_empty());
    }
}
