//! Where people sit, and whose networks they come from.

/// A city with the networks that its people use.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) city: &'static str,
    pub(crate) state: &'static str,
    pub(crate) country: &'static str,
    pub(crate) country_code: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    /// Hours ahead of UTC. Summer time is left out.
    pub(crate) utc_offset: i64,
    /// How many of a hundred people sit here.
    pub(crate) share: u64,
    pub(crate) networks: [Network; 2],
}

/// An internet provider as `securityContext` shows it.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) as_number: u32,
    pub(crate) as_org: &'static str,
    pub(crate) isp: &'static str,
    pub(crate) domain: &'static str,
}

const fn network(as_number: u32, as_org: &'static str, isp: &'static str, domain: &'static str) -> Network {
    Network { as_number, as_org, isp, domain }
}

/// Where the org's people are.
#[rustfmt::skip]
pub(crate) const PLACES: &[Place] = &[
    Place { city: "Austin", state: "Texas", country: "United States", country_code: "US", postal_code: "78701", lat: 30.2713, lon: -97.7426, utc_offset: -6, share: 22,
        networks: [network(11427, "charter communications inc", "charter communications", "spectrum.com"), network(7018, "at&t services inc.", "at&t", "att.com")] },
    Place { city: "Bengaluru", state: "Karnataka", country: "India", country_code: "IN", postal_code: "560001", lat: 12.9634, lon: 77.5855, utc_offset: 5, share: 14,
        networks: [network(24560, "bharti airtel ltd.", "bharti airtel", "airtel.com"), network(55836, "reliance jio infocomm limited", "reliance jio", "jio.com")] },
    Place { city: "Berlin", state: "State of Berlin", country: "Germany", country_code: "DE", postal_code: "10115", lat: 52.532, lon: 13.3849, utc_offset: 1, share: 12,
        networks: [network(3320, "deutsche telekom ag", "deutsche telekom", "t-ipconnect.de"), network(31334, "vodafone deutschland gmbh", "vodafone", "vodafone-ip.de")] },
    Place { city: "London", state: "England", country: "United Kingdom", country_code: "GB", postal_code: "EC2A", lat: 51.5237, lon: -0.0822, utc_offset: 0, share: 16,
        networks: [network(5607, "sky uk limited", "sky uk limited", "sky.com"), network(2856, "british telecommunications plc", "bt", "btcentralplus.com")] },
    Place { city: "San Francisco", state: "California", country: "United States", country_code: "US", postal_code: "94107", lat: 37.7697, lon: -122.3933, utc_offset: -8, share: 20,
        networks: [network(7922, "comcast cable communications llc", "comcast", "comcast.net"), network(16591, "google fiber inc.", "google fiber", "googlefiber.net")] },
    Place { city: "Sydney", state: "New South Wales", country: "Australia", country_code: "AU", postal_code: "2000", lat: -33.8715, lon: 151.2006, utc_offset: 10, share: 5,
        networks: [network(1221, "telstra limited", "telstra", "telstra.net"), network(4804, "singtel optus pty ltd", "optus", "optusnet.com.au")] },
    Place { city: "São Paulo", state: "São Paulo", country: "Brazil", country_code: "BR", postal_code: "01000", lat: -23.5475, lon: -46.6361, utc_offset: -3, share: 6,
        networks: [network(27699, "telefonica brasil s.a", "vivo", "vivo.com.br"), network(28573, "claro nxt telecomunicacoes ltda", "claro", "virtua.com.br")] },
    Place { city: "Toronto", state: "Ontario", country: "Canada", country_code: "CA", postal_code: "M5V", lat: 43.6429, lon: -79.3961, utc_offset: -5, share: 5,
        networks: [network(577, "bell canada", "bell canada", "bell.ca"), network(812, "rogers communications canada inc.", "rogers cable", "rogers.com")] },
];

