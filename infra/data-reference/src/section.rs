//! Generated sections of pages that people write.

use anyhow::{Context, Result};

/// `page` with `body` between the lines that mark the section `name`.
pub(crate) fn replace(page: &str, name: &str, body: &str) -> Result<String> {
    let begin = format!("<!-- {name}: written by `cargo run -p data-reference` -->\n");
    let end = format!("<!-- end of {name} -->");
    let missing = || format!("the page lacks the lines {begin:?} and {end:?}");
    let (before, rest) = page.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{begin}{body}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_section_changes() {
        let begin = "<!-- metrics: written by `cargo run -p data-reference` -->\n";
        let page = |body: &str| format!("before\n{begin}{body}<!-- end of metrics -->\nafter\n");
        assert_eq!(replace(&page("old\n"), "metrics", "new\n").unwrap(), page("new\n"));
        assert!(replace("no section", "metrics", "new\n").is_err());
    }
}
