//! What records of each entity say.

pub(crate) mod admins;
pub(crate) mod apps;
pub(crate) mod federation;
pub(crate) mod machines;
pub(crate) mod people;
