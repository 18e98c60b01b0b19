//! Numbers on the command line.

/// Reads a number of a range, both ends included; anything else is answered with the range.
pub fn between(min: u64, max: u64) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    move |text: &str| match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("it is to be a number from {min} to {max}")),
    }
}

/// Reads a seed: any number of 64 bits.
pub fn seed(text: &str) -> Result<u64, String> {
    between(0, u64::MAX)(text)
}
