//! Checks the attributes of a class or object: which there must be, which there may be.

use serde_json::Value;

use crate::facts::{Attribute, Facts, Owner};
use crate::fault::{Fault, Rule};
use crate::{Members, value};

/// Types whose content OCSF leaves open.
const OPEN: [&str; 3] = ["json_t", "object", "unmapped"];

/// The event that is being checked: the profiles that it uses, the faults found so far.
pub(crate) struct Scope<'e, 'f> {
    pub(crate) facts: &'static Facts,
    pub(crate) profiles: Vec<&'e str>,
    pub(crate) faults: &'f mut Vec<Fault>,
}

impl Scope<'_, '_> {
    /// Checks `members`, the attributes of an `owner` at `path` (empty or with its final dot).
    pub(crate) fn members(&mut self, path: &str, members: &Members, owner: &Owner) {
        self.missing(path, members, owner);
        for (name, value) in members {
            let place = format!("{path}{name}");
            match owner.attributes.get(name.as_str()) {
                Some(attribute) => {
                    self.attribute(&place, value, attribute);
                    self.caption(path, value, attribute, members);
                }
                None => self.fault(&place, Rule::NoSuchAttribute),
            }
        }
    }

    fn missing(&mut self, path: &str, members: &Members, owner: &Owner) {
        for (name, attribute) in &owner.attributes {
            let applies = attribute.profile.is_none_or(|profile| self.profiles.contains(&profile));
            if attribute.is_required && applies && !members.contains_key(*name) {
                self.fault(&format!("{path}{name}"), Rule::Required);
            }
        }
        for (rule, names) in &owner.constraints {
            let present = names.iter().filter(|name| members.contains_key(**name)).count();
            if present < 1 || (*rule == "just_one" && present > 1) {
                self.fault(path, Rule::Constraint(rule));
            }
        }
    }

    fn attribute(&mut self, path: &str, value: &Value, attribute: &Attribute) {
        if let Some(profile) = attribute.profile.filter(|profile| !self.profiles.contains(profile)) {
            self.fault(path, Rule::NeedsProfile(profile));
        }
        if attribute.is_deprecated {
            self.fault(path, Rule::Deprecated);
        }
        match (attribute.is_array, value.as_array()) {
            (false, _) => self.value(path, value, attribute),
            (true, Some(values)) if !values.is_empty() => {
                for value in values {
                    self.value(&format!("{path}[]"), value, attribute);
                }
            }
            (true, _) => self.fault(path, Rule::NotArray),
        }
    }

    /// Checks the caption that stands beside `value`; a value of one's own (99) has a caption of one's own.
    fn caption(&mut self, path: &str, value: &Value, attribute: &Attribute, members: &Members) {
        let (Some(captions), Some(sibling)) = (attribute.captions, attribute.sibling) else { return };
        let Some(given) = members.get(sibling) else { return };
        let value = value::as_key(value);
        let caption = captions.get(value.as_str()).filter(|_| value != "99");
        if let Some(caption) = caption.filter(|caption| given.as_str() != Some(**caption)) {
            self.fault(&format!("{path}{sibling}"), Rule::Caption(caption));
        }
    }

    fn value(&mut self, path: &str, value: &Value, attribute: &Attribute) {
        if value.is_null() || value.as_str() == Some("") || value.as_object().is_some_and(Members::is_empty) {
            return self.fault(path, Rule::Empty);
        }
        if OPEN.contains(&attribute.kind) {
            return;
        }
        if let Some(scalar) = self.facts.scalar(attribute.kind) {
            let rule = value::check(value, attribute, scalar);
            return self.faults.extend(rule.map(|rule| Fault::new(path, rule)));
        }
        match (self.facts.object(attribute.kind), value.as_object()) {
            (Some(object), Some(members)) => self.members(&format!("{path}."), members, object),
            (Some(_), None) => self.fault(path, Rule::Type(attribute.kind)),
            (None, _) => self.fault(path, Rule::UndescribedObject(attribute.kind)),
        }
    }

    fn fault(&mut self, path: &str, rule: Rule) {
        self.faults.push(Fault::new(path, rule));
    }
}
