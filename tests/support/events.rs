//! LogEvents as Okta writes them, to be bent by tests.

/// A LogEvent's JSON text, member by member, so that a test can write what no serializer would.
#[derive(Clone)]
pub(crate) struct LogEvent {
    members: Vec<(String, String)>,
}

impl LogEvent {
    /// A sign-in.
    pub(crate) fn sign_in(uuid: &str) -> Self {
        let members = [
            ("uuid", format!("\"{uuid}\"")),
            ("published", "\"2026-05-04T10:15:30.123Z\"".to_owned()),
            ("eventType", "\"user.session.start\"".to_owned()),
            ("version", "\"0\"".to_owned()),
            ("severity", "\"INFO\"".to_owned()),
            ("displayMessage", "\"User login to Okta\"".to_owned()),
            (
                "actor",
                r#"{"id":"00u1","type":"User","alternateId":"ada@example.com","displayName":"Ada Lovelace","detailEntry":null}"#
                    .to_owned(),
            ),
            ("client", r#"{"ipAddress":"198.51.100.7","zone":"null","device":"Computer"}"#.to_owned()),
            ("outcome", r#"{"result":"SUCCESS","reason":null}"#.to_owned()),
            ("target", "null".to_owned()),
        ];
        Self { members: members.map(|(name, json)| (name.to_owned(), json)).to_vec() }
    }

    /// Sets a member to raw JSON.
    pub(crate) fn with(mut self, name: &str, json: &str) -> Self {
        self.members.retain(|(known, _)| known != name);
        self.members.push((name.to_owned(), json.to_owned()));
        self
    }

    /// Removes a member.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.members.retain(|(known, _)| known != name);
        self
    }

    /// The event's JSON text.
    pub(crate) fn json(&self) -> String {
        let members: Vec<_> = self.members.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
        format!("{{{}}}", members.join(","))
    }

    /// As EventBridge delivers it from the org `acme`.
    pub(crate) fn message(&self) -> String {
        envelope("aws.partner/okta.com/acme/stream", &self.json())
    }
}

/// A partner event with any source and any detail.
pub(crate) fn envelope(source: &str, detail: &str) -> String {
    format!(
        r#"{{"version":"0","id":"7f0e","detail-type":"SystemLog","source":"{source}","account":"123456789012","time":"2026-05-04T10:15:30Z","region":"eu-central-1","resources":[],"detail":{detail}}}"#
    )
}
