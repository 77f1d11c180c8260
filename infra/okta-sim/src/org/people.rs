//! The people of the org: who they are, where they sit, what they work on.

use crate::id;
use crate::org::agents::{Agent, COMPUTERS, PHONES};
use crate::org::names::{DEPARTMENTS, full_name};
use crate::org::places::{Network, PLACES, Place};
use crate::org::posture::Posture;
use crate::org::status::Status;
use crate::random::{Random, mix};

/// A user of the org.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) index: usize,
    pub(crate) key: u64,
    pub(crate) id: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) name: String,
    pub(crate) login: String,
    pub(crate) department: usize,
    pub(crate) place: &'static Place,
    pub(crate) network: &'static Network,
    pub(crate) computer: &'static Agent,
    pub(crate) phone: &'static Agent,
    pub(crate) factor: Factor,
    pub(crate) created_days_before: u64,
    /// When they were hired, if that was while the log ran.
    pub(crate) joined_ms: i64,
    /// When they left, if they ever do.
    pub(crate) left_ms: i64,
    /// The status when the log begins, or when they join.
    pub(crate) status: Status,
    /// Whether they ever sign in while the log runs.
    acts: bool,
    /// Positions of their apps that people sign in to, the busiest first.
    pub(crate) apps: Vec<u16>,
}

/// What somebody proves themselves with besides the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Factor {
    Email,
    /// Okta Verify, unlocked on the device: no password.
    FastPass,
    OktaVerifyPush,
    /// A security question, which nobody has alone.
    Question,
    Sms,
    Totp,
    WebAuthn,
}

impl Factor {
    /// What `debugData.factor` says.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Email => "EMAIL_FACTOR",
            Self::FastPass => "SIGNED_NONCE",
            Self::OktaVerifyPush => "OKTA_VERIFY_PUSH",
            Self::Question => "OKTA_SECURITY_QUESTION",
            Self::Sms => "SMS_FACTOR",
            Self::Totp => "GOOGLE_TOKEN_SOFTWARE_TOTP",
            Self::WebAuthn => "FIDO_WEBAUTHN",
        }
    }

    /// What people call the authenticator.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::FastPass | Self::OktaVerifyPush => "Okta Verify",
            Self::Question => "Security Question",
            Self::Sms => "Phone",
            Self::Totp => "Google Authenticator",
            Self::WebAuthn => "Security Key or Biometric",
        }
    }

    /// What `methodTypeUsed` says.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::FastPass => "Use Okta FastPass",
            Self::OktaVerifyPush => "Get a push notification",
            Self::Question => "Security Question",
            Self::Sms => "SMS",
            Self::Totp => "Enter a code",
            Self::WebAuthn => "Security Key or Biometric Authenticator",
        }
    }

    /// `factorType` and `provider` of the API.
    pub(crate) const fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Email => ("email", "OKTA"),
            Self::FastPass => ("signed_nonce", "OKTA"),
            Self::OktaVerifyPush => ("push", "OKTA"),
            Self::Question => ("question", "OKTA"),
            Self::Sms => ("sms", "OKTA"),
            Self::Totp => ("token:software:totp", "GOOGLE"),
            Self::WebAuthn => ("webauthn", "FIDO"),
        }
    }

    /// `key` and `type` of the authenticator.
    pub(crate) const fn authenticator(self) -> (&'static str, &'static str) {
        match self {
            Self::Email => ("okta_email", "email"),
            Self::FastPass | Self::OktaVerifyPush => ("okta_verify", "app"),
            Self::Question => ("security_question", "security_question"),
            Self::Sms => ("phone_number", "phone"),
            Self::Totp => ("google_otp", "app"),
            Self::WebAuthn => ("webauthn", "security_key"),
        }
    }

    /// The id of the enrolment of somebody with this key.
    pub(crate) fn enrollment_id(self, key: u64) -> String {
        let prefix = match self {
            Self::Email => "emf",
            Self::FastPass => "pfd",
            Self::OktaVerifyPush => "opf",
            Self::Question => "ufs",
            Self::Sms => "sms",
            Self::Totp => "uft",
            Self::WebAuthn => "fwf",
        };
        id::object(prefix, mix(key, 0xf))
    }

    fn of(random: &mut Random) -> Self {
        match random.below(100) {
            0..45 => Self::OktaVerifyPush,
            45..67 => Self::FastPass,
            67..79 => Self::WebAuthn,
            79..88 => Self::Totp,
            88..96 => Self::Sms,
            _ => Self::Email,
        }
    }
}

/// The first people are active, whatever the draw says: admins are among them.
const FIRST_ACTIVE: usize = 60;

