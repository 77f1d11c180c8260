//! `Link` headers (RFC 8288): Okta writes one line for each relation, proxies may join them.

use http::HeaderMap;
use http::header::LINK;

/// The target of the first link with relation `rel`.
pub(crate) fn target(headers: &HeaderMap, rel: &str) -> Option<String> {
    let lines = headers.get_all(LINK).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(links).find(|(_, parameters)| has_relation(parameters, rel)).map(|(target, _)| target.to_owned())
}

/// The links of one line, with their parameters unparsed. A comma may also stand within `<>` and quotes.
fn links(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        let end = end_of_parameters(after);
        let (parameters, next) = after.split_at(end);
        rest = next;
        Some((target, parameters))
    })
}

fn end_of_parameters(text: &str) -> usize {
    let mut is_quoted = false;
    for (index, character) in text.char_indices() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => return index,
            _ => {}
        }
    }
    text.len()
}

fn has_relation(parameters: &str, rel: &str) -> bool {
    parameters.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
        let relations = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel") && relations.split_whitespace().any(|one| one.eq_ignore_ascii_case(rel))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(lines: &[&str]) -> Option<String> {
        let headers = lines.iter().map(|line| (LINK, line.parse().unwrap())).collect();
        target(&headers, "next")
    }

    #[test]
    fn next_is_found_on_its_own_line_or_among_others() {
        let url = "https://acme.okta.com/api/v1/users?after=00u1,x;y&limit=200";
        let this = "<https://acme.okta.com/api/v1/users>; rel=\"self\"";
        let cases = [
            vec![this.to_owned(), format!("<{url}>; rel=\"next\"")],
            vec![format!("{this}, <{url}>; rel=\"next\"")],
            vec![format!("<{url}>;REL=Next;title=\"a, <b>; rel=self\", {this}")],
            vec![format!("<{url}>; title=x; rel=\"last next\"")],
        ];
        for lines in cases {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            assert_eq!(next(&lines).as_deref(), Some(url), "{lines:?}");
        }
    }

    #[test]
    fn the_last_page_has_none() {
        for lines in [&[][..], &["<https://a/>; rel=\"self\""], &["<unclosed; rel=next"], &["rel=next"], &[""]] {
            assert_eq!(next(lines), None, "{lines:?}");
        }
    }
}
