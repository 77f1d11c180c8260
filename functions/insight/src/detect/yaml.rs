//! A file of rules as documents, within limits: a rule is written by whoever may write into the bucket.

use serde_json::Value;

use super::error::RuleError;

/// How large a file of rules may be, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;

/// Reads every document of a file.
///
/// # Errors
/// If the file is too large, is no YAML, or its anchors make more of it than is written.
pub fn documents(text: &str) -> Result<Vec<Value>, RuleError> {
    if text.len() > FILE_LIMIT {
        return Err(RuleError::FileTooLarge { bytes: text.len(), limit: FILE_LIMIT });
    }
    serde_saphyr::from_str_multiple_with_options(text, options()).map_err(|error| RuleError::Yaml(error.to_string()))
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: 32, max_nodes: 100_000, max_events: 200_000, max_aliases: 1_000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 20_000, max_replay_stack_depth: 8 },
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn a_file_has_documents() {
        let read = documents("title: a\n---\ntitle: b\ncount: 3\n").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1]["count"], 3);
    }

    #[test]
    fn what_is_no_rule_file_is_refused() {
        assert!(matches!(documents("a: [1"), Err(RuleError::Yaml(_))));
        assert!(matches!(documents(&" ".repeat(FILE_LIMIT + 1)), Err(RuleError::FileTooLarge { .. })));
        assert!(matches!(documents("a: 1\na: 2\n"), Err(RuleError::Yaml(_))), "a key twice hides one of the two");
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{inner}]").unwrap();
        }
        assert!(matches!(documents(&bomb), Err(RuleError::Yaml(_))));
    }
}
