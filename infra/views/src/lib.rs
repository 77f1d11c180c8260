//! The views over the lake, each defined once, in the SQL of Athena (Trino), DuckDB and Spark. Pure.

mod access;
mod credentials;
mod dialect;
mod error;
mod events;
pub mod facts;
mod inventory;
pub mod kind;
mod people;
mod script;
pub mod table;
mod view;

pub use dialect::Dialect;
pub use error::Error;
pub use kind::Column;
pub use script::script;
pub use view::View;

/// Every view, in the order in which they can be made. `entities` are those of the inventory.
pub fn views(dialect: Dialect, entities: &[&str]) -> Result<Vec<View>, Error> {
    let mut views = vec![
        events::view(dialect)?,
        inventory::snapshots(dialect),
        inventory::latest_snapshots(dialect),
        people::users(dialect),
        people::factors(dialect),
        people::admins(dialect),
        access::members(dialect),
        access::access(dialect),
        credentials::credentials(dialect),
    ];
    let typed: Vec<_> = views.iter().map(|view| view.name.clone()).collect();
    let others = entities.iter().filter(|entity| !typed.contains(&inventory::name(entity)));
    views.extend(others.map(|entity| inventory::latest(dialect, entity)));
    Ok(script::in_order(views))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTITIES: [&str; 8] = [
        "app",
        "group",
        "group_member",
        "group_rule",
        "resource_set",
        "user",
        "user_role_app_target",
        "user_role_group_target",
    ];

    #[test]
    fn every_view_is_made_after_those_that_it_uses() {
        for dialect in Dialect::ALL {
            let views = views(dialect, &ENTITIES).unwrap();
            for (at, view) in views.iter().enumerate() {
                let later = views[at + 1..].iter().find(|later| view.select.contains(&format!("{} ", later.name)));
                assert!(later.is_none(), "{} uses {:?}, which uses it", view.name, later.map(|later| &later.name));
            }
        }
    }

    #[test]
    fn a_view_has_the_same_columns_in_every_dialect_and_its_name_once() {
        let [athena, duckdb, spark] = Dialect::ALL.map(|dialect| views(dialect, &ENTITIES).unwrap());
        let shape =
            |views: &[View]| views.iter().map(|view| (view.name.clone(), view.columns.clone())).collect::<Vec<_>>();
        let sorted = |views: &[View]| {
            let mut shape = shape(views);
            shape.sort_by(|left, right| left.0.cmp(&right.0));
            shape
        };
        assert_eq!(sorted(&athena), sorted(&duckdb));
        assert_eq!(sorted(&athena), sorted(&spark));
        assert!(sorted(&athena).windows(2).all(|pair| pair[0].0 != pair[1].0));
    }

    /// Athena refuses an injected column that is compared with anything but a literal.
    #[test]
    fn athena_is_told_entities_as_literals() {
        for view in views(Dialect::Athena, &ENTITIES).unwrap() {
            let is_literal = |at: usize| view.select[at..].starts_with("entity = '");
            let reads = view.select.matches("okta_inventory i").count();
            let told = view.select.match_indices("i.entity").filter(|(at, _)| is_literal(at + 2)).count();
            assert_eq!(reads, told, "{}", view.name);
        }
    }

    #[test]
    fn the_lake_is_quoted() {
        let script = script(Dialect::DuckDb, "/tmp/it's", &["user"]).unwrap();
        assert!(script.contains("'/tmp/it''s/live/*/*/*/*.parquet'"));
        assert!(script.contains("'/tmp/it''s/inventory/entity=' || of_entity || '/*/*/*.parquet'"));
    }
}
