use actix_web::http::header::{ACCEPT, HeaderMap};

/// Whether the client asks for a CSV file, and would not rather have JSON.
pub fn accepts_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let accept = accept.unwrap_or_default();
    let csv = weight_of(accept, "text/csv").unwrap_or(0.0);
    csv > 0.0 && weight_of(accept, "application/json").is_none_or(|json| json <= csv)
}

/// The weight that `Accept` gives to a kind of answer, from 0 to 1; `None` where it does not name it.
fn weight_of(accept: &str, kind: &str) -> Option<f32> {
    accept.split(',').find_map(|part| {
        let mut parts = part.split(';').map(str::trim);
        parts.next().filter(|named| named.eq_ignore_ascii_case(kind))?;
        let weight = parts.find_map(|parameter| {
            let (name, weight) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("q").then(|| weight.parse().ok())?
        });
        Some(weight.unwrap_or(1.0))
    })
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
            ("application/json, text/csv;q=0.1", false),
            ("application/json;q=0.5, text/csv;q=0.9", true),
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
