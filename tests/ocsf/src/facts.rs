//! The facts: tables derived from OCSF's schema, read once.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use regex::Regex;

/// A class or an object.
pub(crate) struct Owner {
    /// `category_uid`, for classes.
    pub(crate) category: Option<i64>,
    /// The profiles that a class may use.
    pub(crate) profiles: Vec<&'static str>,
    /// Rules over several attributes, as (rule, attributes).
    pub(crate) constraints: Vec<(&'static str, Vec<&'static str>)>,
    /// By name.
    pub(crate) attributes: BTreeMap<&'static str, Attribute>,
    class_uid: Option<i64>,
}

/// An attribute of a class or object.
#[derive(Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) kind: &'static str,
    pub(crate) is_required: bool,
    pub(crate) profile: Option<&'static str>,
    pub(crate) is_array: bool,
    pub(crate) is_deprecated: bool,
    /// The attribute that has the caption of this one's value.
    pub(crate) sibling: Option<&'static str>,
    /// Captions by value.
    pub(crate) captions: Option<&'static HashMap<&'static str, &'static str>>,
}

/// A scalar type.
pub(crate) struct Scalar {
    pub(crate) base: &'static str,
    pub(crate) form: Option<Regex>,
    pub(crate) longest: Option<usize>,
    pub(crate) range: Option<(i64, i64)>,
}

type Captions = HashMap<&'static str, HashMap<&'static str, &'static str>>;

/// The owner of the attributes that all classes have alike.
const EVERY_CLASS: &str = "*";

/// A release of OCSF that okta-lake writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// 1.3.0, for Amazon Security Lake.
    V1_3,
    /// 1.8.0, in the lake.
    V1_8,
}

/// What a release says.
pub(crate) struct Facts {
    pub(crate) version: &'static str,
    owners: HashMap<&'static str, Owner>,
    scalars: HashMap<&'static str, Scalar>,
}

/// The tables of a release.
struct Tables {
    version: &'static str,
    attributes: &'static str,
    enums: &'static str,
    owners: &'static str,
    types: &'static str,
}

const V1_3: Tables = Tables {
    version: "1.3.0",
    attributes: include_str!("../facts/1.3.0/attributes.tsv"),
    enums: include_str!("../facts/1.3.0/enums.tsv"),
    owners: include_str!("../facts/1.3.0/owners.tsv"),
    types: include_str!("../facts/1.3.0/types.tsv"),
};

const V1_8: Tables = Tables {
    version: "1.8.0",
    attributes: include_str!("../facts/1.8.0/attributes.tsv"),
    enums: include_str!("../facts/1.8.0/enums.tsv"),
    owners: include_str!("../facts/1.8.0/owners.tsv"),
    types: include_str!("../facts/1.8.0/types.tsv"),
};

static FACTS_1_3: LazyLock<Facts> = LazyLock::new(|| facts(&V1_3));
static FACTS_1_8: LazyLock<Facts> = LazyLock::new(|| facts(&V1_8));

impl Facts {
    /// Those of a release.
    pub(crate) fn of(release: Release) -> &'static Self {
        match release {
            Release::V1_3 => &FACTS_1_3,
            Release::V1_8 => &FACTS_1_8,
        }
    }

    /// The class of that `class_uid`.
    pub(crate) fn class(&self, uid: i64) -> Option<&Owner> {
        self.owners.values().find(|owner| owner.class_uid == Some(uid))
    }

    /// The object of that name.
    pub(crate) fn object(&self, name: &str) -> Option<&Owner> {
        self.owners.get(name)
    }

    /// The scalar type of that name.
    pub(crate) fn scalar(&self, name: &str) -> Option<&Scalar> {
        self.scalars.get(name)
    }
}

fn facts(tables: &Tables) -> Facts {
    // Made once for each release, and kept for as long as the process runs.
    let captions: &'static Captions = Box::leak(Box::new(captions(tables)));
    Facts { version: tables.version, owners: owners(tables, captions), scalars: scalars(tables) }
}

/// The rows of a table, its header left out.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let mut cells = line.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    })
}

fn list(cell: &'static str, separator: char) -> impl Iterator<Item = &'static str> {
    cell.split(separator).filter(|part| !part.is_empty())
}

fn some(cell: &'static str) -> Option<&'static str> {
    (!cell.is_empty()).then_some(cell)
}

fn captions(tables: &Tables) -> Captions {
    let mut captions = Captions::new();
    for [name, value, caption] in rows(tables.enums) {
        captions.entry(name).or_default().insert(value, caption);
    }
    captions
}

fn owners(tables: &Tables, captions: &'static Captions) -> HashMap<&'static str, Owner> {
    let mut attributes: HashMap<&str, BTreeMap<&str, Attribute>> = HashMap::new();
    for row in rows(tables.attributes) {
        attributes.entry(row[0]).or_default().insert(row[1], attribute(row, captions));
    }
    let shared = attributes.remove(EVERY_CLASS).unwrap_or_default();
    let described = rows(tables.owners).map(|[name, class_uid, category, profiles, rules]| {
        let class_uid = class_uid.parse().ok();
        let mut attributes = attributes.remove(name).unwrap_or_default();
        if class_uid.is_some() {
            attributes.extend(shared.iter().map(|(name, attribute)| (*name, *attribute)));
        }
        let constraints = list(rules, ';').filter_map(|rule| rule.split_once(':'));
        let constraints = constraints.map(|(rule, names)| (rule, list(names, '|').collect())).collect();
        let profiles = list(profiles, '|').collect();
        (name, Owner { category: category.parse().ok(), profiles, constraints, attributes, class_uid })
    });
    described.collect()
}

fn attribute(
    [_, _, kind, requirement, profile, flags, sibling, key]: [&'static str; 8],
    captions: &'static Captions,
) -> Attribute {
    Attribute {
        kind,
        is_required: requirement == "required",
        profile: some(profile),
        is_array: flags.contains("array"),
        is_deprecated: flags.contains("deprecated"),
        sibling: some(sibling),
        captions: captions.get(key),
    }
}

fn scalars(tables: &Tables) -> HashMap<&'static str, Scalar> {
    let described = rows(tables.types).map(|[name, base, form, longest, range]| {
        let range = range.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        // OCSF's own expressions; the tests use each of them.
        #[allow(clippy::expect_used)]
        let form = some(form).map(|form| Regex::new(form).expect("a regular expression of OCSF's"));
        (name, Scalar { base, form, longest: longest.parse().ok(), range })
    });
    described.collect()
}
