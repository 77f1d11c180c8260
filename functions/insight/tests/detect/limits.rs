//! Bad rules and bad events: named, and in nobody's way.

use insight::detect::{
    Context, Evaluation, FILE_LIMIT, Lists, NoInventory, Profile, RULE_LIMIT, Refused, RuleError, RuleSet, documents,
};
use jiff::Timestamp;
use serde_json::{Value, json};

const GOOD: &str = "title: good\ndetection: {s: {eventType: a.b}, condition: s}\n";

fn compiled(texts: &[&str]) -> (RuleSet, Vec<Refused>) {
    let files = texts.iter().enumerate().map(|(at, text)| (format!("{at}.yml"), documents(text).unwrap()));
    RuleSet::new(files, &Lists::default())
}

#[test]
fn a_bad_rule_is_named_and_the_others_run() {
    let bad = "title: bad\ndetection: {s: {eventType|sounds: a.b}, condition: s}\n";
    let (rules, refused) = compiled(&[bad, GOOD]);
    assert_eq!(rules.rules().len(), 1);
    let error = RuleError::UnknownModifier("sounds".to_owned());
    assert_eq!(refused, [Refused { file: "0.yml".to_owned(), rule: Some("bad".to_owned()), error }]);
    let event = json!({"eventType": "A.b"});
    let found: Vec<_> = rules.matching("A.b", &event).map(|rule| rule.title.as_str()).collect();
    assert_eq!(found, ["good"]);
    assert!(rules.names_type("a.B") && !rules.names_type("a.c"));
}

#[test]
fn correlations_rest_on_what_exists() {
    let correlation = |name: &str, on: &str| {
        format!(
            "title: t\nname: {name}\ncorrelation: {{type: event_count, rules: [{on}], timespan: 1h, condition: {{gte: 2}}}}\n"
        )
    };
    let (a, b, c, d) =
        (correlation("a", "b"), correlation("b", "a"), correlation("c", "nothing"), correlation("d", "c"));
    let (rules, refused) = compiled(&[&a, &b, &c, &d, GOOD]);
    assert_eq!(rules.rules().len(), 1);
    let errors: Vec<_> = refused.iter().map(|refused| refused.error.clone()).collect();
    assert!(errors.contains(&RuleError::Circle("a".to_owned())) && errors.contains(&RuleError::Circle("b".to_owned())));
    assert!(
        errors.contains(&RuleError::Undefined("nothing".to_owned()))
            && errors.contains(&RuleError::Undefined("c".to_owned()))
    );
    assert_eq!(compiled(&[GOOD, GOOD]).1[0].error, RuleError::Repeated("good".to_owned()));
}

#[test]
fn there_is_a_limit_to_rules_and_files() {
    let many: Vec<String> =
        (0..RULE_LIMIT + 10).map(|at| GOOD.replace("title: good", &format!("title: r{at}"))).collect();
    let texts: Vec<&str> = many.iter().map(String::as_str).collect();
    let (rules, refused) = compiled(&texts);
    assert_eq!((rules.rules().len(), refused.len()), (RULE_LIMIT, 10));
    assert!(matches!(refused[0].error, RuleError::TooManyRules { count: 1_010, limit: 1_000 }));
    assert!(matches!(documents(&"#".repeat(FILE_LIMIT + 1)), Err(RuleError::FileTooLarge { .. })));
}

#[test]
fn shapes_that_are_no_rules_are_refused() {
    for text in [
        "title: t\n",
        "detection: {s: {a: b}, condition: s}\n",
        "title: t\ndetection: {s: {a: b}}\n",
        "title: t\ndetection: {s: {a: b}, condition: s}\ncorrelation: {type: temporal, rules: [a], timespan: 1h}\n",
        "title: t\ncorrelation: {type: event_count, rules: [a], timespan: 1h}\n",
        "title: t\ncorrelation: {type: value_sum, rules: [a], timespan: 1h, condition: {gte: 1}}\n",
        "title: t\ncorrelation: {type: temporal, rules: [a], timespan: 2d}\n",
        "title: t\ndetection: {s: {a: b}, condition: s}\nokta_lake: {unknown: 1}\n",
        "title: t\nfilter: {rules: any}\n",
        "- a\n- b\n",
    ] {
        let (rules, refused) = compiled(&[text]);
        assert_eq!((rules.rules().len(), refused.len()), (0, 1), "{text}");
    }
}

#[test]
fn odd_events_are_counted_and_stop_nothing() {
    let (rules, _) = compiled(&[GOOD]);
    let mut evaluation = Evaluation::new(&rules);
    let good = json!({"uuid": "u", "published": "2026-05-04T12:00:00Z", "eventType": "a.b", "actor": {"id": "x"}});
    let large = json!({"uuid": "l", "published": "2026-05-04T12:00:00Z", "eventType": "a.b", "actor": [1, null, {"id": "y"}],
        "target": vec![json!({"type": 7, "id": vec!["z"; 10]}); 50_000]});
    let no_time = json!({"uuid": "v", "published": "yesterday", "eventType": "a.b"});
    for event in
        [&good, &large, &no_time, &json!({"eventType": "a.b"}), &json!({"eventType": null}), &Value::Null, &json!([])]
    {
        evaluation.show(event);
    }
    let profile = Profile::default();
    let complete = Timestamp::MIN..Timestamp::MAX;
    let outcome = evaluation.finish(&Context { tenant: "t", profile: &profile, inventory: &NoInventory, complete });
    assert_eq!(outcome.unreadable, 5);
    let who: Vec<_> = outcome.findings.iter().map(|finding| finding.group["actor.id"].as_str()).collect();
    assert_eq!(who.iter().filter(|id| ["x", "y"].contains(id)).count(), 2, "{who:?}");
}
