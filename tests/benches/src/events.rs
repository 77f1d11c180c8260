//! System Log events as a mid-sized org has them: 500 people in a dozen places, 30 apps, 20 groups,
//! one hour. Every event has an id, a time, a session and a request of its own.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::event_types::{EVENT_TYPES, EventType};
use crate::random::Random;

const LOG_EVENT: &str = include_str!("log_event.json");

const AGENTS: [(&str, &str); 4] = [
    ("Mac OS X", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"),
    ("Windows 10", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"),
    ("Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"),
    ("iOS", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.7204.33 Mobile/15E148 Safari/604.1"),
];

/// City, state, country, postal code, latitude, longitude, network number, network.
type Place = (&'static str, &'static str, &'static str, &'static str, f64, f64, u32, &'static str);

const PLACES: [Place; 6] = [
    ("San Francisco", "California", "United States", "94107", 37.7697, -122.3933, 7922, "comcast"),
    ("Austin", "Texas", "United States", "78701", 30.2713, -97.7426, 20_115, "charter"),
    ("Toronto", "Ontario", "Canada", "M5V", 43.6429, -79.3961, 577, "bell canada"),
    ("London", "England", "United Kingdom", "EC2A", 51.5237, -0.0822, 5607, "sky uk"),
    ("Berlin", "State of Berlin", "Germany", "10115", 52.532, 13.3849, 3320, "deutsche telekom"),
    ("Bengaluru", "Karnataka", "India", "560001", 12.9634, 77.5855, 24_560, "bharti airtel"),
];

const APPS: [&str; 6] = ["Salesforce", "Google Workspace", "Slack", "AWS IAM Identity Center", "Jira", "Workday"];

/// One person with what every event of theirs repeats.
#[derive(Debug)]
struct Person {
    id: String,
    login: String,
    name: String,
    ip: String,
    agent: (&'static str, &'static str),
    place: Place,
}

/// The event types with their templates split at the placeholders.
struct Template {
    kind: &'static EventType,
    /// Text and placeholder by turns, text first.
    parts: Vec<String>,
}

/// `count` LogEvents as Okta sends them, one a line, all in the hour from 2026-05-04T09:00:00Z.
pub fn log_events(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let people: Vec<_> = (0..500).map(|number| person(number, &mut random)).collect();
    let apps: Vec<_> = (0..30).map(|number| (random.id("0oa", 20), format!("{} {number}", APPS[number % APPS.len()]))).collect();
    let groups: Vec<_> = (0..20).map(|number| (random.id("00g", 20), format!("Team {number}"))).collect();
    let templates = templates();
    let event = |index: usize| {
        let mut values = HashMap::new();
        about_request(&mut values, &mut random, time(index, count));
        about_people(&mut values, random.one_of(&people), &people[index % people.len()]);
        about_things(&mut values, &mut random, &apps, &groups);
        fill(template(&templates, random.below(100)), &values)
    };
    (0..count).map(event).collect()
}

/// `detail` as EventBridge delivers it.
pub fn envelope(detail: &str) -> String {
    format!(
        concat!(
            r#"{{"version":"0","id":"4ab6d852-09e9-1036-fc04-2e22004b3c3f","detail-type":"SystemLog","#,
            r#""source":"aws.partner/okta.com/acme/okta-lake","account":"123456789012","time":"2026-05-04T09:00:00Z","#,
            r#""region":"us-east-1","resources":[],"detail":{}}}"#
        ),
        detail
    )
}

fn person(number: usize, random: &mut Random) -> Person {
    Person {
        id: random.id("00u", 20),
        login: format!("given{number}.family{}@acme.example.com", random.below(1_000)),
        name: format!("Given{number} Family"),
        ip: random.ip(),
        agent: *random.one_of(&AGENTS),
        place: *random.one_of(&PLACES),
    }
}

/// The times of the events are spread over the hour.
fn time(index: usize, count: usize) -> Timestamp {
    let hour = Timestamp::constant(1_777_885_200, 0);
    let milliseconds = i64::try_from(index * 3_600_000 / count.max(1)).unwrap_or_default();
    hour + SignedDuration::from_millis(milliseconds)
}

type Values = HashMap<&'static str, String>;

fn about_request(values: &mut Values, random: &mut Random, time: Timestamp) {
    values.extend([
        ("uuid", random.uuid()),
        ("published", time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
        ("session.id", random.id("102", 25)),
        ("request.id", random.id("", 27)),
        ("hash", random.hex(64)),
        ("fingerprint", random.hex(32)),
        ("trace", random.uuid()),
    ]);
}

fn about_people(values: &mut Values, user: &Person, other: &Person) {
    let (city, state, country, postal_code, lat, lon, number, network) = user.place;
    values.extend([
        ("user.id", user.id.clone()),
        ("user.login", user.login.clone()),
        ("user.name", user.name.clone()),
        ("other.id", other.id.clone()),
        ("other.login", other.login.clone()),
        ("other.name", other.name.clone()),
        ("ip", user.ip.clone()),
        ("os", user.agent.0.to_owned()),
        ("agent", user.agent.1.to_owned()),
        ("zone", if user.id.ends_with(|letter: char| letter.is_ascii_digit()) { "OfficeZone" } else { "null" }.to_owned()),
        ("place", format!(r#"{{"city":"{city}","state":"{state}","country":"{country}","postalCode":"{postal_code}","geolocation":{{"lat":{lat},"lon":{lon}}}}}"#)),
        ("network", format!(r#"{{"asNumber":{number},"asOrg":"{network}","isp":"{network}","domain":".","isProxy":false}}"#)),
    ]);
}

fn about_things(values: &mut Values, random: &mut Random, apps: &[(String, String)], groups: &[(String, String)]) {
    let (app, group) = (random.one_of(apps), random.one_of(groups));
    values.extend([
        ("app.id", app.0.clone()),
        ("app.name", app.1.clone()),
        ("app.user", random.id("0ua", 20)),
        ("group.id", group.0.clone()),
        ("group.name", group.1.clone()),
    ]);
}

fn templates() -> Vec<Template> {
    let common = compact(LOG_EVENT);
    let template = |kind: &'static EventType| {
        let legacy = if kind.legacy == "null" { "null".to_owned() } else { format!("{:?}", kind.legacy) };
        let text = common
            .replace("${message}", kind.message)
            .replace("${name}", kind.name)
            .replace("${legacy}", &legacy)
            .replace("${outcome}", kind.outcome)
            .replace("${credential}", kind.credential)
            .replace("${debug}", kind.debug)
            .replace("${target}", kind.target);
        Template { kind, parts: split(&text) }
    };
    EVENT_TYPES.iter().map(template).collect()
}

/// Okta sends no blanks between its tokens. The template has them for us.
fn compact(json: &str) -> String {
    let mut in_text = false;
    let mut is_kept = |letter: &char| {
        in_text ^= *letter == '"';
        in_text || !letter.is_ascii_whitespace()
    };
    json.chars().filter(|letter| is_kept(letter)).collect()
}

fn split(text: &str) -> Vec<String> {
    let pieces = text.split("${").enumerate().flat_map(|(index, piece)| match piece.split_once('}') {
        Some((name, rest)) if index > 0 => vec![name, rest],
        _ => vec![piece],
    });
    pieces.map(str::to_owned).collect()
}

fn template(templates: &[Template], percent: usize) -> &Template {
    let mut below = 0;
    let found = templates.iter().find(|template| {
        below += template.kind.share;
        percent < below
    });
    found.unwrap_or(&templates[0])
}

fn fill(template: &Template, values: &Values) -> String {
    let part = |(index, part): (usize, &String)| if index % 2 == 0 { part.clone() } else { values[part.as_str()].clone() };
    template.parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use normalize::LogEvent;

    use super::*;

    #[test]
    fn events_are_like_oktas() {
        let events = log_events(1_000, 7);
        let bytes: usize = events.iter().map(String::len).sum();
        assert!((1_600..1_850).contains(&(bytes / events.len())), "{} bytes an event", bytes / events.len());
        let parsed: Vec<_> = events.iter().map(|text| LogEvent::parse(text).unwrap()).collect();
        assert_eq!(parsed.iter().map(|event| &event.uuid).collect::<HashSet<_>>().len(), 1_000);
        let kinds: HashSet<_> = parsed.iter().map(|event| event.event_type.as_ref()).collect();
        assert_eq!(kinds, EVENT_TYPES.iter().map(|kind| kind.name).collect());
        assert_eq!(events, log_events(1_000, 7), "a seed stands for its events");
    }
}
