//! Where a user may make this server send requests to: public addresses, over https, on the usual ports.
//!
//! The address that is checked is the one that is connected to ([`crate::channels::guard`]); a name is never
//! looked up twice.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TargetPolicy {
    /// Plain http, any port, and addresses of private networks are fine: for a platform inside one's own walls.
    pub allow_private: bool,
}

/// Why a request does not go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// No URL, or a very long one.
    #[error("must be a URL of at most 2,000 characters")]
    Unreadable,
    /// Another scheme than https.
    #[error("must begin with https://")]
    Scheme,
    /// `https://name:password@…`.
    #[error("must not hold a user name or a password")]
    Credentials,
    /// A port other than the usual ones.
    #[error("must use port 443 or 8443")]
    Port,
    /// An address inside a private or special network.
    #[error("must be on a public address")]
    NotPublic,
}

/// Reads a URL that a user gave. A literal address is judged here, a name when it is connected to.
pub fn check_url(raw: &str, policy: TargetPolicy) -> Result<Url, TargetError> {
    if raw.len() > 2_000 {
        return Err(TargetError::Unreadable);
    }
    let url = Url::parse(raw.trim()).map_err(|_| TargetError::Unreadable)?;
    match url.scheme() {
        "https" => {}
        "http" if policy.allow_private => {}
        _ => return Err(TargetError::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TargetError::Credentials);
    }
    if !policy.allow_private && !matches!(url.port_or_known_default(), Some(443 | 8443)) {
        return Err(TargetError::Port);
    }
    match url.host() {
        Some(Host::Ipv4(address)) => check_address(address.into(), policy)?,
        Some(Host::Ipv6(address)) => check_address(address.into(), policy)?,
        Some(Host::Domain(name)) => check_name(name, policy)?,
        None => return Err(TargetError::Unreadable),
    }
    Ok(url)
}

/// Names that mean this machine or this network wherever they are looked up.
fn check_name(name: &str, policy: TargetPolicy) -> Result<(), TargetError> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_inner = name == "localhost"
        || [".localhost", ".local", ".internal", ".intranet", ".home.arpa"]
            .iter()
            .any(|ending| name.ends_with(ending))
        || !name.contains('.');
    if is_inner && !policy.allow_private {
        Err(TargetError::NotPublic)
    } else {
        Ok(())
    }
}

/// Whether an address may be connected to.
pub fn check_address(address: IpAddr, policy: TargetPolicy) -> Result<(), TargetError> {
    if policy.allow_private || is_public(address) {
        Ok(())
    } else {
        Err(TargetError::NotPublic)
    }
}

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        // The well-known NAT64 prefix carries an IPv4 address.
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Everything that is not global unicast is out, and of it the parts set aside for tunnels and examples.
    let is_global_unicast = segments[0] & 0xe000 == 0x2000;
    let is_set_aside = (segments[0] == 0x2001 && (segments[1] < 0x200 || segments[1] == 0xdb8))
        || segments[0] == 0x2002
        || (segments[0] == 0x3fff && segments[1] < 0x1000);
    is_global_unicast && !is_set_aside
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: TargetPolicy = TargetPolicy { allow_private: false };

    #[test]
    fn reliability_60_loopback_is_refused_in_every_spelling() {
        let spellings = [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "0.0.0.0",
            "0",
            "[::]",
            "①②⑦.⓪.⓪.①",
            "１２７.0.0.1",
            "127。0。0。1",
        ];
        for host in spellings {
            let outcome = check_url(&format!("https://{host}/hook"), STRICT);
            assert!(outcome.is_err(), "{host} was taken as {outcome:?}");
        }
    }

    #[test]
    fn reliability_60_private_and_special_networks_are_refused() {
        let addresses = [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "fec0::1",
        ];
        for text in addresses {
            let address: IpAddr = text.parse().expect("address");
            assert!(!is_public(address), "{text}");
        }
        for text in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            let address: IpAddr = text.parse().expect("address");
            assert!(is_public(address), "{text}");
        }
    }

    #[test]
    fn reliability_60_odd_schemes_ports_and_credentials_are_refused() {
        let cases = [
            ("http://example.com/", TargetError::Scheme),
            ("file:///etc/passwd", TargetError::Scheme),
            ("gopher://example.com/", TargetError::Scheme),
            ("https://example.com:22/", TargetError::Port),
            ("https://example.com:80/", TargetError::Port),
            ("https://a:b@example.com/", TargetError::Credentials),
            ("https://example.com@127.0.0.1/", TargetError::Credentials),
            ("https://metadata.google.internal/", TargetError::NotPublic),
            ("https://intranet/", TargetError::NotPublic),
            ("example.com", TargetError::Unreadable),
        ];
        for (raw, expected) in cases {
            assert_eq!(check_url(raw, STRICT), Err(expected), "{raw}");
        }
        assert!(check_url("https://example.com/hook?x=1", STRICT).is_ok());
    }

    #[test]
    fn an_operator_may_allow_private_targets() {
        let open = TargetPolicy { allow_private: true };
        assert!(check_url("http://127.0.0.1:9000/hook", open).is_ok());
        assert_eq!(check_url("ftp://127.0.0.1/", open), Err(TargetError::Scheme));
    }
}
