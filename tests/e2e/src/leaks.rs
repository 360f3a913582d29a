/// What tokens of ours begin with, whichever they are: signed ones, refresh tokens, API tokens, secrets of webhooks.
const BEGINNINGS: [&str; 4] = ["eyJ", "cwr_", "cwk_", "whsec_"];
/// How long something behind such a beginning is at least that is worth anything.
const WORTH: usize = 16;

/// What must stand nowhere, and is looked for in the ways in which it could be written.
#[derive(Debug, Default)]
pub struct Leaks(Vec<(&'static str, String)>);

impl Leaks {
    /// Adds something secret; `what` names it where it is found.
    pub fn watch(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(
            secret.len() >= 6,
            "{what} is too short to be told from the rest: {secret:?}"
        );
        self.0.push((what, secret));
    }

    /// How many secrets there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines that give something away, each behind what it gives away.
    pub fn found_in(&self, said: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (what, secret) in &self.0 {
            for form in forms(secret) {
                let lines = said.lines().filter(|line| line.contains(&form));
                found.extend(lines.map(|line| format!("{what}: {line}")));
            }
        }
        for beginning in BEGINNINGS {
            let lines = said.lines().filter(|line| has_token(line, beginning));
            found.extend(lines.map(|line| format!("something that begins with {beginning}: {line}")));
        }
        found
    }
}

/// As it is, as in an address, as in a form, and as the bytes that a log of a buffer shows.
fn forms(secret: &str) -> Vec<String> {
    let mut escaped = String::new();
    let mut hex = String::new();
    for byte in secret.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
        hex.push_str(&format!("{byte:02x}"));
    }
    let numbers: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let mut forms = vec![
        secret.to_owned(),
        escaped.replace("%20", "+"),
        escaped,
        hex,
        numbers.join(", "),
    ];
    forms.sort();
    forms.dedup();
    forms
}

fn has_token(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(at, _)| {
        let is_begun = line[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        let behind = line[at + beginning.len()..].bytes();
        let length = behind
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/'))
            .count();
        !is_begun && length >= WORTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_63_a_secret_is_found_however_it_is_written() {
        let mut leaks = Leaks::default();
        leaks.watch("her password", "so long & secret");
        for line in [
            "login body={\"password\":\"so long & secret\"}",
            "GET /?password=so%20long%20%26%20secret",
            "password=so+long+%26+secret",
            "read [115, 111, 32, 108, 111, 110, 103, 32, 38, 32, 115, 101, 99, 114, 101, 116]",
            "key 736f206c6f6e6720262073656372657421",
        ] {
            let found = leaks.found_in(&format!("a line before\n{line}\none behind"));
            assert_eq!(found, [format!("her password: {line}")], "{line}");
        }
        for line in ["so long and secret", "SO LONG & SECRET", ""] {
            assert_eq!(leaks.found_in(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn reliability_63_tokens_are_found_that_nobody_watches() {
        let leaks = Leaks::default();
        for line in [
            "token eyJ0eXAiOiJpbnQrand0In0.e30.c2ln refused",
            "cookie=cwr_0123456789abcdef",
            "\"cwk_0123456789abcdef0123\"",
            "secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert_eq!(leaks.found_in(line).len(), 1, "{line}");
        }
        for line in [
            "a token of the kind cwk_…",
            "cwr_ is the beginning",
            "keyJ0eXAiOiJpbnQrand0In0",
            "",
        ] {
            assert_eq!(leaks.found_in(line), [""; 0], "{line}");
        }
    }
}
