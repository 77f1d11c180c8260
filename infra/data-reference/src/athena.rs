//! Writes `infra/athena/template.yaml`: the skeleton beside this file, with the columns of the lake's own schemas and the
//! queries of `infra/athena` in their places.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow_schema::{DataType, FieldRef};
use lake::inventory::{Change, Row};
use serde_json::json;

const SKELETON: &str = include_str!("athena.yaml");

/// What `okta_events` has beyond an event.
const EVENTS_VIEW: [(&str, &str); 4] =
    [("tenant", "string"), ("day", "string"), ("hour", "string"), ("is_sealed", "boolean")];

/// What `okta_user_inventory` makes of a user; its SQL decides, and tests/athena compares.
const USERS_VIEW: [(&str, &str); 17] = [
    ("activity_id", "int"),
    ("activity_name", "string"),
    ("category_uid", "int"),
    ("category_name", "string"),
    ("class_uid", "int"),
    ("class_name", "string"),
    ("type_uid", "int"),
    ("type_name", "string"),
    ("severity_id", "int"),
    ("severity", "string"),
    ("time", "bigint"),
    ("metadata", "struct<version:string,product:struct<name:string,vendor_name:string>,uid:string,tenant_uid:string>"),
    (
        "user",
        "struct<uid:string,name:string,full_name:string,email_addr:string,type_id:int,type:string,\
         ldap_person:struct<given_name:string,surname:string,job_title:string,department:string,cost_center:string,\
         employee_uid:string,created_time:bigint,modified_time:bigint,last_login_time:bigint>>",
    ),
    ("unmapped", "map<string,string>"),
    ("raw_data", "string"),
    ("tenant", "string"),
    ("snapshot", "string"),
];

/// `Fn::Base64` was made for the user data of machines, which ends at 16 KB: so much it is known to take.
const MOST_OF_A_VIEW: usize = 16 * 1024;

/// A column: its name, and its type in the words of AWS Glue.
type Column = (String, String);

/// The folder with the queries.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../athena")
}

/// The template.
pub(crate) fn write() -> Result<String> {
    let mut template = String::new();
    for line in SKELETON.lines() {
        let Some((indent, name)) = line.split_once("@@") else {
            writeln!(template, "{line}")?;
            continue;
        };
        let text = match name.split_once(' ') {
            Some(("columns", of)) => listed(&columns(of)?),
            Some(("view", of)) => view(of)?,
            _ => query(name)?,
        };
        text.lines().try_for_each(|line| {
            let indent = if line.is_empty() { "" } else { indent };
            writeln!(template, "{indent}{line}")
        })?;
    }
    Ok(template)
}

/// The columns of a table or view.
fn columns(of: &str) -> Result<Vec<Column>> {
    let owned = |(name, kind): &(&str, &str)| ((*name).to_owned(), (*kind).to_owned());
    Ok(match of {
        "events" => typed(lake::schema::events().fields())?,
        "inventory" => typed(&lake::inventory::fields::<Row>()?)?,
        "changes" => typed(&lake::inventory::fields::<Change>()?)?,
        "okta_events" => columns("events")?.into_iter().chain(EVENTS_VIEW.iter().map(owned)).collect(),
        "okta_user_inventory" => USERS_VIEW.iter().map(owned).collect(),
        other => bail!("there is no table or view {other:?}"),
    })
}

fn typed(fields: &[FieldRef]) -> Result<Vec<Column>> {
    fields.iter().map(|field| Ok((field.name().clone(), kind(field.data_type())?))).collect()
}

fn listed(columns: &[Column]) -> String {
    let lines: Vec<_> = columns.iter().map(|(name, kind)| format!("- {{ Name: {name}, Type: \"{kind}\" }}")).collect();
    lines.join("\n")
}

/// A query of the folder.
fn query(name: &str) -> Result<String> {
    let path = folder().join(name);
    let sql = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let events = columns("events")?;
    let events: Vec<_> = events.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    Ok(sql.replace("@@event_columns", &events.join(", ")))
}

