//! Splits the rows of an hour into a file for each class, on disk. Rows pass through; memory holds the open row groups of
//! all files, up to a limit.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::Arc;

use arrow_schema::Schema;
use normalize::Tenant;
use normalize::ocsf::{Class, Event, Release};
use parquet::arrow::ArrowWriter;
use tempfile::NamedTempFile;

use crate::encode::columns as lay_out;
use crate::parquet_layout::security_lake_options;
use crate::row_check::RowFault;
use crate::schema;
use crate::seal::{ROWS_AT_ONCE, SealError, event};
use crate::stored::StoredRow;

/// How much memory all open row groups may take together: beyond it, the largest is written. It also keeps every row group
/// far below the 256 MB that Security Lake allows.
const MEMORY: usize = 64 * 1024 * 1024;

/// Takes the rows of an hour, in their order.
#[derive(Debug)]
pub struct Splitter<'a> {
    tenant: &'a Tenant,
    release: Release,
    wanted: BTreeSet<Class>,
    waiting: Vec<StoredRow>,
    files: BTreeMap<Class, Open>,
    memory: usize,
}

/// The rows of one class, on disk.
#[derive(Debug)]
pub struct ClassFile {
    /// The class.
    pub class: Class,
    /// How many rows it has.
    pub rows: u64,
    file: NamedTempFile,
}

/// A file that is being written.
#[derive(Debug)]
struct Open {
    writer: ArrowWriter<BufWriter<NamedTempFile>>,
    /// Which columns of the schema it has.
    picked: Vec<usize>,
    rows: u64,
}

impl ClassFile {
    /// The path of the local file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}

impl<'a> Splitter<'a> {
    /// For these classes, in a release of OCSF; rows of other classes are passed over.
    pub fn new(tenant: &'a Tenant, release: Release, wanted: BTreeSet<Class>) -> Self {
        Self { tenant, release, wanted, waiting: Vec::new(), files: BTreeMap::new(), memory: MEMORY }
    }

    /// Takes the next row.
    pub fn add(&mut self, row: StoredRow) -> Result<(), SealError> {
        self.waiting.push(row);
        if self.waiting.len() < ROWS_AT_ONCE { Ok(()) } else { self.write() }
    }

    /// The files of the classes that have rows; with `even_empty`, of all that are wanted.
    pub fn finish(mut self, even_empty: bool) -> Result<Vec<ClassFile>, SealError> {
        self.write()?;
        if even_empty {
            for class in &self.wanted {
                open(&mut self.files, self.release, *class)?;
            }
        }
        self.files.into_iter().map(|(class, open)| open.finish(class)).collect()
    }

    fn write(&mut self) -> Result<(), SealError> {
        let rows = std::mem::take(&mut self.waiting);
        let mut classes = BTreeMap::<Class, Vec<Box<Event<'_>>>>::new();
        for row in &rows {
            let event = self.release.form(event(self.tenant, row)?);
            let class = class(&event).map_err(|source| SealError::Row { uid: row.metadata.uid.clone(), source })?;
            if self.wanted.contains(&class) {
                classes.entry(class).or_default().push(Box::new(event));
            }
        }
        for (class, events) in classes {
            open(&mut self.files, self.release, class)?.write(events)?;
        }
        self.make_room()
    }

    fn make_room(&mut self) -> Result<(), SealError> {
        while self.files.values().map(Open::memory).sum::<usize>() > self.memory {
            let Some(largest) = self.files.values_mut().max_by_key(|open| open.memory()) else { break };
            largest.writer.flush()?;
        }
        Ok(())
    }
}

fn class(event: &Event<'_>) -> Result<Class, RowFault> {
    let class = u16::try_from(event.class_uid).ok().and_then(Class::from_uid);
    class.ok_or(RowFault::Class(event.class_uid.into()))
}

fn open(files: &mut BTreeMap<Class, Open>, release: Release, class: Class) -> Result<&mut Open, SealError> {
    use std::collections::btree_map::Entry;
    Ok(match files.entry(class) {
        Entry::Occupied(open) => open.into_mut(),
        Entry::Vacant(place) => place.insert(Open::new(release, class)?),
    })
}

impl Open {
    fn new(release: Release, class: Class) -> Result<Self, SealError> {
        let names: BTreeSet<_> = release.columns(class).collect();
        let schema = schema::events();
        let is_picked = |at: &usize| names.contains(schema.field(*at).name().as_str());
        let picked: Vec<_> = (0..schema.fields().len()).filter(is_picked).collect();
        let schema: Schema = schema.project(&picked).map_err(parquet::errors::ParquetError::from)?;
        let file = BufWriter::new(NamedTempFile::new()?);
        let writer = ArrowWriter::try_new_with_options(file, Arc::new(schema), security_lake_options()?)?;
        Ok(Self { writer, picked, rows: 0 })
    }

    fn write(&mut self, events: Vec<Box<Event<'_>>>) -> Result<(), SealError> {
        self.rows += events.len() as u64;
        let columns = lay_out(events)?.project(&self.picked).map_err(parquet::errors::ParquetError::from)?;
        Ok(self.writer.write(&columns)?)
    }

    fn memory(&self) -> usize {
        self.writer.memory_size()
    }

