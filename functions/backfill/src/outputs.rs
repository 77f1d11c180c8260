//! Where sealed hours are written besides the lake.

pub mod security_lake;