impl Person {
    /// The person with this number. `domain` is that of the logins.
    pub(crate) fn new(seed: u64, index: usize, domain: &str, posture: Posture) -> Self {
        let key = mix(mix(seed, 0x0), index as u64);
        let mut random = Random::new(key);
        let (first_name, last_name) = full_name(index, (seed % 1_009) as usize);
        let place = place(&mut random);
        // The admins among them must be there.
        let status = if index < FIRST_ACTIVE { Status::Active } else { Status::at_start(key) };
        let is_stale = index >= FIRST_ACTIVE && mix(key, 0x51) % 1_000 < posture.pick(5, 30, 100);
        Self {
            index,
            key,
            id: id::object("00u", key),
            first_name,
            last_name,
            name: format!("{first_name} {last_name}"),
            login: login(first_name, last_name, index, domain),
            department: department(&mut random),
            place,
            network: random.pick(&place.networks),
            // The smaller of two draws: the first of the list are the common ones.
            computer: &COMPUTERS[random.index(COMPUTERS.len()).min(random.index(COMPUTERS.len()))],
            phone: random.pick(PHONES),
            factor: Factor::of(&mut random),
            created_days_before: 95 + random.below(1_800),
            joined_ms: i64::MIN,
            left_ms: i64::MAX,
            status,
            acts: status.can_act() && !is_stale,
            apps: Vec::new(),
        }
    }

    /// Whether they work here at that time. A new account is used from the next hour on.
    pub(crate) const fn is_here(&self, at_ms: i64) -> bool {
        self.acts && self.joined_ms.saturating_add(3_600_000) <= at_ms && at_ms < self.left_ms
    }

    /// Whether they have an account that nobody uses.
    pub(crate) const fn is_stale(&self) -> bool {
        !self.acts
    }

    /// Somebody who has just been hired is active, and works.
    pub(crate) const fn join(&mut self, at_ms: i64) {
        self.joined_ms = at_ms;
        self.status = Status::Active;
        self.acts = true;
    }

    pub(crate) fn department_name(&self) -> &'static str {
        DEPARTMENTS[self.department].0
    }

    pub(crate) fn title(&self) -> &'static str {
        DEPARTMENTS[self.department].1
    }

    /// The computer's name, as device management knows it.
    pub(crate) fn computer_name(&self) -> String {
        format!("{}'s {}", self.first_name, self.computer.model)
    }

    /// Whether the computer is registered with Okta Verify: `FastPass` cannot do without.
    pub(crate) fn has_registered_computer(&self) -> bool {
        self.factor == Factor::FastPass || self.key.is_multiple_of(3)
    }

    /// The id of the registered computer.
    pub(crate) fn computer_id(&self) -> String {
        id::object("guo", mix(self.key, 0xd))
    }

    /// The id of the enrolment of [`Person::factor`].
    pub(crate) fn factor_id(&self) -> String {
        self.factor.enrollment_id(self.key)
    }

    /// The address at home; one in ten has version 6. `198.18.0.0/15` and `2001:db8::/32` are nobody's.
    pub(crate) fn home_ip(&self) -> String {
        let hash = mix(self.key, 0x1);
        if hash.is_multiple_of(10) {
            return format!("2001:db8:{:x}:{:x}::{:x}", hash >> 48, hash >> 32 & 0xffff, hash >> 16 & 0xffff);
        }
        format!("198.{}.{}.{}", 18 + (hash >> 40 & 1), hash >> 32 & 0xff, 1 + (hash >> 24) % 254)
    }

    /// The address of the office of their city.
    pub(crate) fn office_ip(&self) -> String {
        let place = PLACES.iter().position(|place| std::ptr::eq(place, self.place)).unwrap_or_default();
        format!("198.51.100.{}", 10 + place * 4 + self.index % 2)
    }
}

fn place(random: &mut Random) -> &'static Place {
    let draw = random.below(100);
    by_share(PLACES, |place| place.share, draw)
}

fn department(random: &mut Random) -> usize {
    let mut draw = random.below(100);
    for (index, department) in DEPARTMENTS.iter().enumerate() {
        match draw.checked_sub(department.2) {
            Some(rest) => draw = rest,
            None => return index,
        }
    }
    0
}

/// The row that the `draw`th of a hundred falls to.
fn by_share<T>(rows: &[T], share: impl Fn(&T) -> u64, mut draw: u64) -> &T {
    for row in rows {
        match draw.checked_sub(share(row)) {
            Some(rest) => draw = rest,
            None => return row,
        }
    }
    &rows[0]
}

fn login(first_name: &str, last_name: &str, index: usize, domain: &str) -> String {
    let number = match index / (crate::org::names::FIRST_NAMES.len() * crate::org::names::LAST_NAMES.len()) {
        0 => String::new(),
        repeat => (repeat + 1).to_string(),
    };
    format!("{}.{}{number}@{domain}", first_name.to_lowercase(), last_name.to_lowercase())
}
