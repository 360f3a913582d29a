//! Which proxies may say on whose behalf they ask.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

/// The proxies that may name the client: addresses, and networks such as `10.0.0.0/8`.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Goes from the peer outwards along the hops that it names, for as long as trusted proxies speak.
    pub fn client(&self, peer: IpAddr, hops: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match hop.parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }
}

impl<'de> Deserialize<'de> for TrustedProxies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let networks = texts.iter().map(|text| {
            let text = text.trim();
            let network = text
                .parse::<IpNet>()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| {
                D::Error::custom(format!(
                    "{text:?} is neither an address nor a network such as 10.0.0.0/8"
                ))
            })
        });
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    fn trusting(texts: &[&str]) -> TrustedProxies {
        serde_json::from_value(serde_json::json!(texts)).expect("addresses and networks")
    }

    #[test]
    fn reliability_47_only_a_trusted_proxy_names_the_client() {
        let proxies = trusting(&["10.0.0.1"]);
        assert_eq!(proxies.client(ip("203.0.113.9"), &["1.2.3.4"]), ip("203.0.113.9"));
        assert_eq!(
            proxies.client(ip("10.0.0.1"), &["1.2.3.4", "203.0.113.9"]),
            ip("203.0.113.9")
        );
        assert_eq!(proxies.client(ip("10.0.0.1"), &["nonsense"]), ip("10.0.0.1"));
        assert_eq!(
            proxies.client(ip("::ffff:10.0.0.1"), &["203.0.113.9"]),
            ip("203.0.113.9")
        );
    }

    #[test]
    fn networks_of_proxies_are_trusted_as_a_whole() {
        let proxies = trusting(&["10.1.0.0/16", "fd00::/8"]);
        assert_eq!(
            proxies.client(ip("10.1.200.3"), &["203.0.113.9", "10.1.7.7"]),
            ip("203.0.113.9")
        );
        assert_eq!(proxies.client(ip("10.2.0.1"), &["203.0.113.9"]), ip("10.2.0.1"));
        assert_eq!(proxies.client(ip("fd12::1"), &["2001:db8::5"]), ip("2001:db8::5"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let refused = serde_json::from_value::<TrustedProxies>(serde_json::json!(["10.0.0.0/33"]));
        assert!(refused.expect_err("no network").to_string().contains("10.0.0.0/33"));
    }
}
