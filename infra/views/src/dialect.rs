//! The three engines, and the few expressions for which each has words of its own.

/// An engine's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Amazon Athena, engine version 3: Trino's SQL.
    Athena,
    /// DuckDB 2.0 or newer: it has to read folders that may be empty.
    DuckDb,
    /// Spark 3.5 or newer.
    Spark,
}

use Dialect::{Athena, DuckDb, Spark};

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Athena, DuckDb, Spark];

    /// The name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Athena => "athena",
            DuckDb => "duckdb",
            Spark => "spark",
        }
    }

    /// A name that may be a word of SQL.
    pub fn quote(self, name: &str) -> String {
        match self {
            Athena | DuckDb => format!("\"{name}\""),
            Spark => format!("`{name}`"),
        }
    }

    /// The member at a path of a JSON text, as text; NULL if there is none.
    pub fn json(self, text: &str, path: &str) -> String {
        match self {
            Athena => format!("json_extract_scalar({text}, '{path}')"),
            DuckDb => format!("json_extract_string({text}, '{path}')"),
            Spark => format!("get_json_object({text}, '{path}')"),
        }
    }

    /// A member of a JSON object, whose name is more than letters.
    pub fn json_member(self, text: &str, member: &str) -> String {
        match self {
            Athena => self.json(text, &format!("$[\"{member}\"]")),
            DuckDb => self.json(text, &format!("$.\"{member}\"")),
            Spark => format!("get_json_object({text}, \"$['{member}']\")"),
        }
    }

    /// The member at a path of a JSON text, as JSON text, objects and arrays too.
    pub fn json_part(self, text: &str, path: &str) -> String {
        match self {
            Athena => format!("json_format(json_extract({text}, '{path}'))"),
            DuckDb => format!("CAST(json_extract({text}, '{path}') AS VARCHAR)"),
            Spark => format!("get_json_object({text}, '{path}')"),
        }
    }

    /// A member of the first target of a LogEvent that has one of these types.
    pub fn target(self, raw_data: &str, types: &[&str], member: &str) -> String {
        let types = types.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        match self {
            Athena => format!(
                "json_extract_scalar(element_at(filter(TRY(CAST(json_extract({raw_data}, '$.target') AS array(json))), \
                 t -> json_extract_scalar(t, '$.type') IN ({types})), 1), '$.{member}')"
            ),
            DuckDb => format!(
                "json_extract_string(list_filter(json_extract({raw_data}, '$.target[*]'), \
                 lambda t: json_extract_string(t, '$.type') IN ({types}))[1], '$.{member}')"
            ),
            Spark => format!(
                "get(filter(from_json(get_json_object({raw_data}, '$.target'), \
                 'array<struct<id:string,type:string,alternateId:string,displayName:string>>'), \
                 t -> t.type IN ({types})), 0).{member}"
            ),
        }
    }

    /// The first element of an array; NULL if it has none.
    pub fn first(self, array: &str) -> String {
        match self {
            Athena => format!("element_at({array}, 1)"),
            DuckDb => format!("{array}[1]"),
            Spark => format!("get({array}, 0)"),
        }
    }

    /// Whether an array has an element.
    pub fn contains(self, array: &str, element: &str) -> String {
        match self {
            Athena => format!("contains({array}, {element})"),
            DuckDb => format!("list_contains({array}, {element})"),
            Spark => format!("array_contains({array}, {element})"),
        }
    }

    /// Where an object is, of a row of a table over files.
    pub fn path(self, alias: &str) -> String {
        match self {
            Athena => format!("{alias}.\"$path\""),
            DuckDb | Spark => format!("{alias}.path"),
        }
    }

    /// The value of a key of a map.
    pub fn value_of(self, map: &str, key: &str) -> String {
        match self {
            Athena | Spark => format!("element_at({map}, {key})"),
            DuckDb => format!("{map}[{key}]"),
        }
    }

    /// A FROM clause: a table with a row for each key of a map.
    pub fn each_key(self, table: &str, map: &str, key: &str) -> String {
        match self {
            Athena | DuckDb => format!("{table} CROSS JOIN UNNEST(map_keys({map})) AS t ({key})"),
            Spark => format!("{table} LATERAL VIEW explode(map_keys({map})) t AS {key}"),
        }
    }

    /// Milliseconds since 1970 as a timestamp in UTC.
    pub fn millis(self, number: &str) -> String {
        match self {
            Athena => format!("CAST(from_unixtime({number} / 1000e0) AS timestamp(3))"),
            DuckDb => format!("make_timestamp_ms({number})"),
            Spark => format!("timestamp_millis({number})"),
        }
    }

    /// A time in ISO 8601, as Okta writes it, as a timestamp in UTC; NULL if it is none.
    pub fn iso(self, text: &str) -> String {
        match self {
            Athena => format!("CAST(TRY(from_iso8601_timestamp({text})) AS timestamp(3))"),
            DuckDb => format!("timezone('UTC', TRY_CAST({text} AS TIMESTAMPTZ))"),
            Spark => format!("try_to_timestamp({text})"),
        }
    }

    /// The name of a snapshot, such as 20260504T090000Z, as a timestamp in UTC.
    pub fn snapshot_time(self, text: &str) -> String {
        match self {
            Athena => format!("CAST(TRY(date_parse({text}, '%Y%m%dT%H%i%sZ')) AS timestamp(3))"),
            DuckDb => format!("TRY_STRPTIME({text}, '%Y%m%dT%H%M%SZ')"),
            Spark => format!("try_to_timestamp({text}, \"yyyyMMdd'T'HHmmss'Z'\")"),
        }
    }

    /// The day, as partitions name it, that was some days ago. Engines fold it before they look for partitions.
    pub fn days_ago(self, days: &str) -> String {
        match self {
            Athena => format!("format_datetime(current_timestamp - INTERVAL '{days}' DAY, 'yyyy-MM-dd')"),
            DuckDb => format!("strftime(current_date - INTERVAL '{days}' DAY, '%Y-%m-%d')"),
            Spark => format!("date_format(date_sub(current_date(), {days}), 'yyyy-MM-dd')"),
        }
    }

    /// The time that was some hours ago, in UTC.
    pub fn hours_ago(self, hours: &str) -> String {
        match self {
            Athena => format!("CAST(current_timestamp - INTERVAL '{hours}' HOUR AS timestamp(3))"),
            DuckDb => format!("CAST(current_timestamp - INTERVAL '{hours}' HOUR AS TIMESTAMP)"),
            Spark => format!("current_timestamp() - INTERVAL '{hours}' HOUR"),
        }
    }

    /// Whole seconds from one timestamp to another.
    pub fn seconds(self, from: &str, to: &str) -> String {
        match self {
            Athena | DuckDb => format!("date_diff('second', {from}, {to})"),
            Spark => format!("(unix_timestamp({to}) - unix_timestamp({from}))"),
        }
    }

    /// Whole days from a timestamp until now.
    pub fn age(self, from: &str) -> String {
        match self {
            Athena => format!("date_diff('day', {from}, CAST(current_timestamp AS timestamp(3)))"),
            DuckDb => format!("date_diff('day', {from}, CAST(current_timestamp AS TIMESTAMP))"),
            Spark => format!("datediff(current_date(), {from})"),
        }
    }

    /// The different values of a group, sorted, as one text.
    pub fn list(self, text: &str) -> String {
        match self {
            Athena => format!("array_join(array_sort(array_agg(DISTINCT {text})), ', ')"),
            DuckDb => format!("array_to_string(list_sort(list(DISTINCT {text})), ', ')"),
            Spark => format!("array_join(array_sort(collect_set({text})), ', ')"),
        }
    }

    pub(crate) fn structure(self, members: &[(String, String)]) -> String {
        let joined = |between: &str| {
            members.iter().map(|(name, kind)| format!("{name}{between}{kind}")).collect::<Vec<_>>().join(", ")
        };
        match self {
            Athena => format!("row({})", joined(" ")),
            DuckDb => format!("STRUCT({})", joined(" ")),
            Spark => format!("struct<{}>", joined(": ")),
        }
    }

    pub(crate) fn array(self, element: &str) -> String {
        match self {
            Athena => format!("array({element})"),
            DuckDb => format!("{element}[]"),
            Spark => format!("array<{element}>"),
        }
    }

    pub(crate) fn map(self, key: &str, value: &str) -> String {
        match self {
            Athena => format!("map({key}, {value})"),
            DuckDb => format!("MAP({key}, {value})"),
            Spark => format!("map<{key}, {value}>"),
        }
    }

    pub(crate) fn scalar(self, kind: &str) -> String {
        match (self, kind) {
            (Athena, "int") => "integer".to_owned(),
            (Athena, "string") => "varchar".to_owned(),
            (Athena, "timestamp") => "timestamp(3)".to_owned(),
            (DuckDb, "string") => "VARCHAR".to_owned(),
            (DuckDb, "int") => "INTEGER".to_owned(),
            (DuckDb, other) => other.to_uppercase(),
            (_, same) => same.to_owned(),
        }
    }
}