/// A view as Trino keeps it, for `Fn::Sub` to put in the database: the SELECT of its file, and its columns.
fn view(name: &str) -> Result<String> {
    let file = query(&format!("{name}.sql"))?;
    let head = format!("CREATE OR REPLACE VIEW {name} AS\n");
    let (_, select) = file.split_once(&head).with_context(|| format!("{name}.sql does not create {name}"))?;
    let columns: Vec<_> =
        columns(name)?.iter().map(|(name, kind)| format!(" {}", json!({"name": name, "type": trino(kind)}))).collect();
    let select = json!(select.trim_end());
    let columns = columns.join(",\n");
    let view = format!("{{\"originalSql\":{select},\n\"columns\":[\n{columns}],\n");
    if view.contains("${") || view.len() > MOST_OF_A_VIEW {
        bail!("CloudFormation would not take the view {name} ({} bytes) as it is", view.len());
    }
    Ok(view + "\"catalog\":\"awsdatacatalog\",\"schema\":\"${Database}\"}")
}

/// A type in the words of AWS Glue (Amazon Athena User Guide, "Data types").
fn kind(data_type: &DataType) -> Result<String> {
    Ok(match data_type {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => "int".to_owned(),
        // Parquet has no sign of its own for them, and none of them is that large.
        DataType::UInt32 | DataType::Int64 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float32 | DataType::Float64 => "double".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 => "string".to_owned(),
        DataType::List(element) => format!("array<{}>", kind(element.data_type())?),
        DataType::Struct(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|member| Ok(format!("{}:{}", member.name(), kind(member.data_type())?)))
                .collect::<Result<_>>()?;
            format!("struct<{}>", members.join(","))
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                format!("map<{},{}>", kind(pair[0].data_type())?, kind(pair[1].data_type())?)
            }
            other => bail!("a map of {other}"),
        },
        other => bail!("Athena has no {other}"),
    })
}

/// A type of Glue's in the words of Trino. Names of members are quoted: some are words of SQL.
fn trino(kind: &str) -> String {
    if let Some(members) = inside(kind, "struct<") {
        let members = members.into_iter().map(|member| {
            let (name, kind) = member.split_once(':').unwrap_or((member, ""));
            format!("\"{name}\" {}", trino(kind))
        });
        return format!("row({})", members.collect::<Vec<_>>().join(", "));
    }
    for composed in ["array", "map"] {
        if let Some(parts) = inside(kind, &format!("{composed}<")) {
            return format!("{composed}({})", parts.into_iter().map(trino).collect::<Vec<_>>().join(", "));
        }
    }
    match kind {
        "int" => "integer".to_owned(),
        "string" => "varchar".to_owned(),
        same => same.to_owned(),
    }
}

/// The parts of a composed type, between `start` and the last `>`.
fn inside<'a>(kind: &'a str, start: &str) -> Option<Vec<&'a str>> {
    let inner = kind.strip_prefix(start)?.strip_suffix('>')?;
    let mut depth = 0;
    let parts = inner.split(|letter| {
        depth += i32::from(letter == '<') - i32::from(letter == '>');
        letter == ',' && depth == 0
    });
    Some(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_said_in_trinos_words() {
        let kind =
            "array<struct<ip:string,os:struct<type_id:int,long:double>,more:map<string,array<bigint>>,is_ok:boolean>>";
        let expected = "array(row(\"ip\" varchar, \"os\" row(\"type_id\" integer, \"long\" double), \
                        \"more\" map(varchar, array(bigint)), \"is_ok\" boolean))";
        assert_eq!(trino(kind), expected);
    }

    #[test]
    fn a_view_has_the_columns_of_the_events_and_the_partition() {
        let columns = columns("okta_events").unwrap();
        assert_eq!(columns.len(), lake::schema::events().fields().len() + EVENTS_VIEW.len());
        assert_eq!(columns.last().unwrap(), &("is_sealed".to_owned(), "boolean".to_owned()));
    }
}
