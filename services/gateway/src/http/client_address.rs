use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

/// Who is calling: the peer, or, behind a trusted proxy, whom the nearest trusted proxies say it is.
pub(super) fn client_address(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|line| line.split(',')).map(str::trim).collect();
    nearest_untrusted(peer, &hops, trusted)
}

/// Goes from the peer outwards for as long as trusted proxies speak.
fn nearest_untrusted(peer: IpAddr, hops: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !trusted.contains(&client) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    #[test]
    fn reliability_47_only_a_trusted_proxy_names_the_client() {
        let proxy = [ip("10.0.0.1")];
        assert_eq!(
            nearest_untrusted(ip("203.0.113.9"), &["1.2.3.4"], &proxy),
            ip("203.0.113.9")
        );
        assert_eq!(
            nearest_untrusted(ip("10.0.0.1"), &["1.2.3.4", "203.0.113.9"], &proxy),
            ip("203.0.113.9")
        );
        assert_eq!(nearest_untrusted(ip("10.0.0.1"), &["nonsense"], &proxy), ip("10.0.0.1"));
        assert_eq!(
            nearest_untrusted(ip("::ffff:10.0.0.1"), &["203.0.113.9"], &proxy),
            ip("203.0.113.9")
        );
    }
}