/// Where attacks come from. Their addresses are those that RFC 5737 reserves for documents.
#[rustfmt::skip]
pub(crate) const STRANGE_PLACES: &[Place] = &[
    Place { city: "Amsterdam", state: "North Holland", country: "Netherlands", country_code: "NL", postal_code: "1012", lat: 52.374, lon: 4.8897, utc_offset: 1, share: 0,
        networks: [network(60404, "liteserver holding bv", "liteserver", "liteserver.nl"), network(9009, "m247 europe srl", "m247 ltd", "m247.com")] },
    Place { city: "Lagos", state: "Lagos", country: "Nigeria", country_code: "NG", postal_code: "100001", lat: 6.4474, lon: 3.3903, utc_offset: 1, share: 0,
        networks: [network(29465, "mtn nigeria communication limited", "mtn nigeria", "mtnnigeria.net"), network(36873, "celtel nigeria limited t.a airtel", "airtel nigeria", "airtel.com.ng")] },
    Place { city: "Moscow", state: "Moscow", country: "Russia", country_code: "RU", postal_code: "101000", lat: 55.7558, lon: 37.6173, utc_offset: 3, share: 0,
        networks: [network(12389, "pjsc rostelecom", "rostelecom", "rt.ru"), network(197_695, "reg.ru hosting", "reg.ru", "reg.ru")] },
    Place { city: "Singapore", state: "", country: "Singapore", country_code: "SG", postal_code: "018989", lat: 1.2868, lon: 103.8545, utc_offset: 8, share: 0,
        networks: [network(14061, "digitalocean llc", "digitalocean", "digitalocean.com"), network(45102, "alibaba us technology co. ltd.", "alibaba", "alibaba.com")] },
];

/// Where service apps run: nobody's city, a cloud.
pub(crate) const CLOUD: Place = Place {
    city: "Ashburn",
    state: "Virginia",
    country: "United States",
    country_code: "US",
    postal_code: "20149",
    lat: 39.0469,
    lon: -77.4903,
    utc_offset: -5,
    share: 0,
    networks: [
        network(14618, "amazon.com inc.", "amazon technologies inc.", "amazonaws.com"),
        network(16509, "amazon.com inc.", "amazon data services", "amazonaws.com"),
    ],
};

/// How busy people are in an hour of their day, of a hundred.
const BUSY: [u64; 24] = [2, 1, 1, 1, 2, 4, 12, 38, 82, 100, 92, 86, 58, 72, 84, 80, 74, 52, 28, 18, 14, 10, 6, 3];

impl Place {
    /// How busy its people are at a minute of the week (UTC, from Monday 00:00), of a hundred.
    pub(crate) const fn activity(&self, minute_of_week: i64) -> u64 {
        let local = (minute_of_week + self.utc_offset * 60).rem_euclid(MINUTES_A_WEEK);
        let hour = (local % MINUTES_A_DAY / 60) as usize;
        let is_weekend = local >= 5 * MINUTES_A_DAY;
        if is_weekend { BUSY[hour].div_ceil(8) } else { BUSY[hour] }
    }
}

pub(crate) const MINUTES_A_DAY: i64 = 1440;
pub(crate) const MINUTES_A_WEEK: i64 = 7 * MINUTES_A_DAY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_sorted_and_hold_everybody() {
        assert!(PLACES.is_sorted_by_key(|place| place.city), "sort PLACES by city");
        assert_eq!(PLACES.iter().map(|place| place.share).sum::<u64>(), 100);
    }

    #[test]
    fn people_work_in_their_own_mornings() {
        let tuesday = MINUTES_A_DAY;
        let at_nine_utc = |city| {
            let place = PLACES.iter().find(|place| place.city == city).unwrap();
            place.activity(tuesday + 9 * 60)
        };
        assert_eq!(at_nine_utc("London"), 100);
        assert!(at_nine_utc("San Francisco") < 5);
        let saturday = 5 * MINUTES_A_DAY;
        assert!(PLACES[3].activity(saturday + 9 * 60) < 20);
    }
}
