use std::fmt;

/// An e-mail address: lower case, plain ASCII, one `@`, a domain with a dot.
///
/// Printing it in a log shows only its domain.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address, such as ana@example.org")]
pub struct InvalidEmail;

const MAX_ADDRESS: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

impl EmailAddress {
    /// Reads an address, without the spaces around it.
    pub fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        let address = canonical(raw);
        let (local, host) = address.rsplit_once('@').ok_or(InvalidEmail)?;
        let fits = address.len() <= MAX_ADDRESS && is_local_part(local) && is_host(host);
        if fits { Ok(Self(address)) } else { Err(InvalidEmail) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

/// The spelling under which an account is looked up, also for a text that is no address at all.
pub fn canonical(raw: &str) -> String {
    raw.trim().to_lowercase()
}

fn is_local_part(local: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    local.len() <= MAX_LOCAL
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_allowed))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_top_level_named = host
        .rsplit('.')
        .next()
        .is_some_and(|top| top.bytes().any(|byte| byte.is_ascii_alphabetic()));
    host.contains('.') && is_top_level_named && host.split('.').all(is_label)
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "***@{}", self.0.rsplit('@').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case_without_spaces() {
        let address = EmailAddress::parse("  Ana.Lopez+news@Mail.Example.ORG ").expect("address");
        assert_eq!(address.as_str(), "ana.lopez+news@mail.example.org");
        assert_eq!(address.local_part(), "ana.lopez+news");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long = format!("a@{}.org", "b.".repeat(130));
        for raw in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@localhost",
            "ana@@example.org",
            "a b@example.org",
            ".ana@example.org",
            "ana..x@example.org",
            "ana@-example.org",
            "ana@example..org",
            "ana@127.0.0.1",
            "ana@exa_mple.org",
            "ana@example.org\r\nBcc: eve@example.org",
            "ana\n@example.org",
            "ана@example.org",
            "ana,eve@example.org",
            "\"ana\"@example.org",
            "<ana@example.org>",
            &long_local,
            &long,
        ] {
            assert_eq!(EmailAddress::parse(raw), Err(InvalidEmail), "{raw}");
        }
    }

    #[test]
    fn an_address_in_a_log_shows_only_its_domain() {
        let address = EmailAddress::parse("ana@example.org").expect("address");
        assert_eq!(format!("{address:?}"), "***@example.org");
    }
}
