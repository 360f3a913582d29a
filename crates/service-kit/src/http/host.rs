use actix_web::http::{
    Uri,
    header::{HOST, HeaderMap, HeaderValue},
    uri::Authority,
};

/// Why the host that a request is for is not clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnclearHost {
    #[error("the host can't be read")]
    Unreadable,
    #[error("the target names another host than the header")]
    TwoHosts,
}

/// Refuses a request that names two hosts, or one that can't be read: a proxy before this server and the server itself
/// could take it for different ones.
pub(crate) fn check_host(headers: &HeaderMap, uri: &Uri) -> Result<(), UnclearHost> {
    let host = headers.get(HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    // Names and addresses have no others: a comma, say, comes from two hosts that somebody has joined.
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(byte);
    let is_readable = host.is_empty() || (Authority::try_from(host).is_ok() && host.iter().all(is_plain));
    if !is_readable {
        return Err(UnclearHost::Unreadable);
    }
    match uri.authority() {
        Some(named) if !named.as_str().as_bytes().eq_ignore_ascii_case(host) => Err(UnclearHost::TwoHosts),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_61_a_request_names_one_host_that_can_be_read() {
        let cases = [
            ("x", "/", Ok(())),
            ("", "/", Ok(())),
            ("Shop.Example:80", "http://shop.example:80/", Ok(())),
            ("[::1]:8000", "/", Ok(())),
            ("x", "http://evil.example/", Err(UnclearHost::TwoHosts)),
            ("x", "http://a@x/", Err(UnclearHost::TwoHosts)),
            ("", "http://x/", Err(UnclearHost::TwoHosts)),
            ("a b", "/", Err(UnclearHost::Unreadable)),
            ("a/b", "/", Err(UnclearHost::Unreadable)),
            ("a@b", "/", Err(UnclearHost::Unreadable)),
            ("a,b", "/", Err(UnclearHost::Unreadable)),
        ];
        for (host, target, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            assert_eq!(
                check_host(&headers, &Uri::from_static(target)),
                expected,
                "{host} {target}"
            );
        }
    }
}