    fn finish(self, class: Class) -> Result<ClassFile, SealError> {
        let file = self.writer.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(ClassFile { class, rows: self.rows, file })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use jiff::Timestamp;
    use parquet::column::page::Page;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    use super::*;
    use crate::stored::{self, StoredMetadata};

    const START: i64 = 1_777_890_600_000;

    fn row(uid: &str, time: i64, kind: &str, filler: usize) -> StoredRow {
        let (published, filler) = (Timestamp::from_millisecond(time).unwrap(), noise(time, filler));
        let raw_data =
            format!(r#"{{"uuid":"{uid}","published":"{published:.3}","eventType":"{kind}","filler":"{filler}"}}"#);
        let metadata =
            StoredMetadata { uid: uid.to_owned(), source: "stream".to_owned(), logged_time: 1, processed_time: 2 };
        StoredRow { time, metadata, raw_data }
    }

    /// Letters that do not compress to nothing.
    fn noise(seed: i64, length: usize) -> String {
        let mut state = seed.unsigned_abs() | 1;
        let letter = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
        };
        (0..length).map(letter).collect()
    }

    fn split(rows: &[StoredRow], wanted: BTreeSet<Class>, memory: usize, even_empty: bool) -> Vec<ClassFile> {
        let tenant = Tenant::parse("acme").unwrap();
        let mut splitter = Splitter { memory, ..Splitter::new(&tenant, Release::V1_8, wanted) };
        for row in rows {
            splitter.add(row.clone()).unwrap();
        }
        splitter.finish(even_empty).unwrap()
    }

    fn read(file: &ClassFile) -> Vec<StoredRow> {
        let mut rows = Vec::new();
        let body = std::fs::read(file.path()).unwrap();
        stored::read("x.parquet", body.into(), &mut |row| {
            rows.push(row);
            Ok::<(), SealError>(())
        })
        .unwrap();
        rows
    }

    fn reader(file: &ClassFile) -> SerializedFileReader<File> {
        SerializedFileReader::new(File::open(file.path()).unwrap()).unwrap()
    }

    fn hour(filler: usize) -> Vec<StoredRow> {
        let kinds = ["user.session.start", "group.user_membership.add", "user.lifecycle.create"];
        let kinds = kinds.into_iter().cycle();
        (0..2_500).zip(kinds).map(|(n, kind)| row(&format!("u{n:05}"), START + n, kind, filler)).collect()
    }

    #[test]
    fn each_row_is_in_the_file_of_its_class_in_order() {
        let rows = hour(10);
        let files = split(&rows, Class::all().collect(), MEMORY, false);
        let classes: Vec<_> = files.iter().map(|file| file.class).collect();
        assert_eq!(classes, [Class::AccountChange, Class::Authentication, Class::GroupManagement]);
        let mut found: Vec<_> = files.iter().flat_map(read).collect();
        assert!(files.iter().all(|file| read(file).is_sorted_by_key(|row| row.time)));
        found.sort_by_key(|row| row.time);
        assert!(found == rows);
        for file in &files {
            let reader = reader(file);
            let schema = reader.metadata().file_metadata().schema();
            let names: BTreeSet<_> = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
            assert_eq!(names, file.class.columns().map(str::to_owned).collect());
        }
    }

    #[test]
    fn an_hour_that_is_split_again_replaces_what_was_there_before() {
        let wanted = BTreeSet::from([Class::Authentication, Class::ApiActivity]);
        let files = split(&hour(0), wanted.clone(), MEMORY, true);
        let counts: Vec<_> = files.iter().map(|file| (file.class, file.rows, read(file).len())).collect();
        assert_eq!(counts, [(Class::Authentication, 834, 834), (Class::ApiActivity, 0, 0)]);
        assert!(split(&[], wanted, MEMORY, false).is_empty());
    }

    #[test]
    fn pages_and_row_groups_are_as_small_as_security_lake_wants_them() {
        let limit = 4 * 1024 * 1024;
        let files = split(&hour(6_000), Class::all().collect(), limit, false);
        for file in &files {
            let reader = reader(file);
            assert!(reader.num_row_groups() > 1, "{} of {:?}", reader.num_row_groups(), file.class);
            for group in 0..reader.num_row_groups() {
                let group = reader.get_row_group(group).unwrap();
                assert!(group.metadata().compressed_size() < 256 * 1024 * 1024);
                for column in 0..group.num_columns() {
                    let mut pages = group.get_column_page_reader(column).unwrap();
                    while let Some(page) = pages.get_next_page().unwrap() {
                        assert!(page.buffer().len() <= 1024 * 1024, "{} in {}", page.buffer().len(), kind(&page));
                    }
                }
            }
        }
        assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), 2_500);
    }

    fn kind(page: &Page) -> String {
        format!("{:?}", page.page_type())
    }

    #[test]
    fn a_row_without_its_event_is_named() {
        let tenant = Tenant::parse("acme").unwrap();
        let mut splitter = Splitter::new(&tenant, Release::V1_8, Class::all().collect());
        splitter.add(StoredRow { raw_data: "{}".to_owned(), ..row("u7", START, "x", 0) }).unwrap();
        let error = splitter.finish(false).unwrap_err();
        assert!(error.to_string().contains("u7"), "{error}");
    }
}
