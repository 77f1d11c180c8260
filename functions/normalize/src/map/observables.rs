//! The values that analysts pivot on, gathered in one list.

use super::non_empty;
use crate::ocsf::{Event, NetworkEndpoint, Observable, Text, User};

/// Kinds of observables that Okta events have (OCSF observable `type_id`).
type Kind = (i32, &'static str);
const IP: Kind = (2, "IP Address");
const USER_NAME: Kind = (4, "User Name");
const EMAIL: Kind = (5, "Email Address");
const RESOURCE_UID: Kind = (10, "Resource UID");
const USER_AGENT: Kind = (16, "HTTP User-Agent");
const USER_UID: Kind = (31, "User Object: uid");
const GROUP_UID: Kind = (33, "Group Object: uid");
const DEVICE_UID: Kind = (47, "Device Object: uid");

/// Lists the event's users, addresses, user agent, device, group and resources.
pub(super) fn place(event: &mut Event<'_>) {
    let mut list = List(Vec::with_capacity(8));
    let evidence = event.evidences.iter().flatten().next();
    list.user("actor.user", event.actor.as_ref().and_then(|actor| actor.user.as_ref()));
    list.user("user", event.user.as_ref());
    list.user("evidences[0].user", evidence.and_then(|evidence| evidence.user.as_ref()));
    list.endpoint("src_endpoint", event.src_endpoint.as_ref());
    list.endpoint("evidences[0].src_endpoint", evidence.and_then(|evidence| evidence.src_endpoint.as_ref()));
    list.add("http_request.user_agent", USER_AGENT, event.http_request.as_ref().and_then(|it| it.user_agent.as_ref()));
    list.add("device.uid", DEVICE_UID, event.device.as_ref().and_then(|device| device.uid.as_ref()));
    list.add("device.ip", IP, event.device.as_ref().and_then(|device| device.ip.as_ref()));
    list.add("group.uid", GROUP_UID, event.group.as_ref().and_then(|group| group.uid.as_ref()));
    list.add("entity.uid", RESOURCE_UID, event.entity.as_ref().and_then(|entity| entity.uid.as_ref()));
    for resource in event.resources.iter().flatten() {
        list.add("resources[].uid", RESOURCE_UID, resource.uid.as_ref());
    }
    event.observables = non_empty(list.0);
}

struct List<'a>(Vec<Observable<'a>>);

impl<'a> List<'a> {
    fn add(&mut self, name: &'static str, kind: Kind, value: Option<&Text<'a>>) {
        let Some(value) = value else { return };
        self.0.push(Observable {
            name: name.into(),
            type_id: kind.0,
            kind: kind.1.into(),
            value: Some(value.clone()),
        });
    }

    fn user(&mut self, path: &'static str, user: Option<&User<'a>>) {
        let Some(user) = user else { return };
        let (uid, name, email) = match path {
            "actor.user" => ("actor.user.uid", "actor.user.name", "actor.user.email_addr"),
            "user" => ("user.uid", "user.name", "user.email_addr"),
            _ => ("evidences[0].user.uid", "evidences[0].user.name", "evidences[0].user.email_addr"),
        };
        self.add(uid, USER_UID, user.uid.as_ref());
        self.add(name, USER_NAME, user.name.as_ref());
        self.add(email, EMAIL, user.email_addr.as_ref());
    }

    fn endpoint(&mut self, path: &'static str, endpoint: Option<&NetworkEndpoint<'a>>) {
        let name = if path == "src_endpoint" { "src_endpoint.ip" } else { "evidences[0].src_endpoint.ip" };
        self.add(name, IP, endpoint.and_then(|endpoint| endpoint.ip.as_ref()));
    }
}
