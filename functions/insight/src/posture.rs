//! What is wrong with the settings of an org: a table of checks over the inventory, each a row and a function. A check says
//! `pass` only of what was read to its end. Pure.

pub mod check;
pub mod configuration;
pub mod left_out;
pub mod log;
pub mod profile;
pub mod report;
pub mod run;
pub mod settings;
pub mod table;

mod access_rule;
mod admins;
mod case;
mod checks;
mod factors;
mod fields;
mod org;
mod outcome;
mod policy_rule;
mod span;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod mutations;
