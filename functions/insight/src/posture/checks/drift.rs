//! What changed since somebody approved it, and what could not be seen.

use crate::inventory::{Known, Unread};
use crate::posture::case::{Case, missing};
use crate::posture::check::{Check, Domain, Logic, Severity};
use crate::posture::log::{Fact, Seen};
use crate::posture::outcome::{About, Answer, Outcome, Verdict, fail_if, unknown};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "drift-config",
        title: "Configuration changed since the baseline",
        question: "Which setting differs from the approved snapshot?",
        severity: Severity::Medium,
        domain: Domain::Drift,
        standards: &["NIST 800-53 CM-3", "NIST 800-53 CM-6", "SOC2 CC8.1"],
        reads: &[],
        facts: &[Fact::DiffersFromBaseline],
        remedy: "Change it back, or approve the new snapshot",
        ..Check::with(Logic::Some(baseline))
    },
    Check {
        id: "drift-unexplained",
        title: "Change without an event",
        question: "Which change has no System Log event?",
        severity: Severity::High,
        domain: Domain::Drift,
        standards: &["NIST 800-53 AU-6", "NIST 800-53 CM-3", "ATT&CK T1562"],
        reads: &[],
        facts: &[Fact::UnexplainedChange],
        remedy: "Ask Okta Support",
        ..Check::with(Logic::Some(unexplained))
    },
    Check {
        id: "drift-weakened",
        title: "A check that passed fails now",
        question: "Which check passed before and fails now?",
        severity: Severity::High,
        domain: Domain::Drift,
        standards: &["NIST 800-53 CA-7", "ATT&CK T1556.006", "ATT&CK T1562"],
        reads: &[],
        facts: &[Fact::Weakened],
        remedy: "What the check itself says",
        ..Check::with(Logic::Some(weakened))
    },
    Check {
        id: "posture-coverage",
        title: "What could not be checked",
        question: "What of the org could not be read, for lack of which scope, role or licence?",
        severity: Severity::High,
        domain: Domain::Drift,
        standards: &["NIST 800-53 CA-7"],
        reads: &[],
        remedy: "Grant the scope and the role that docs/inventory.md names",
        ..Check::with(Logic::Some(coverage))
    },
];

/// A failure for each thing that a fact names; unknown if nobody gathered it.
fn named<'a>(case: &Case<'a>, fact: Fact, kind: &'static str, words: fn(&Seen) -> String) -> Vec<Verdict<'a>> {
    let Some(found) = case.log().facts.get(&fact) else {
        let answer = Err(unknown(format!("needs the history of the inventory: {}", fact.words())));
        return vec![Verdict { about: About::Org, answer }];
    };
    if found.is_empty() {
        return vec![Verdict { about: About::Org, answer: Ok(Outcome::Pass) }];
    }
    let verdict = |(thing, seen): (&String, &Seen)| {
        let answer: Answer = fail_if(true, || words(seen));
        Verdict { about: About::Named(kind, thing.clone()), answer }
    };
    found.iter().map(verdict).collect()
}

fn baseline<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    named(case, Fact::DiffersFromBaseline, "record", |seen| {
        format!("differs from the approved snapshot since {}", seen.last)
    })
}

fn unexplained<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    named(case, Fact::UnexplainedChange, "record", |seen| {
        format!("changed before {}, and no event says by whom", seen.last)
    })
}

fn weakened<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    named(case, Fact::Weakened, "check", |seen| format!("fails since {}", seen.last))
}

fn coverage<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let entities = case.org().inventory.entities.iter();
    let collected = entities.filter(|(_, entity)| entity.known != Known::NotCollected);
    let is_offered = |known: &Known| !matches!(known, Known::Unread { why: Unread::NotOffered, .. });
    let judged = collected.filter(|(_, entity)| is_offered(&entity.known)).map(|(name, entity)| {
        let words = missing(name, &entity.known);
        let answer = fail_if(words.is_some(), || words.unwrap_or_default());
        Verdict { about: About::Named("entity", name.clone()), answer }
    });
    let judged: Vec<Verdict<'a>> = judged.collect();
    if judged.is_empty() {
        return vec![Verdict { about: About::Org, answer: Err(unknown("nothing of the org was collected")) }];
    }
    judged
}
