//! The columns of the lake, each with the type that SQL engines show.

use arrow_schema::{DataType, Field};

/// A column, down to where values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its path: `actor.user.uid`; below a list, `observables[].value`.
    pub(crate) path: String,
    /// Its type in Athena.
    pub(crate) kind: &'static str,
}

/// Every column, in the order of the schema.
pub(crate) fn all() -> Vec<Column> {
    let mut columns = Vec::new();
    for field in lake::schema::events().fields() {
        add(&mut columns, field.name(), field);
    }
    columns
}

fn add(columns: &mut Vec<Column>, path: &str, field: &Field) {
    match field.data_type() {
        DataType::Struct(members) => {
            members.iter().for_each(|member| add(columns, &format!("{path}.{}", member.name()), member));
        }
        DataType::List(item) => add(columns, &format!("{path}[]"), item),
        scalar => columns.push(Column { path: path.to_owned(), kind: kind(scalar) }),
    }
}

fn kind(scalar: &DataType) -> &'static str {
    match scalar {
        DataType::Boolean => "boolean",
        DataType::Int32 => "int",
        DataType::Int64 => "bigint",
        DataType::Float64 => "double",
        DataType::Map(..) => "map<string,string>",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_down_to_values() {
        let columns = all();
        let kind = |path: &str| columns.iter().find(|column| column.path == path).map(|column| column.kind);
        assert_eq!(kind("time"), Some("bigint"));
        assert_eq!(kind("actor.user.uid"), Some("string"));
        assert_eq!(kind("observables[].type_id"), Some("int"));
        assert_eq!(kind("unmapped"), Some("map<string,string>"));
        assert_eq!(kind("actor"), None);
    }
}
