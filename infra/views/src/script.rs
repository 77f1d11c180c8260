//! The whole as a script: the tables over the files where the engine has none, then the views.

use crate::dialect::Dialect;
use crate::error::Error;
use crate::kind::{Column, in_words_of};
use crate::table::{Format, TABLES, Table};
use crate::view::View;
use crate::views;

/// The script that makes every view. `lake` is where the lake's objects are, such as `/data/lake` or `s3://bucket`, which
/// Athena is told by its tables; `entities` are those of the inventory.
pub fn script(dialect: Dialect, lake: &str, entities: &[&str]) -> Result<String, Error> {
    let mut statements = head(dialect);
    if dialect != Dialect::Athena {
        for table in TABLES {
            statements.extend(files(dialect, lake, table)?);
        }
    }
    statements.extend(views(dialect, entities)?.iter().map(|view| view.statement(dialect)));
    Ok(statements.iter().flat_map(|statement| [statement.as_str(), ";\n\n"]).collect())
}

fn head(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Athena => Vec::new(),
        Dialect::DuckDb => vec!["-- Times are UTC.\nSET TimeZone = 'UTC'".to_owned()],
        Dialect::Spark => vec!["-- Times are UTC.\nSET spark.sql.session.timeZone = UTC".to_owned()],
    }
}

/// The statements that make a table over files.
fn files(dialect: Dialect, lake: &str, table: &Table) -> Result<Vec<String>, Error> {
    match dialect {
        Dialect::Athena => Ok(Vec::new()),
        Dialect::DuckDb => in_duckdb(lake, table),
        Dialect::Spark => Ok(vec![in_spark(lake, table)?]),
    }
}

/// A view over the files of a prefix, and for the inventory a macro that lists only one entity's. What a file's key says is
/// taken from its name, so that a filter on it leaves files unopened; the columns are declared, so that a file of an older
/// version, without some of them, is no error; and rows of no file come first, so that there may be none.
fn in_duckdb(lake: &str, table: &Table) -> Result<Vec<String>, Error> {
    let dialect = Dialect::DuckDb;
    let columns = table.columns()?;
    let names: Vec<_> = columns.iter().map(|column| dialect.quote(&column.name)).collect();
    let keys: Vec<_> = table.partitions.iter().map(|name| format!("{} AS {name}", partition(table, name))).collect();
    let select = |source: &str| {
        format!(
            "SELECT {}, {}, filename AS path\nFROM (\n  SELECT {}, CAST(NULL AS VARCHAR) AS filename WHERE FALSE\n  UNION ALL BY NAME\n  SELECT * FROM {source}\n)",
            names.join(", "),
            keys.join(", "),
            typed_nothing(&columns)
        )
    };
    let pattern = |first: &str, depth: usize| {
        format!(
            "'{}/{}/{first}{}*{}'",
            quoted(lake.trim_end_matches('/')),
            table.prefix,
            "*/".repeat(depth),
            ending(table)
        )
    };
    let reader = |pattern: &str| reader(table, pattern, &columns);
    let mut statements =
        vec![format!("CREATE OR REPLACE VIEW {} AS\n{}", table.name, select(&reader(&pattern("", table.depth))))];
    if table.partitions.contains(&"entity") && table.partitions.contains(&"snapshot") {
        let of_entity = pattern("entity=' || of_entity || '/", table.depth - 1);
        statements.push(format!(
            "CREATE OR REPLACE MACRO {}_of(of_entity) AS TABLE\n{}",
            table.name,
            select(&reader(&of_entity))
        ));
    }
    Ok(statements)
}

fn reader(table: &Table, pattern: &str, columns: &[Column]) -> String {
    let dialect = Dialect::DuckDb;
    let declare = |form: fn(&str, &str) -> String| {
        let declared = columns.iter().map(|column| form(&column.name, &quoted(&in_words_of(dialect, &column.kind))));
        declared.collect::<Vec<_>>().join(", ")
    };
    match table.format {
        Format::Parquet => {
            let schema =
                declare(|name, kind| format!("'{name}': {{name: '{name}', type: '{kind}', default_value: NULL}}"));
            format!("read_parquet({pattern}, filename = true, allow_empty = true, schema = MAP {{{schema}}})")
        }
        Format::Json => {
            let columns = declare(|name, kind| format!("\"{name}\": '{kind}'"));
            format!(
                "read_json({pattern}, filename = true, allow_empty = true, format = 'unstructured', columns = {{{columns}}})"
            )
        }
    }
}

