//! LogEvents as somebody may send them: the members that Okta documents, each there or not, of its
//! type or not, with words that mean something to the mapping or nothing at all.

use proptest::prelude::*;
use proptest::sample::select;

use crate::shapes::{MEMBERS, Shape, WORDS};
use crate::tree::{SURROGATE, Tree};

const TIMES: &[&str] =
    &["2026-05-04T10:59:59.123Z", "2009-01-01T00:00:00Z", "2099-12-31T23:59:59.999+01:00", "2026-05-04T10:59:59.1Z"];

/// Any LogEvent with the three members that an event needs.
pub(crate) fn any_event() -> impl Strategy<Value = Tree> {
    let members: Vec<_> = MEMBERS.iter().map(|(name, shape)| member(name, shape)).collect();
    let strays = prop::collection::vec((stray_name(), any_tree()), 0..4);
    (needed(), members, strays).prop_map(|(needed, members, strays)| {
        // A stray may repeat the name of a member: JSON allows that.
        Tree::Object(needed.into_iter().chain(members.into_iter().flatten()).chain(strays).collect())
    })
}

/// Any JSON value.
pub(crate) fn any_tree() -> impl Strategy<Value = Tree> {
    let tree = scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Array),
            prop::collection::vec((stray_name(), inner), 0..4).prop_map(Tree::Object),
        ]
    });
    let nested = (tree.clone(), 20..400_usize)
        .prop_map(|(tree, levels)| (0..levels).fold(tree, |inner, _| Tree::Array(vec![inner])));
    prop_oneof![20 => tree, 1 => nested]
}

/// A fixture with some bytes replaced.
pub(crate) fn damaged_event() -> impl Strategy<Value = String> {
    let fixtures: Vec<_> = crate::fixtures::all().into_iter().map(|(_, event)| event).collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    (select(fixtures), changes).prop_map(|(event, changes)| {
        let mut bytes = event.into_bytes();
        for (index, byte) in changes {
            let position = index.index(bytes.len());
            bytes[position] = byte;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

type Members = Vec<(String, Tree)>;

fn needed() -> impl Strategy<Value = Members> {
    let uuid = prop_oneof![8 => "[0-9a-f]{12}", 1 => Just("null".to_owned()), 1 => Just("\0".to_owned())];
    (uuid, select(TIMES), event_type()).prop_map(|(uuid, published, event_type)| {
        let members = [("uuid", uuid), ("published", published.to_owned()), ("eventType", event_type)];
        members.into_iter().map(|(name, text)| (name.to_owned(), Tree::Text(text))).collect()
    })
}

fn event_type() -> impl Strategy<Value = String> {
    let known: Vec<_> = normalize::event_type::rows().map(|row| row.unwrap().event_type.to_owned()).collect();
    prop_oneof![12 => select(known), 1 => "[a-z]{1,9}(\\.[a-z_]{1,9}){0,4}", 1 => Just("null".to_owned())]
}

fn member(name: &'static str, shape: &'static Shape) -> BoxedStrategy<Option<(String, Tree)>> {
    let present = value(shape).prop_map(move |tree| Some((name.to_owned(), tree)));
    prop_oneof![3 => present, 1 => Just(None)].boxed()
}

/// A value of that shape, mostly.
fn value(shape: &'static Shape) -> BoxedStrategy<Tree> {
    let shaped = match shape {
        Shape::Scalar => scalar().boxed(),
        Shape::Word(words) => select(*words).prop_map(Tree::text).boxed(),
        Shape::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, shape)| member(name, shape)).collect();
            members.prop_map(|members| Tree::Object(members.into_iter().flatten().collect())).boxed()
        }
        Shape::Array(item) => prop::collection::vec(value(item), 0..5).prop_map(Tree::Array).boxed(),
    };
    prop_oneof![16 => shaped, 1 => Just(Tree::Null), 1 => scalar(), 1 => any_tree()].boxed()
}

fn scalar() -> impl Strategy<Value = Tree> + Clone {
    prop_oneof![
        8 => text().prop_map(Tree::Text),
        1 => Just(Tree::Null),
        1 => any::<bool>().prop_map(Tree::Bool),
        1 => any::<i64>().prop_map(Tree::Integer),
        1 => (-200_i64..200).prop_map(Tree::Integer),
        1 => (-200.0..200.0_f64).prop_map(Tree::Float),
        1 => prop::num::f64::NORMAL.prop_map(Tree::Float),
    ]
}

fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        8 => "[a-z0-9]{6,12}",
        8 => select(WORDS).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => "\\PC{0,12}".prop_map(|text| format!("{SURROGATE}{text}{SURROGATE}\"\\")),
        1 => Just("x".repeat(30_000)),
    ]
}

fn stray_name() -> impl Strategy<Value = String> + Clone {
    let known: Vec<_> = MEMBERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    prop_oneof![2 => select(known), 1 => "[a-c.#]{0,3}", 1 => any::<String>(), 1 => Just("uuid".to_owned())]
}
