//! What exists: the collections with what they claim, and the last complete one of each entity.

use crate::dialect::Dialect;
use crate::view::{Output, View, output};

/// Columns of every row of the inventory.
const ROW: [(&str, &str); 9] = [
    ("id", "string"),
    ("parent", "string"),
    ("name", "string"),
    ("status", "string"),
    ("kind", "string"),
    ("created", "string"),
    ("last_updated", "string"),
    ("fetched", "bigint"),
    ("json", "string"),
];

/// What a collection says of itself, beside each of its rows.
const CLAIM: [(&str, &str); 4] = [
    ("as_of", "timestamp"),
    ("completeness", "string"),
    ("newest_snapshot", "string"),
    ("newest_completeness", "string"),
];

/// How far back Athena looks for a snapshot: a collection is made every day, and a window of days keeps its partitions few.
const DAYS_BACK: &str = "8";

/// Each entity of each collection, with what was claimed of it.
pub(crate) fn snapshots(dialect: Dialect) -> View {
    let collected = dialect.value_of("m.entities", "entity");
    let outputs = vec![
        output("tenant", "string", "m.tenant"),
        output("entity", "string", "entity"),
        output("snapshot", "string", "m.snapshot"),
        output("as_of", "timestamp", dialect.snapshot_time("m.snapshot")),
        output("mode", "string", "m.mode"),
        output("completeness", "string", format!("{collected}.status")),
        output("rows", "bigint", format!("{collected}.rows")),
        output("ended", "string", "m.ended"),
    ];
    let from = format!("FROM {}", dialect.each_key("okta_manifests m", "m.entities", "entity"));
    let about = "Each entity of each collection of the inventory, with what was claimed of it: complete, empty, partial, unread.";
    View::of(dialect, ("okta_snapshots", about), "", outputs, &from)
}

/// The snapshot that speaks for each entity: the last complete one, or, if there never was one, the last that has rows.
pub(crate) fn latest_snapshots(dialect: Dialect) -> View {
    let names = ["tenant", "entity", "snapshot", "as_of", "completeness", "newest_snapshot", "newest_completeness"];
    let kind = |name: &str| if name == "as_of" { "timestamp" } else { "string" };
    let outputs = names.map(|name| output(name, kind(name), format!("r.{name}"))).to_vec();
    let from = "FROM (
  SELECT s.*,
    CASE WHEN s.completeness IN ('complete', 'empty') THEN 0 WHEN s.completeness IN ('partial', 'contradicted') THEN 1 ELSE 2 END AS standing,
    first_value(s.snapshot) OVER (PARTITION BY s.tenant, s.entity ORDER BY s.snapshot DESC) AS newest_snapshot,
    first_value(s.completeness) OVER (PARTITION BY s.tenant, s.entity ORDER BY s.snapshot DESC) AS newest_completeness,
    row_number() OVER (PARTITION BY s.tenant, s.entity ORDER BY
      CASE WHEN s.completeness IN ('complete', 'empty') THEN 0 WHEN s.completeness IN ('partial', 'contradicted') THEN 1 ELSE 2 END,
      s.snapshot DESC) AS place
  FROM okta_snapshots s
) r
WHERE r.place = 1 AND r.standing < 2";
    let about = "The snapshot that speaks for each entity: the last complete one, or else the last that has rows.";
    View::of(dialect, ("okta_latest_snapshots", about), "", outputs, from)
}

/// `okta_<entity>_latest`.
pub(crate) fn latest(dialect: Dialect, entity: &str) -> View {
    let about = format!("{entity} as of its last complete collection, whose time is as_of.");
    View::of(dialect, (&name(entity), &about), "", columns(), &format!("FROM {}", rows(dialect, entity)))
}

/// The name of an entity's view.
pub(crate) fn name(entity: &str) -> String {
    format!("okta_{entity}_latest")
}

/// The columns of `okta_<entity>_latest`, of [`rows`].
pub(crate) fn columns() -> Vec<Output> {
    let row = ROW.iter().map(|(name, kind)| output(name, kind, format!("i.{name}")));
    let key = ["tenant", "snapshot"].map(|name| output(name, "string", format!("i.{name}")));
    row.chain(key).chain(claim("l")).collect()
}

/// What the snapshot claims.
pub(crate) fn claim(alias: &str) -> Vec<Output> {
    CLAIM.iter().map(|(name, kind)| output(name, kind, format!("{alias}.{name}"))).collect()
}

/// The rows of the snapshot that speaks for an entity, as `i`, and what it claims, as `l`.
pub(crate) fn rows(dialect: Dialect, entity: &str) -> String {
    let (table, condition) = match dialect {
        Dialect::DuckDb => (format!("okta_inventory_of('{entity}')"), String::new()),
        Dialect::Spark => ("okta_inventory".to_owned(), format!(" AND i.entity = '{entity}'")),
        Dialect::Athena => {
            let from = dialect.days_ago(DAYS_BACK);
            ("okta_inventory".to_owned(), format!(" AND i.entity = '{entity}' AND i.day >= {from}"))
        }
    };
    format!(
        "{table} i\nJOIN okta_latest_snapshots l ON l.entity = '{entity}' AND l.tenant = i.tenant AND l.snapshot = i.snapshot{condition}"
    )
}