fn typed_nothing(columns: &[Column]) -> String {
    let typed = |column: &Column| {
        let kind = in_words_of(Dialect::DuckDb, &column.kind);
        format!("CAST(NULL AS {kind}) AS {}", Dialect::DuckDb.quote(&column.name))
    };
    columns.iter().map(typed).collect::<Vec<_>>().join(", ")
}

fn ending(table: &Table) -> &'static str {
    match table.format {
        Format::Parquet => ".parquet",
        Format::Json => ".json",
    }
}

/// What the key of an object says, in words that DuckDB applies before it opens a file (`regexp_replace` is none). A snapshot
/// is a folder in older lakes and the beginning of the object's name in newer ones; its day is that of its name.
fn partition(table: &Table, name: &str) -> String {
    let found = |pattern: &str| format!("nullif(regexp_extract(filename, '{pattern}', 1), '')");
    let folder = found(&format!("/{name}=([^/]+)/"));
    match name {
        "snapshot" => format!("coalesce({folder}, {})", found("/([0-9]{8}T[0-9]{6}Z)-[^/]*$")),
        "day" if table.partitions.contains(&"snapshot") => {
            let parts = ["([0-9]{4})", "[0-9]{4}([0-9]{2})", "[0-9]{6}([0-9]{2})"];
            let date = parts.map(|part| found(&format!("/snapshot={part}"))).join(" || '-' || ");
            format!("coalesce({folder}, {date})")
        }
        _ => folder,
    }
}

/// A table over files, whose partitions Spark finds in their folders.
fn in_spark(lake: &str, table: &Table) -> Result<String, Error> {
    let dialect = Dialect::Spark;
    // Folders of two layouts are none to Spark: what the key says is then taken from the name.
    let of_names = table.partitions.contains(&"snapshot");
    let folders: &[_] = if of_names { &[] } else { table.partitions };
    let columns = table.columns()?;
    let declared: Vec<_> = columns
        .iter()
        .map(|column| format!("{} {}", dialect.quote(&column.name), in_words_of(dialect, &column.kind)))
        .chain(folders.iter().map(|name| format!("{name} string")))
        .collect();
    let keys: Vec<_> = table
        .partitions
        .iter()
        .filter(|_| of_names)
        .map(|name| format!("{} AS {name}, ", partition(table, name)))
        .collect();
    let keys = keys.concat().replace("filename", "_metadata.file_path");
    let recursive = if of_names { ", recursiveFileLookup 'true'" } else { "" };
    let format = if table.format == Format::Parquet { "parquet" } else { "json" };
    let location = format!("{}/{}", lake.trim_end_matches('/').replace('\'', "\\'"), table.prefix);
    Ok(format!(
        "CREATE OR REPLACE TEMPORARY VIEW {name}_files ({columns}) USING {format} OPTIONS (path '{location}'{recursive});\n\n\
         CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT *, {keys}_metadata.file_path AS path FROM {name}_files",
        name = table.name,
        columns = declared.join(", "),
    ))
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// The views in the order in which they can be made.
pub(crate) fn in_order(mut views: Vec<View>) -> Vec<View> {
    let mut ordered = Vec::with_capacity(views.len());
    while let Some(next) = views.iter().position(|view| !views.iter().any(|other| other != view && uses(view, other))) {
        ordered.push(views.remove(next));
    }
    // What is left goes around in a circle, which a test refuses.
    ordered.extend(views);
    ordered
}

fn uses(view: &View, other: &View) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    view.select.match_indices(&other.name).any(|(at, name)| {
        let before = view.select[..at].chars().next_back();
        let after = view.select[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
