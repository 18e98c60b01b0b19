//! Numbers on the command line.

/// Parses a number in a range, both ends included; an error gives the range.
pub fn between(min: u64, max: u64) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    move |text: &str| match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("expected a number from {min} to {max}")),
    }
}

/// Parses a byte address of 32 bits, decimal or hexadecimal.
pub fn address(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    // A sign is no part of an address.
    let address = parsed.ok().filter(|_| !text.contains('+')).map(u64::from);
    address.ok_or_else(|| format!("expected a byte address from 0 to {0}, such as 4096 or 0x1000", u32::MAX))
}

/// Parses a seed: any 64-bit number.
pub fn seed(text: &str) -> Result<u64, String> {
    between(0, u64::MAX)(text)
}
