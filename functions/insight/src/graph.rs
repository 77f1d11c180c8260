//! Who can reach what in an org, why and since when, and who can become super admin: the inventory as a graph, as of an instant.

pub mod access;
pub mod builder;
pub mod change;
pub mod choke;
mod derive;
pub mod edge;
pub mod facts;
mod given;
mod json;
pub mod machine;
pub mod model;
pub mod node;
mod nodes;
pub mod open_graph;
mod orn;
pub mod path;
mod powers;
pub mod reach;
mod read;
mod recording;
pub mod reference;
pub mod role;
mod scopes;
pub mod sign_on;
pub mod sources;
