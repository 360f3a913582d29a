use actix_web::http::header::{ACCEPT, HeaderMap};

/// Whether the client asks for a CSV file in place of JSON.
pub fn accepts_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.unwrap_or_default().split(',').any(|part| {
        let mut parts = part.split(';').map(str::trim);
        let is_csv = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/csv"));
        is_csv && !parts.any(is_never)
    })
}

/// The weight with which a client says that it does not take something.
fn is_never(parameter: &str) -> bool {
    let weight = parameter
        .split_once('=')
        .filter(|(name, _)| name.eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.parse() == Ok(0.0))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_file_is_wanted_where_the_client_says_so() {
        let cases = [
            ("text/csv", true),
            ("TEXT/CSV; q=0.9, */*;q=0.1", true),
            ("application/json, text/csv", true),
            ("text/csv; charset=utf-8", true),
            ("text/csv;q=0, */*", false),
            ("*/*", false),
            ("text/plain", false),
        ];
        for (accept, expected) in cases {
            let request = TestRequest::get().insert_header((ACCEPT, accept)).to_http_request();
            assert_eq!(accepts_csv(request.headers()), expected, "{accept}");
        }
        assert!(!accepts_csv(TestRequest::get().to_http_request().headers()));
    }
}
