//! "There is no path" is only said where everything was read that could have one.

use insight::graph::path::Answer;
use insight::graph::sources::SOURCES;
use insight::inventory::{Known, Unread};

use crate::org::{Org, to_super_admin};

#[test]
fn no_path_is_never_said_of_what_was_not_read() {
    assert_eq!(to_super_admin(&Org::sound().graph(), "ada"), Answer::NoPath);
    let denied = Known::Unread { why: Unread::Denied, reason: "okta.roles.read".to_owned() };
    let partial = Known::Partial { reasons: vec!["one parent was refused".to_owned()], parents_unread: 1 };
    for source in SOURCES {
        for known in [&denied, &partial, &Known::NotCollected] {
            let mut org = Org::sound();
            org.unread.insert(source.entity, known.clone());
            match to_super_admin(&org.graph(), "ada") {
                Answer::Unknown(gaps) => {
                    assert_eq!(gaps.iter().map(|gap| gap.entity).collect::<Vec<_>>(), [source.entity]);
                    assert!(!gaps[0].why.is_empty());
                }
                Answer::NoPath => assert!(!source.is_for_paths, "{} was not read", source.entity),
                Answer::Path(_) => panic!("{}: nothing was added", source.entity),
            }
        }
    }
}

#[test]
fn what_the_org_does_not_have_is_known() {
    let mut org = Org::sound();
    org.unread.insert("ai_agent", Known::Unread { why: Unread::NotOffered, reason: String::new() });
    assert_eq!(to_super_admin(&org.graph(), "ada"), Answer::NoPath);
}

#[test]
fn a_way_is_told_even_where_something_is_missing() {
    let mut org = Org::sound();
    org.member("admins", "ada");
    org.unread.insert("user_schema", Known::NotCollected);
    assert!(matches!(to_super_admin(&org.graph(), "ada"), Answer::Path(_)));
}

#[test]
fn what_unread_grants_would_decide_is_assumed_and_said_to_be() {
    let mut org = Org::sound();
    org.unread.insert("app_grant", Known::NotCollected);
    org.role("user_role", "ada", "APP_ADMIN");
    let graph = org.graph();
    let Answer::Path(path) = to_super_admin(&graph, "ada") else { panic!() };
    // `robot` has a grant that was read, `reader` would be assumed.
    assert!(graph.is_proven(&path));
    let reader = crate::org::answer(
        &graph,
        (insight::graph::node::NodeKind::App, "reader"),
        (insight::graph::node::NodeKind::Org, "org"),
    );
    let Answer::Path(path) = reader else { panic!() };
    assert!(!graph.is_proven(&path));
}
