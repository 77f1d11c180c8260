//! Writes `infra/athena/template.yaml`: the skeleton beside this file, with the columns of the lake's own schemas and the
//! queries of `infra/athena` in their places.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow_schema::{DataType, Field};
use lake::inventory::{Change, Row};

const SKELETON: &str = include_str!("athena.yaml");

/// The folder with the queries, and where the template goes.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../athena")
}

/// Where the template is.
pub(crate) fn path() -> PathBuf {
    folder().join("template.yaml")
}

/// The template.
pub(crate) fn write() -> Result<String> {
    let events: Vec<_> = lake::schema::events().fields().iter().map(|field| (**field).clone()).collect();
    let own = |fields: Vec<arrow_schema::FieldRef>| fields.iter().map(|field| (**field).clone()).collect::<Vec<_>>();
    let mut template = String::new();
    for line in SKELETON.lines() {
        let Some((indent, name)) = line.split_once("@@") else {
            writeln!(template, "{line}")?;
            continue;
        };
        let indent = " ".repeat(indent.len());
        match name {
            "columns events" => columns(&mut template, &indent, &events)?,
            "columns inventory" => columns(&mut template, &indent, &own(lake::inventory::fields::<Row>()?))?,
            "columns changes" => columns(&mut template, &indent, &own(lake::inventory::fields::<Change>()?))?,
            query => {
                let path = folder().join(query);
                let sql = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let sql = sql.replace("@@event_columns", &names(&events));
                sql.lines().try_for_each(|line| writeln!(template, "{}", format!("{indent}{line}").trim_end()))?;
            }
        }
    }
    Ok(template)
}

/// The names of columns, as SQL wants them.
fn names(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("\"{}\"", field.name())).collect::<Vec<_>>().join(", ")
}

fn columns(template: &mut String, indent: &str, fields: &[Field]) -> Result<()> {
    for field in fields {
        writeln!(template, "{indent}- {{ Name: {}, Type: \"{}\" }}", field.name(), kind(field.data_type())?)?;
    }
    Ok(())
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
