//! Numbers on the command line.

/// Parses a number in a range, both ends included; an error gives the range.
pub fn between(min: u64, max: u64) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    move |text: &str| match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("expected a number from {min} to {max}")),
    }
}

/// Parses a seed: any 64-bit number.
pub fn seed(text: &str) -> Result<u64, String> {
    between(0, u64::MAX)(text)
}
