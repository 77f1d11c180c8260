//! Types as their source declares them: members, what they hold, and what their comments say of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, GenericArgument, Item, Lit, Meta, PathArguments, Token, Type, Variant};

/// The structs, enums and aliases of some files, by name. Files may have different types of one name, as long as nobody
/// asks for it.
pub(crate) struct Types(BTreeMap<String, Vec<Item>>);

/// One line of a table: a member of an object, at any depth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its path: `eta.seconds`, `checks[].status`, `entities.*.rows`.
    pub(crate) path: String,
    /// What it holds, in words.
    pub(crate) holds: String,
    /// Whether it can be absent.
    pub(crate) is_optional: bool,
    /// What its comment says.
    pub(crate) meaning: String,
}

/// What a type is in JSON.
struct Holds {
    words: String,
    /// The type whose members come below, and what stands between its path and theirs.
    below: Option<(Type, &'static str)>,
    /// Said after the comment.
    values: String,
}

impl Types {
    /// Reads the declarations of `sources`, which are paths and texts.
    pub(crate) fn parse<'a>(sources: impl IntoIterator<Item = (&'a str, String)>) -> Result<Self> {
        let mut types = BTreeMap::<_, Vec<_>>::new();
        for (path, text) in sources {
            let file = syn::parse_file(&text).with_context(|| format!("cannot parse {path}"))?;
            for item in file.items {
                let name = match &item {
                    Item::Struct(item) => item.ident.to_string(),
                    Item::Enum(item) => item.ident.to_string(),
                    Item::Type(item) => item.ident.to_string(),
                    _ => continue,
                };
                types.entry(name).or_default().push(item);
            }
        }
        Ok(Self(types))
    }

    /// The variants of an enum.
    pub(crate) fn variants(&self, name: &str) -> Result<Vec<&Variant>> {
        match self.item(name)? {
            Item::Enum(item) => Ok(item.variants.iter().collect()),
            _ => bail!("{name} is no enum"),
        }
    }

    fn item(&self, name: &str) -> Result<&Item> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([item]) => Ok(item),
            Some(_) => bail!("two of the sources have a type {name}"),
            None => bail!("no type {name}: add its file to the sources"),
        }
    }

    /// The members of what a variant holds, each followed by those below it.
    pub(crate) fn members_of(&self, variant: &Variant) -> Result<Vec<Member>> {
        let mut members = Vec::new();
        for field in &variant.fields {
            self.collect(&field.ty, "", &mut members)?;
        }
        Ok(members)
    }

    fn collect(&self, of: &Type, prefix: &str, members: &mut Vec<Member>) -> Result<()> {
        let (name, arguments) = named(of)?;
        match self.item(&name)? {
            Item::Type(alias) => self.collect(&alias.ty, prefix, members),
            Item::Enum(item) => self.collect_tagged(item, prefix, members),
            Item::Struct(item) => {
                let parameters = item.generics.type_params().map(|parameter| parameter.ident.to_string());
                let arguments: BTreeMap<_, _> = parameters.zip(arguments).collect();
                item.fields.iter().try_for_each(|field| self.collect_field(field, &arguments, prefix, members))
            }
            _ => bail!("{name} is neither a struct nor an enum"),
        }
    }

    fn collect_field(
        &self,
        field: &syn::Field,
        arguments: &BTreeMap<String, Type>,
        prefix: &str,
        members: &mut Vec<Member>,
    ) -> Result<()> {
        let serde = serde(&field.attrs)?;
        if serde.contains_key("flatten") {
            return self.collect(&field.ty, prefix, members);
        }
        let name = field.ident.as_ref().context("a member without a name")?.to_string();
        let path = format!("{prefix}{}", serde.get("rename").cloned().unwrap_or(name));
        let holds = self.holds(&field.ty, arguments).with_context(|| path.clone())?;
        let meaning = comment(&field.attrs)?;
        let meaning = format!("{}{}", meaning.trim_end_matches('.'), holds.values);
        let is_optional = serde.contains_key("skip_serializing_if");
        members.push(Member { path: path.clone(), holds: holds.words, is_optional, meaning });
        match holds.below {
            Some((below, separator)) => self.collect(&below, &format!("{path}{separator}"), members),
            None => Ok(()),
        }
    }

    /// An enum whose variants are objects with a tag: the tag, and the members of all variants.
    fn collect_tagged(&self, item: &syn::ItemEnum, prefix: &str, members: &mut Vec<Member>) -> Result<()> {
        let serde = serde(&item.attrs)?;
        let tag = serde.get("tag").with_context(|| format!("{} has no tag", item.ident))?;
        let meaning = format!("{}{}", comment(&item.attrs)?.trim_end_matches('.'), values(item)?);
        members.push(Member {
            path: format!("{prefix}{tag}"),
            holds: "string".to_owned(),
            is_optional: false,
            meaning,
        });
        for variant in &item.variants {
            let new = self.members_of(variant)?.into_iter().map(|member| Member {
                path: format!("{prefix}{}", member.path),
                is_optional: true,
                ..member
            });
            for member in new {
                if !members.iter().any(|known| known.path == member.path) {
                    members.push(member);
                }
            }
        }
        Ok(())
    }

    fn holds(&self, of: &Type, arguments: &BTreeMap<String, Type>) -> Result<Holds> {
        let (name, inner) = named(of)?;
        let plain = |words: &str| Ok(Holds { words: words.to_owned(), below: None, values: String::new() });
        let inside = |at: usize| self.holds(inner.get(at).context("a type without its argument")?, arguments);
        match name.as_str() {
            "u32" | "u64" | "usize" | "i64" | "f64" => plain("number"),
            "bool" => plain("boolean"),
            "String" => plain("string"),
            "Timestamp" => plain("time"),
            "Option" => inside(0),
            "Vec" | "BTreeSet" => {
                let Holds { words, below, values } = inside(0)?;
                Ok(Holds { words: format!("list of {words}s"), below: below.map(|(of, _)| (of, "[].")), values })
            }
            "BTreeMap" => {
                let Holds { below, values, .. } = inside(1)?;
                Ok(Holds { words: "object".to_owned(), below: below.map(|(of, _)| (of, ".*.")), values })
            }
            _ => match arguments.get(&name) {
                Some(argument) => self.holds(argument, &BTreeMap::new()),
                None => holds_item(of, self.item(&name)?),
            },
        }
    }
}

