//! Types of columns: in AWS Glue's words, which the tables are declared in, and in those of each engine.

use arrow_schema::{DataType, FieldRef};

use crate::dialect::Dialect;
use crate::error::Error;

/// A column of a table or view: its name, and its type in the words of AWS Glue (Amazon Athena User Guide, "Data types").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type, such as `struct<ip:string,port:int>`.
    pub kind: String,
}

impl Column {
    /// A column.
    pub fn new(name: &str, kind: &str) -> Self {
        Self { name: name.to_owned(), kind: kind.to_owned() }
    }
}

/// The columns of an Arrow schema.
pub fn of_fields(fields: &[FieldRef]) -> Result<Vec<Column>, Error> {
    fields.iter().map(|field| Ok(Column { name: field.name().clone(), kind: glue(field.data_type())? })).collect()
}

fn glue(data_type: &DataType) -> Result<String, Error> {
    Ok(match data_type {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => "int".to_owned(),
        // Parquet has no sign of its own for them, and none of them is that large.
        DataType::UInt32 | DataType::Int64 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float32 | DataType::Float64 => "double".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 => "string".to_owned(),
        DataType::List(element) => format!("array<{}>", glue(element.data_type())?),
        DataType::Struct(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|member| Ok(format!("{}:{}", member.name(), glue(member.data_type())?)))
                .collect::<Result<_, Error>>()?;
            format!("struct<{}>", members.join(","))
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                format!("map<{},{}>", glue(pair[0].data_type())?, glue(pair[1].data_type())?)
            }
            other => return Err(Error::Type(format!("a map of {other}"))),
        },
        other => return Err(Error::Type(other.to_string())),
    })
}

/// A type of Glue's in an engine's words. Names of members are quoted: some are words of SQL.
pub fn in_words_of(dialect: Dialect, kind: &str) -> String {
    if let Some(members) = inside(kind, "struct<") {
        let members = members.into_iter().map(|member| {
            let (name, kind) = member.split_once(':').unwrap_or((member, ""));
            (dialect.quote(name), in_words_of(dialect, kind))
        });
        return dialect.structure(&members.collect::<Vec<_>>());
    }
    if let Some(element) = inside(kind, "array<") {
        return dialect.array(&in_words_of(dialect, element[0]));
    }
    if let Some(pair) = inside(kind, "map<").filter(|pair| pair.len() == 2) {
        return dialect.map(&in_words_of(dialect, pair[0]), &in_words_of(dialect, pair[1]));
    }
    dialect.scalar(kind)
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
    fn types_are_said_in_every_engines_words() {
        let kind = "array<struct<ip:string,os:struct<type_id:int>,more:map<string,array<bigint>>,is_ok:boolean>>";
        let athena = "array(row(\"ip\" varchar, \"os\" row(\"type_id\" integer), \"more\" map(varchar, array(bigint)), \
                      \"is_ok\" boolean))";
        let duckdb = "STRUCT(\"ip\" VARCHAR, \"os\" STRUCT(\"type_id\" INTEGER), \"more\" MAP(VARCHAR, BIGINT[]), \
                      \"is_ok\" BOOLEAN)[]";
        let spark = "array<struct<`ip`: string, `os`: struct<`type_id`: int>, `more`: map<string, array<bigint>>, \
                     `is_ok`: boolean>>";
        assert_eq!(in_words_of(Dialect::Athena, kind), athena);
        assert_eq!(in_words_of(Dialect::DuckDb, kind), duckdb);
        assert_eq!(in_words_of(Dialect::Spark, kind), spark);
    }
}
