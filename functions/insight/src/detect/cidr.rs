//! Ranges of addresses: `10.0.0.0/8`, `2001:db8::/32`.

use std::net::IpAddr;

use super::error::RuleError;

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cidr {
    network: IpAddr,
    length: u32,
}

impl Cidr {
    /// Reads a range; an address alone is a range of one.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        let refuse = || RuleError::Cidr(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse().map_err(|_| refuse())?)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| refuse())?;
        let length = length.unwrap_or(bits(network).1);
        if length > bits(network).1 { Err(refuse()) } else { Ok(Self { network, length }) }
    }

    /// Whether `text` is an address of the range.
    pub(crate) fn contains(self, text: &str) -> bool {
        let Ok(address) = text.parse::<IpAddr>() else { return false };
        let ((address, width), (network, own)) = (bits(address.to_canonical()), bits(self.network));
        width == own && (self.length == 0 || (address ^ network) >> (width - self.length) == 0)
    }
}

/// An address as a number, and how many bits it has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_a_range() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("10.0.0.0/8", "null", false),
        ] {
            assert_eq!(Cidr::parse(range).unwrap().contains(address), expected, "{range} {address}");
        }
        for no_range in ["10.0.0.0/33", "ten", "10.0.0.0/x", "/8"] {
            assert_eq!(Cidr::parse(no_range), Err(RuleError::Cidr(no_range.to_owned())));
        }
    }
}
