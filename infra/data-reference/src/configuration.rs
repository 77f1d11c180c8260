//! The page of environment variables.

use std::fmt::Write as _;

use anyhow::Result;
use runtime::variables::{Reader, VARIABLES, Variable, WhenUnset};

const INTRODUCTION: &str = "\
<!-- Written by `cargo run -p data-reference` from functions/runtime/src/variables.rs. Do not edit. -->
# Configuration
The environment variables of okta-lake. In a deployed stack, template.yaml sets them from its parameters; change a parameter, not a variable. A function reads its variables once, at its cold start, and does not start if one of them is missing or cannot be used: the error names the variable and the remedy. A blank value counts as not set.
";

/// Writes the page.
pub(crate) fn write() -> Result<String> {
    let mut page = INTRODUCTION.to_owned();
    write_table(&mut page, "Functions", is_of_functions)?;
    write_table(&mut page, "Tests", is_of_tests)?;
    Ok(page)
}

fn write_table(page: &mut String, title: &str, is_listed: fn(&Variable) -> bool) -> Result<()> {
    writeln!(page, "\n## {title}\n\n| variable | read by | default | meaning | value |\n|---|---|---|---|---|")?;
    for variable in VARIABLES.iter().filter(|variable| is_listed(variable)) {
        writeln!(page, "{}", row(variable))?;
    }
    Ok(())
}

fn is_of_functions(variable: &Variable) -> bool {
    variable.readers.iter().any(|reader| matches!(reader, Reader::Function(_)))
}

fn is_of_tests(variable: &Variable) -> bool {
    variable.readers.contains(&Reader::Tests)
}

fn row(variable: &Variable) -> String {
    let readers: Vec<_> = variable.readers.iter().copied().map(reader).collect();
    let default = match variable.default {
        WhenUnset::Required => "required".to_owned(),
        WhenUnset::Off => "off".to_owned(),
        WhenUnset::Value(value) => format!("`{value}`"),
    };
    let Variable { name, meaning, expected, .. } = variable;
    format!("| `{name}` | {} | {default} | {meaning} | {expected} |", readers.join(", "))
}

fn reader(reader: Reader) -> &'static str {
    match reader {
        Reader::Function(function) => function.name(),
        Reader::Command => "`okta-lake`, for the functions it starts",
        Reader::Tests => "tests",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Of okta-lake's own variables. Others, such as those of a proxy, have their names from elsewhere.
    const PREFIX: &str = concat!("OKTA", "_LAKE_");

    /// Where variables of okta-lake can be named.
    const PLACES: [&str; 8] =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs", "functions", "infra", "template.yaml", "tests"];

    #[test]
    fn every_variable_that_is_named_anywhere_is_declared() {
        let mut named = BTreeSet::new();
        for place in PLACES {
            collect(&mut named, &crate::in_repository(place));
        }
        let declared = VARIABLES.iter().map(|variable| variable.name.to_owned());
        let declared: BTreeSet<_> = declared.filter(|name| name.starts_with(PREFIX)).collect();
        assert_eq!(
            named, declared,
            "declare each variable in functions/runtime/src/variables.rs, and remove unused ones"
        );
    }

    fn collect(named: &mut BTreeSet<String>, path: &Path) {
        let is_build = path.file_name().is_some_and(|name| name == "target" || name == "node_modules");
        if path.is_dir() && !is_build {
            for entry in std::fs::read_dir(path).unwrap() {
                collect(named, &entry.unwrap().path());
            }
        } else if let Ok(text) = std::fs::read_to_string(path) {
            for rest in text.split(PREFIX).skip(1) {
                let end = rest
                    .find(|character: char| !character.is_ascii_uppercase() && character != '_')
                    .unwrap_or(rest.len());
                // What ends in an underscore is a prefix of names.
                named.extend(
                    Some(&rest[..end])
                        .filter(|name| !name.is_empty() && !name.ends_with('_'))
                        .map(|name| format!("{PREFIX}{name}")),
                );
            }
        }
    }
}
