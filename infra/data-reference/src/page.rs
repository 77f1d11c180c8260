//! The page: classes, common columns, and for each class its types, its columns and a query.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::Result;
use normalize::event_type::{self, Row};
use normalize::ocsf::{self, Class};

use crate::columns::{self, Column};
use crate::origins::{Origin, Origins, of_class};
use crate::queries;

const INTRODUCTION: &str = "\
<!-- Written by `cargo run -p data-reference` from the mapping table and the schema. Do not edit. -->
# Data reference
Every event of Okta's System Log is one row of one table, `okta_events`, in OCSF VERSION. `class_uid` says what kind of event it is, `activity_id` what happened, `metadata.event_code` which Okta event type it was. Columns that a class does not use are null.

To try the queries on a local lake, define the view first. Athena has it once the stack is deployed:
```
duckdb -cmd \"CREATE VIEW okta_events AS SELECT DISTINCT ON (metadata.uid) * FROM 'lake/live/**/*.parquet'\"
```
Where a column comes from is named by its path in the [LogEvent](https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/); `target[User].id` is the `id` of the target of that type. A column that several fields can fill, such as `privileges`, names them all; text in quotation marks is the only value of its column. What no column takes is in `unmapped`, by its path in the LogEvent. `raw_data` is the LogEvent as Okta sent it, byte for byte.
";

/// What the page lists. Columns that every class has are listed once.
struct Reference {
    columns: Vec<Column>,
    /// What the table decides, by class; families apart.
    types: BTreeMap<Class, Vec<Row>>,
    families: Vec<Row>,
    origins: BTreeMap<Class, Origins>,
}

/// Writes the page.
pub(crate) fn write() -> Result<String> {
    let reference = Reference::read()?;
    let common = reference.common();
    let mut page = INTRODUCTION.replace("VERSION", ocsf::VERSION);
    reference.write_classes(&mut page)?;
    writeln!(page, "\n## Columns of every class\n")?;
    reference.write_columns(&mut page, |column| common.get(&column.path).cloned())?;
    for (class, types) in &reference.types {
        reference.write_class(&mut page, *class, types, &common)?;
    }
    reference.write_families(&mut page)?;
    Ok(page)
}

impl Reference {
    fn read() -> Result<Self> {
        let rows = event_type::rows().collect::<Result<Vec<_>, _>>()?;
        let (families, exact): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.event_type.ends_with('*'));
        let mut types = BTreeMap::<_, Vec<_>>::new();
        for row in exact {
            types.entry(row.decision.class).or_default().push(row);
        }
        let origins = types.iter().map(|(class, rows)| Ok((*class, of_class(rows)?))).collect::<Result<_>>()?;
        Ok(Self { columns: columns::all(), types, families, origins })
    }

    /// Columns that come from the same in every class.
    fn common(&self) -> BTreeMap<String, String> {
        let described = |column: &Column| -> Option<String> {
            let origins: Option<BTreeSet<_>> =
                self.origins.values().map(|origins| origins.get(&column.path).map(Origin::describe)).collect();
            let mut origins = origins?.into_iter();
            origins.next().filter(|_| origins.next().is_none())
        };
        let found = self.columns.iter().filter_map(|column| Some((column.path.clone(), described(column)?)));
        let fixed = [("unmapped", "every field that no column takes"), ("raw_data", "the LogEvent")];
        found.chain(fixed.map(|(path, origin)| (path.to_owned(), origin.to_owned()))).collect()
    }

    fn write_classes(&self, page: &mut String) -> Result<()> {
        let all: usize = self.types.values().map(Vec::len).sum();
        writeln!(
            page,
            "\n## Classes\n\n| class | `class_uid` | event types | of these, activity 99 |\n|---|---|---|---|"
        )?;
        for (class, types) in &self.types {
            let others = types.iter().filter(|row| row.decision.activity.id == 99).count();
            let (caption, uid) = (class.caption(), class.uid());
            writeln!(page, "| [{caption}](#{}) | {uid} | {} | {others} |", anchor(*class), types.len())?;
        }
        let others = self.types.values().flatten().filter(|row| row.decision.activity.id == 99).count();
        writeln!(page, "| all | | {all} | {others} |")?;
        Ok(())
    }

    fn write_columns(&self, page: &mut String, origin: impl Fn(&Column) -> Option<String>) -> Result<()> {
        writeln!(page, "| column | type | from |\n|---|---|---|")?;
        for column in &self.columns {
            if let Some(origin) = origin(column) {
                writeln!(page, "| `{}` | {} | {origin} |", column.path, column.kind)?;
            }
        }
        Ok(())
    }

    fn write_class(
        &self,
        page: &mut String,
        class: Class,
        types: &[Row],
        common: &BTreeMap<String, String>,
    ) -> Result<()> {
        let (question, query) = queries::example(class);
        writeln!(page, "\n## {} [{}]\n\n{question}\n```sql\n{query}\n```\n", class.caption(), class.uid())?;
        let origins = &self.origins[&class];
        self.write_columns(page, |column| {
            let origin = origins.get(&column.path)?;
            (!common.contains_key(&column.path)).then(|| origin.describe())
        })?;
        writeln!(page, "\n| event type | activity | acts upon | why |\n|---|---|---|---|")?;
        types.iter().try_for_each(|row| write_type(page, row))
    }

    fn write_families(&self, page: &mut String) -> Result<()> {
        writeln!(
            page,
            "\n## Types that are newer than this table\n\nA type that is not listed above is mapped by the longest of \
             these families and logged. The stream function also counts it in the metric `UnknownEventTypes`.\n"
        )?;
        writeln!(page, "| family | class | activity |\n|---|---|---|")?;
        for Row { event_type, decision } in &self.families {
            let (class, activity) = (decision.class.caption(), decision.activity);
            writeln!(page, "| `{event_type}` | {class} | {} [{}] |", activity.name, activity.id)?;
        }
        Ok(())
    }
}

fn write_type(page: &mut String, Row { event_type, decision }: &Row) -> Result<()> {
    let (activity, subject) = (decision.activity, decision.subject.entity_type);
    writeln!(page, "| `{event_type}` | {} [{}] | {subject} | {} |", activity.name, activity.id, decision.note)?;
    Ok(())
}

/// Of the heading of a class, as GitHub makes it.
fn anchor(class: Class) -> String {
    format!("{}-{}", class.caption().to_lowercase().replace(' ', "-"), class.uid())
}
