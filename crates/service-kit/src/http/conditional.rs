use actix_web::http::header::{HeaderMap, IF_NONE_MATCH};

/// Whether a request says that its client has what is marked with this ETag, so that 304 is the answer.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let named = headers.get_all(IF_NONE_MATCH);
    let mut tags = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag.trim_start_matches("W/"))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_tag_is_found_in_lists_weak_or_strong() {
        let mut headers = HeaderMap::new();
        assert!(!is_known(&headers, "\"a\""));
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("\"b\", W/\"c\""));
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("\"d\""));
        assert!(
            ["\"b\"", "\"c\"", "W/\"d\""]
                .into_iter()
                .all(|tag| is_known(&headers, tag))
        );
        assert!(!is_known(&headers, "\"a\""));
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert!(is_known(&headers, "\"a\""));
    }
}
