//! Everything that exists in an Okta org and that a read scope reaches: a row for each entity, in sections. Paths, scopes
//! and envelopes are those of Okta's management and governance `OpenAPI` documents (2026.06), corrected by what real orgs
//! answered. To collect one more thing, add a row and write the reference anew.

mod admins;
mod apps;
mod devices;
mod federation;
mod fields;
mod governance;
mod groups;
mod machines;
mod org;
mod outbound;
mod policies;
mod scopes;
mod users;

use crate::inventory::entity::Entity;

/// Entities that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    /// What people call them.
    pub(crate) name: &'static str,
    /// The entities; a parent stands before its children.
    pub(crate) entities: &'static [Entity],
}

/// Every section; what others depend on stands before them.
pub(crate) const SECTIONS: &[Section] = &[
    Section { name: "Users", entities: users::ENTITIES },
    Section { name: "Groups", entities: groups::ENTITIES },
    Section { name: "Applications", entities: apps::ENTITIES },
    Section { name: "Admins", entities: admins::ENTITIES },
    Section { name: "Identities that are not people", entities: machines::ENTITIES },
    Section { name: "Policies and what they look at", entities: policies::ENTITIES },
    Section { name: "Federation", entities: federation::ENTITIES },
    Section { name: "Devices", entities: devices::ENTITIES },
    Section { name: "The org", entities: org::ENTITIES },
    Section { name: "Where events go", entities: outbound::ENTITIES },
    Section { name: "Governance", entities: governance::ENTITIES },
];

/// Returns every entity, a parent before its children.
pub(crate) fn entities() -> impl Iterator<Item = &'static Entity> {
    SECTIONS.iter().flat_map(|section| section.entities)
}

/// Returns the entity of this name.
pub(crate) fn find(name: &str) -> Option<&'static Entity> {
    entities().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::command::Mode;
    use crate::inventory::entity::Partitioning;

    #[test]
    fn every_row_can_be_used() {
        let mut known = BTreeSet::new();
        for entity in entities() {
            let places = entity.path.matches("{}").count();
            match entity.partitioning {
                Partitioning::Once => assert_eq!(places, 0, "{}", entity.name),
                Partitioning::Values { values, optional, identity_engine, .. } => {
                    let in_query = entity.query.iter().filter(|(_, value)| *value == "{}").count();
                    assert_eq!((places + in_query, values.is_empty()), (1, false), "{}", entity.name);
                    let special = optional.iter().chain(identity_engine);
                    assert!(special.into_iter().all(|value| values.contains(value)), "{}", entity.name);
                }
                Partitioning::Each { of, .. } => {
                    assert!(known.contains(of) && places > 0, "{} is read for each {of}", entity.name);
                }
            }
            let needs_before = entity.needs(Mode::Incremental).all(|needed| known.contains(needed));
            assert!(needs_before, "move {} behind what it depends on", entity.name);
            assert_eq!(entity.scope.rsplit('.').next(), Some("read"), "{} is only read", entity.name);
            assert!(!entity.key.is_empty(), "{} has no key", entity.name);
            assert!(known.insert(entity.name), "{} is in the table twice", entity.name);
        }
    }
}
