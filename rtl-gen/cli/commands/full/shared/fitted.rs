//! Parameters of which a file dictates some.

use crate::block::selection::Parameters;
use crate::terminal::error::Error;
use blocks::parameters::{self, Settings, read};

/// The parameters of a block: those that the user has given, and those that `who` needs. Another value for one of
/// these is an error.
pub fn fitted<P: parameters::Parameters>(
    block: &str,
    given: &Parameters,
    who: &str,
    needed: Vec<(&str, String)>,
) -> Result<P, Error> {
    let mut settings: Settings = given.given()?.values().into_iter().collect();
    for (name, value) in needed {
        if let Some(other) = settings.insert(name.into(), value.clone()).filter(|other| *other != value) {
            let refused = Error::new(format!("parameter `{name}` is `{other}`: {who} needs `{value}`"));
            return Err(refused.help("leave it out"));
        }
    }
    read(&settings).map_err(|error| {
        Error::new(error.to_string()).help(format!("`gen-rtl describe {block}` lists the parameters"))
    })
}
