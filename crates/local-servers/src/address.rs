//! Just enough of a URL to reach a server: `scheme://user:password@host:port/path`.

/// The parts of a server's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) scheme: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) path: String,
}

impl Address {
    /// Parses a URL with one host; `None` when it is not one.
    pub(crate) fn parse(url: &str, usual_port: u16) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split(['?', '#']).next()?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = split_port(place)?;
        let port = if port.is_empty() {
            usual_port
        } else {
            port.parse().ok()?
        };
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        Some(Self {
            scheme: scheme.to_owned(),
            user: decode(user)?,
            password: decode(password)?,
            host: decode(host)?,
            port,
            path: decode(path)?,
        })
    }

    /// Host and port as a person would write them.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn split_port(place: &str) -> Option<(&str, &str)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return Some((host, port.strip_prefix(':').unwrap_or(port)));
    }
    Some(place.split_once(':').unwrap_or((place, "")))
}

/// Undoes percent encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_url_is_taken_apart() {
        let address = Address::parse("postgres://us%40er:p%3Aw@db.example:6000/shop?sslmode=prefer", 5432).unwrap();
        assert_eq!((address.user.as_str(), address.password.as_str()), ("us@er", "p:w"));
        assert_eq!(
            (address.place().as_str(), address.path.as_str()),
            ("db.example:6000", "shop")
        );
    }

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let address = Address::parse("redis://", 6379).unwrap();
        assert_eq!(
            (address.place().as_str(), address.path.as_str()),
            ("127.0.0.1:6379", "")
        );
        assert_eq!(Address::parse("amqp://[::1]/%2f", 5672).unwrap().host, "::1");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in ["memory:", "127.0.0.1:5432", "redis://host:port", "redis://%zz"] {
            assert_eq!(Address::parse(text, 1), None, "{text}");
        }
    }
}
