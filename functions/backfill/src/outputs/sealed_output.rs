//! What an output is: a place besides the lake that gets every sealed hour.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::path::Path;

use futures::future::BoxFuture;
use lake::{Partition, WriteError};

use crate::check::Check;

/// A place that gets every sealed hour, part by part. A part that is written again replaces itself.
pub trait SealedOutput: fmt::Debug + Send + Sync {
    /// Its name in outboxes and reports.
    fn name(&self) -> &'static str;

    /// The names of all parts that an hour can have.
    fn part_names(&self) -> BTreeSet<String>;

    /// Makes parts of a sealed hour: those that are wanted. It takes the processor for long, and runs on a thread of its
    /// own.
    fn parts(&self, hour: SealedRows<'_>, wanted: &BTreeSet<String>) -> Result<Vec<Part>, PartsError>;

    /// Writes a part.
    fn write<'a>(&'a self, partition: &'a Partition, part: &'a Part) -> BoxFuture<'a, Result<(), WriteError>>;

    /// Returns what a person does when a part cannot be written.
    fn remedy(&self, part: &str, error: &WriteError) -> String;

    /// Checks whether it can be written to. Nothing is written.
    fn check(&self) -> BoxFuture<'_, Check>;
}

/// The rows of a sealed hour.
#[derive(Debug)]
pub struct SealedRows<'a> {
    /// The org and the hour.
    pub partition: &'a Partition,
    /// The key and the content of the sealed object; none for an hour without events.
    pub object: Option<(String, File)>,
    /// Whether the output may have rows of an older generation: then a part that has no rows must replace them.
    pub may_replace: bool,
}

/// A part of an hour, on disk.
#[derive(Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    file: Box<dyn PartFile>,
}

/// A file on disk that is removed when it is dropped.
pub trait PartFile: fmt::Debug + Send + Sync {
    /// Returns where it lies.
    fn path(&self) -> &Path;
}

/// Why an hour has no parts.
#[derive(Debug, thiserror::Error)]
pub enum PartsError {
    /// The sealed object cannot be read.
    #[error("the rows of {key} cannot be read")]
    Object {
        /// Its key.
        key: String,
        /// Where it departs.
        #[source]
        source: lake::stored::ReadError,
    },
    /// A part cannot be made.
    #[error(transparent)]
    Seal(#[from] lake::seal::SealError),
}

impl Part {
    /// A part of this name.
    pub fn new(name: String, file: impl PartFile + 'static) -> Self {
        Self { name, file: Box::new(file) }
    }

    /// Returns where it lies.
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}
