fn main() {
    let org = okta_sim::Org::new(okta_sim::OrgConfig {
        events_per_day: 1_000_000,
        users: 5_000,
        apps: 60,
        ..Default::default()
    });
    let start = "2026-02-03T08:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let clock = std::time::Instant::now();
    let (mut n, mut bytes) = (0u64, 0usize);
    let mut sample = String::new();
    for e in org.events(start..jiff::Timestamp::MAX).take(500_000) {
        n += 1;
        bytes += e.json.len();
        if n % 99_991 == 0 {
            sample = e.json;
            println!("{sample}");
        }
    }
    let s = clock.elapsed().as_secs_f64();
    println!("{:.0} events/s, {:.0} bytes", n as f64 / s, bytes as f64 / n as f64);
}
