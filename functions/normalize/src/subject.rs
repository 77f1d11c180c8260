//! What an event acts upon: a kind of Okta object, by which `target[].type` it is recognized and what
//! OCSF calls it. The kinds are rows of `data/subjects.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind of Okta object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name in the tables, such as `api_token`.
    pub name: &'static str,
    /// `type` of an OCSF managed entity, such as `API Token`.
    pub entity_type: &'static str,
    /// `type_id` of an OCSF managed entity.
    pub entity_type_id: i32,
    /// The Okta target types that are of this kind, the surest first.
    pub target_types: Vec<&'static str>,
}

const TABLE: &str = include_str!("../data/subjects.csv");
const HEADER: &str = "subject,entity_type,entity_type_id,target_types";

static SUBJECTS: LazyLock<HashMap<&'static str, Subject>> =
    LazyLock::new(|| rows().filter_map(|row| row.map(|subject| (subject.name, subject))).collect());

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static Subject> {
    SUBJECTS.get(name)
}

/// Every row of the table in its order, `None` where a row is malformed.
pub fn rows() -> impl Iterator<Item = Option<Subject>> {
    TABLE.lines().filter(|line| *line != HEADER).map(row)
}

fn row(line: &'static str) -> Option<Subject> {
    let mut cells = line.splitn(4, ',');
    let (name, entity_type) = (cells.next()?, cells.next()?);
    let entity_type_id = cells.next()?.parse().ok()?;
    let target_types = cells.next()?.split('|').filter(|kind| !kind.is_empty()).collect();
    Some(Subject { name, entity_type, entity_type_id, target_types })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_usable_and_in_its_place() {
        let names: Vec<_> = rows().map(|row| row.expect("subjects.csv has a malformed row").name).collect();
        for pair in names.windows(2) {
            assert!(pair[0] < pair[1], "move {} in subjects.csv: it stands after {}", pair[1], pair[0]);
        }
    }
}
