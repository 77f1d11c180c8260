//! What the lake means. Pure: rows and inventory records come in as plain data, the time as an argument; findings go out.

pub mod detect;
pub mod graph;
pub mod inventory;
pub mod posture;
