//! The tables over the lake's objects: where each is, and its columns. Athena has them from the template; DuckDB and Spark read
//! the files in place.

use lake::inventory::{Change, Row};

use crate::error::Error;
use crate::kind::{Column, of_fields};

/// What the objects of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Parquet.
    Parquet,
    /// A JSON object in each.
    Json,
}

/// A table over the objects of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The first part of its objects' keys.
    pub prefix: &'static str,
    /// What the objects are.
    pub format: Format,
    /// How many folders are below the prefix: a pattern with `*` for each lists no more than it must.
    pub depth: usize,
    /// The parts of the key that are columns.
    pub partitions: &'static [&'static str],
    columns: Columns,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Columns {
    Events,
    Inventory,
    Changes,
    Listed(&'static [(&'static str, &'static str)]),
}

const LEDGER: &[(&str, &str)] = &[
    ("version", "int"),
    ("hour", "string"),
    ("generation", "bigint"),
    ("object", "string"),
    ("rows", "bigint"),
    ("digest", "string"),
    ("completeness", "string"),
    ("counts", "struct<stream_only:bigint,api_only:bigint,both:bigint,repaired:bigint>"),
    ("duplicates", "bigint"),
    ("lateness", "struct<minute:bigint,quarter:bigint,hour:bigint,six_hours:bigint,day:bigint,later:bigint>"),
    ("first", "string"),
    ("last", "string"),
    ("mapping", "int"),
    ("sealed", "string"),
    ("inputs", "array<string>"),
    ("previous", "struct<hour:string,generation:bigint,digest:string>"),
    ("generations", "array<struct<generation:bigint,digest:string,rows:bigint,sealed:string>>"),
];

const MANIFESTS: &[(&str, &str)] = &[
    ("version", "int"),
    ("snapshot", "string"),
    ("mode", "string"),
    ("started", "string"),
    ("ended", "string"),
    ("calls", "bigint"),
    ("rows", "bigint"),
    (
        "entities",
        "map<string,struct<status:string,what:string,remedy:string,rows:bigint,parts:bigint,calls:bigint,seconds:bigint>>",
    ),
];

const QUARANTINE: &[(&str, &str)] = &[("reason", "string"), ("received", "string"), ("body", "string")];

/// The tables.
#[rustfmt::skip]
pub const TABLES: &[Table] = &[
    Table { name: "okta_live", prefix: "live", format: Format::Parquet, depth: 3, partitions: &["tenant", "day", "hour"], columns: Columns::Events },
    Table { name: "okta_sealed", prefix: "sealed", format: Format::Parquet, depth: 4, partitions: &["tenant", "day", "hour"], columns: Columns::Events },
    Table { name: "okta_ledger", prefix: "ledger", format: Format::Json, depth: 2, partitions: &["tenant", "day"], columns: Columns::Listed(LEDGER) },
    Table { name: "okta_inventory", prefix: "inventory", format: Format::Parquet, depth: 3, partitions: &["entity", "tenant", "day", "snapshot"], columns: Columns::Inventory },
    Table { name: "okta_changes", prefix: "changes", format: Format::Parquet, depth: 3, partitions: &["entity", "tenant", "day"], columns: Columns::Changes },
    Table { name: "okta_manifests", prefix: "manifests", format: Format::Json, depth: 1, partitions: &["tenant"], columns: Columns::Listed(MANIFESTS) },
    Table { name: "okta_quarantine", prefix: "quarantine", format: Format::Json, depth: 2, partitions: &["tenant", "day"], columns: Columns::Listed(QUARANTINE) },
];

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// The columns that its files have, without the partitions.
    pub fn columns(&self) -> Result<Vec<Column>, Error> {
        let schema = |source| Error::Schema { table: self.name, source };
        let columns = match self.columns {
            Columns::Events => of_fields(lake::schema::events().fields())?,
            Columns::Inventory => {
                of_fields(&lake::inventory::fields::<Row>().map_err(|error| schema(Box::new(error)))?)?
            }
            Columns::Changes => {
                of_fields(&lake::inventory::fields::<Change>().map_err(|error| schema(Box::new(error)))?)?
            }
            Columns::Listed(listed) => listed.iter().map(|(name, kind)| Column::new(name, kind)).collect(),
        };
        // A file may say what its key says, too.
        Ok(columns.into_iter().filter(|column| !self.partitions.contains(&column.name.as_str())).collect())
    }
}
