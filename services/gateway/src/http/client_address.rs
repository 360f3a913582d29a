use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

use crate::domain::proxies::TrustedProxies;

/// Who is calling: the peer, or, behind trusted proxies, whom the nearest of them say it is.
pub(super) fn client_address(request: &HttpRequest, trusted: &TrustedProxies) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|line| line.split(',')).map(str::trim).collect();
    trusted.client(peer, &hops)
}
