//! Identifiers in the shapes that Okta gives them.

use crate::random::{Random, mix};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// All ids of one org end alike: the last characters name the cell that the org lives in.
const CELL: &str = "5d7";

/// An object's id, 20 characters: `00u` for a user, `0oa` for an app, `00g` for a group.
pub(crate) fn object(prefix: &str, key: u64) -> String {
    let mut id = String::with_capacity(20);
    id.push_str(prefix);
    push_base62(&mut id, key, 17 - CELL.len());
    id.push_str(CELL);
    id
}

/// A session's id: `idx` for a person's in the Identity Engine, `trs` for an API client's.
pub(crate) fn session(prefix: &str, key: u64) -> String {
    let mut id = String::with_capacity(25);
    id.push_str(prefix);
    push_base62(&mut id, key, 22);
    id
}

/// A request's or transaction's id: 32 hexadecimal digits.
pub(crate) fn request(key: u64) -> String {
    hex(key, 32)
}

/// `length` hexadecimal digits.
pub(crate) fn hex(key: u64, length: usize) -> String {
    let mut random = Random::new(key);
    let mut digits = String::with_capacity(length);
    while digits.len() < length {
        let more = 16.min(length - digits.len());
        push_hex(&mut digits, random.next(), more);
    }
    digits
}

/// An event's uuid: time-based (version 1) as Okta's are, with 62 bits of `key` in it.
pub(crate) fn uuid(published_ms: i64, key: u64) -> String {
    // Version 1 counts 100 ns since 1582-10-15.
    let ticks = published_ms.cast_unsigned().wrapping_mul(10_000).wrapping_add(0x01b2_1dd2_1381_4000);
    let node = mix(key, 1);
    let mut id = String::with_capacity(36);
    push_hex(&mut id, ticks & 0xffff_ffff, 8);
    id.push('-');
    push_hex(&mut id, (ticks >> 32) & 0xffff, 4);
    id.push('-');
    push_hex(&mut id, 0x1000 | ((ticks >> 48) & 0x0fff), 4);
    id.push('-');
    push_hex(&mut id, 0x8000 | (node >> 50), 4);
    id.push('-');
    push_hex(&mut id, node & 0xffff_ffff_ffff, 12);
    id
}

fn push_hex(text: &mut String, value: u64, digits: usize) {
    for place in (0..digits).rev() {
        text.push(char::from(HEX[(value >> (4 * place)) as usize & 15]));
    }
}

fn push_base62(text: &mut String, key: u64, length: usize) {
    let mut random = Random::new(key);
    let mut bits = 0;
    for place in 0..length {
        // Ten digits of base 62 are just below 60 bits.
        if place % 10 == 0 {
            bits = random.next() >> 4;
        }
        text.push(char::from(BASE62[(bits % 62) as usize]));
        bits /= 62;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_oktas_shapes() {
        let user = object("00u", 1);
        assert_eq!((user.len(), &user[..3], &user[17..]), (20, "00u", "5d7"));
        assert_ne!(user, object("00u", 2));
        assert_eq!(session("idx", 1).len(), 25);
        assert_eq!(request(1).len(), 32);
        assert_eq!(hex(1, 64).len(), 64);
    }

    #[test]
    fn a_uuid_is_of_version_1_and_carries_its_time() {
        // 2023-05-30T14:17:58.126Z; the uuid of a real event of that instant began with c6ed294a-fef4-11ed.
        let id = uuid(1_685_456_278_126, 5);
        assert_eq!(&id[8..18], "-fef4-11ed", "{id}");
        assert!(matches!(id.as_bytes()[19], b'8'..=b'b'), "{id}");
        assert_ne!(id, uuid(1_685_456_278_126, 6));
    }
}
