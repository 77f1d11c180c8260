//! `WWW-Authenticate`: why Okta rejects a token. For a missing scope it is the whole answer; the body is empty.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// The parameter `name` of the challenges in an answer, the first that has it.
pub(crate) fn parameter(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter();
    values.filter_map(|value| value.to_str().ok()).find_map(|value| find(value, name))
}

/// Reads `Scheme key=token, key="quoted \" text", Scheme ...` (RFC 9110, 11.6.1).
fn find(header: &str, name: &str) -> Option<String> {
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find(['=', ' ', '\t', ',']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() && after.is_empty() {
            return None;
        }
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let (value, after) = value(after);
        if word.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find([',', ' ', '\t']).unwrap_or(text.len()));
        return (token.to_owned(), rest);
    };
    let mut unquoted = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => unquoted.extend(characters.next()),
            other => unquoted.push(other),
        }
    }
    (unquoted, characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING_SCOPE: &str = r#"Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.groups.read okta.users.read", error="insufficient_scope", error_description="The access token provided does not contain the \"required\" scopes, so.", resource="/api/v1/groups""#;

    #[test]
    fn parameters_are_found_among_quotes_commas_and_schemes() {
        let cases = [
            (MISSING_SCOPE, "scope", Some("okta.groups.read okta.users.read")),
            (MISSING_SCOPE, "ERROR", Some("insufficient_scope")),
            (MISSING_SCOPE, "resource", Some("/api/v1/groups")),
            (MISSING_SCOPE, "Bearer", None),
            (r#"Basic, DPoP error=use_dpop_nonce , algs="ES256""#, "error", Some("use_dpop_nonce")),
            (r#"Basic realm="error=no", DPoP error="yes""#, "error", Some("yes")),
            ("error=", "error", Some("")),
            (r#"a="unclosed"#, "error", None),
            ("=, ===,", "error", None),
            ("", "error", None),
        ];
        for (header, name, expected) in cases {
            assert_eq!(find(header, name).as_deref(), expected, "{name} in {header}");
        }
    }

    #[test]
    fn every_line_of_the_header_is_looked_at() {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, "Bearer".parse().unwrap());
        headers.append(WWW_AUTHENTICATE, "DPoP error=\"invalid_token\"".parse().unwrap());
        assert_eq!(parameter(&headers, "error").as_deref(), Some("invalid_token"));
        assert_eq!(parameter(&headers, "scope"), None);
    }
}
