//! The checks, a file for each thing that they are about: rows first, then what each one does.

use crate::posture::check::Check;

mod admin_paths;
mod admin_settings;
mod admins;
mod agents;
mod app_sign_in;
mod apps;
mod authenticators;
mod authorization_servers;
mod clients;
mod devices;
mod drift;
mod federation;
mod governance;
mod groups;
mod hooks;
mod hosts;
mod logging;
mod network;
mod org_settings;
mod passwords;
mod people;
mod people_factors;
mod people_profiles;
mod sessions;
mod sign_in_pages;
mod sign_in_policies;
mod tokens;

/// The rows of every file.
pub(super) const FILES: &[&[Check]] = &[
    sessions::CHECKS,
    app_sign_in::CHECKS,
    sign_in_policies::CHECKS,
    authenticators::CHECKS,
    sign_in_pages::CHECKS,
    passwords::CHECKS,
    people::CHECKS,
    people_factors::CHECKS,
    people_profiles::CHECKS,
    admins::CHECKS,
    admin_paths::CHECKS,
    admin_settings::CHECKS,
    tokens::CHECKS,
    clients::CHECKS,
    apps::CHECKS,
    federation::CHECKS,
    authorization_servers::CHECKS,
    network::CHECKS,
    hooks::CHECKS,
    devices::CHECKS,
    groups::CHECKS,
    logging::CHECKS,
    org_settings::CHECKS,
    agents::CHECKS,
    governance::CHECKS,
    drift::CHECKS,
];
