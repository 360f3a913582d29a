use std::borrow::Cow;

/// The one spelling of a path: escapes of letters, digits, `-`, `.`, `_` and `~` say nothing and are undone.
///
/// `None` where a path leads elsewhere for some readers than for others: through `.` and `..`, or a backslash.
pub(super) fn canonical(path: &str) -> Option<Cow<'_, str>> {
    let path = undo_needless_escapes(path);
    let is_crooked = path.contains('\\') || path.split('/').any(|segment| matches!(segment, "." | ".."));
    (!is_crooked).then_some(path)
}

fn undo_needless_escapes(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let code = escape.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.map(char::from) {
            Some(letter @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~')) => {
                plain.push(letter);
                rest = &escape[3..];
            }
            _ => {
                plain.push('%');
                rest = &escape[1..];
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_47_a_path_has_one_spelling() {
        for (given, expected) in [
            ("/api/assets/BTC/", Some("/api/assets/BTC/")),
            ("/api/auth/%6cogin/", Some("/api/auth/login/")),
            ("/api/assets/%24WIF/", Some("/api/assets/%24WIF/")),
            ("/api/assets/%C3%A9/", Some("/api/assets/%C3%A9/")),
            ("/api/assets/a%2Fb/", Some("/api/assets/a%2Fb/")),
            ("/api/assets/%2e%2e%2e/", Some("/api/assets/.../")),
            ("/api/assets/%252e/", Some("/api/assets/%252e/")),
            ("/api/assets/%", Some("/api/assets/%")),
            ("/api/auth/../internal/users", None),
            ("/api/auth/%2e%2E/metrics", None),
            ("/api/auth/.%2e/metrics", None),
            ("/api/./auth/", None),
            ("/api/auth\\..\\metrics", None),
        ] {
            assert_eq!(canonical(given).as_deref(), expected, "{given}");
        }
    }
}