/// What a type of ours is in JSON.
fn holds_item(of: &Type, item: &Item) -> Result<Holds> {
    Ok(match item {
        Item::Enum(item) => Holds { words: "string".to_owned(), below: None, values: values(item)? },
        _ => Holds { words: "object".to_owned(), below: Some((of.clone(), ".")), values: String::new() },
    })
}

/// What the comment of an item says, on one line.
pub(crate) fn comment(attributes: &[Attribute]) -> Result<String> {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(text(&meta.value)),
        _ => None,
    });
    let lines: Vec<_> = lines.collect::<Result<_>>()?;
    Ok(lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned())
}

/// The names of an enum's values in JSON, as the end of a sentence.
fn values(item: &syn::ItemEnum) -> Result<String> {
    let serde = serde(&item.attrs)?;
    let rename = serde.get("rename_all").map_or("", String::as_str);
    let names: Vec<_> = item.variants.iter().map(|variant| in_case(&variant.ident.to_string(), rename)).collect();
    Ok(format!(": `{}`", names.join("`, `")))
}

/// A name such as `StreamOnly` as serde writes it.
fn in_case(name: &str, rename_all: &str) -> String {
    let separator = match rename_all {
        "snake_case" => "_",
        "kebab-case" => "-",
        "lowercase" => "",
        _ => return name.to_owned(),
    };
    let mut cased = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            cased.push_str(separator);
        }
        cased.push(letter.to_ascii_lowercase());
    }
    cased
}

/// The options of `#[serde(…)]`; those without a value have an empty one.
fn serde(attributes: &[Attribute]) -> Result<BTreeMap<String, String>> {
    let mut options = BTreeMap::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        for meta in attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)? {
            let name = meta.path().require_ident()?.to_string();
            let value = match &meta {
                Meta::NameValue(meta) => text(&meta.value)?,
                _ => String::new(),
            };
            options.insert(name, value);
        }
    }
    Ok(options)
}

fn text(value: &Expr) -> Result<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Ok(text.value()),
            _ => bail!("expected a text"),
        },
        _ => bail!("expected a literal"),
    }
}

/// The name of a type, and its arguments.
fn named(of: &Type) -> Result<(String, Vec<Type>)> {
    let Type::Path(path) = of else { bail!("a type without a name") };
    let last = path.path.segments.last().context("an empty path")?;
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(of) => Some(of.clone()),
            _ => None,
        }),
        _ => return Ok((last.ident.to_string(), Vec::new())),
    };
    Ok((last.ident.to_string(), arguments.collect()))
}

/// Whether a variant holds anything.
pub(crate) fn is_unit(variant: &Variant) -> bool {
    matches!(variant.fields, Fields::Unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        /// All.
        #[serde(tag = "kind", content = "detail")]
        enum Event { /// One. More of it.
            One(Of<Inner>), }
        struct Of<E> {
            /// When.
            at: Timestamp,
            #[serde(flatten)]
            range: Range,
            /// Each.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            each: Vec<E>,
            /// By name.
            by: BTreeMap<String, E>,
        }
        struct Range { /// From.
            since: Option<u64> }
        struct Inner { /// How.
            #[serde(rename = "state")] status: Status }
        #[serde(rename_all = "snake_case")]
        enum Status { AllDone, Not }
    "#;

    #[test]
    fn members_are_listed_as_serde_writes_them() {
        let types = Types::parse([("a.rs", SOURCE.to_owned())]).unwrap();
        let variant = types.variants("Event").unwrap()[0];
        assert_eq!(comment(&variant.attrs).unwrap(), "One. More of it.");
        let members = types.members_of(variant).unwrap();
        let lines = members.iter().map(|it| format!("{} {} {} {}", it.path, it.holds, it.is_optional, it.meaning));
        let wanted = [
            "at time false When",
            "since number false From",
            "each list of objects true Each",
            "each[].state string false How: `all_done`, `not`",
            "by object false By name",
            "by.*.state string false How: `all_done`, `not`",
        ];
        assert_eq!(lines.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_type_whose_file_is_not_read_is_named() {
        let types = Types::parse([("a.rs", "enum E { A(Missing) }".to_owned())]).unwrap();
        let error = types.members_of(types.variants("E").unwrap()[0]).unwrap_err();
        assert!(error.to_string().contains("no type Missing"), "{error}");
        let twice = Types::parse([("a.rs", "enum E { A(S) } struct S; struct S;".to_owned())]).unwrap();
        assert!(twice.members_of(twice.variants("E").unwrap()[0]).is_err());
    }
}
