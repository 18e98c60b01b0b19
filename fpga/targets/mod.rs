//! Synthesis targets: one file per target, and a line in [`ALL`].

mod asic;
mod ecp5;
mod family;
mod ice40;
mod xc7;
mod xcup;
mod xilinx;

pub use asic::ASIC;
pub use ecp5::{ECP5, ECP5_25K, ECP5_85K};
pub use family::{Cells, Counts, Device, Family, Packing, Placer};
pub use ice40::{HX8K, ICE40, UP5K};
pub use xc7::XC7;
pub use xcup::{XCUP, XCZU9EG};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Every target, in the order of listings.
pub const ALL: [&Target; 5] = [&ICE40, &ECP5, &XCUP, &XC7, &ASIC];

/// A family of devices, or standard cells. Its name identifies it.
pub struct Target {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The same, with the devices.
    pub devices: &'static str,
    /// The programs, if there is a choice worth mentioning.
    pub programs: &'static str,
    /// The synthesis flow.
    pub flow: Flow,
}

/// A synthesis flow.
pub enum Flow {
    /// To cells of a family of devices.
    Devices(Family),
    /// To standard cells of a Liberty library.
    StandardCells,
}

impl Target {
    /// The target with a name.
    pub fn find(name: &str) -> Option<&'static Target> {
        ALL.into_iter().find(|target| target.name == name)
    }

    /// The family of devices; `None` for standard cells.
    pub fn family(&self) -> Option<&Family> {
        match &self.flow {
            Flow::Devices(family) => Some(family),
            Flow::StandardCells => None,
        }
    }

    /// Place and route, if there is any.
    pub fn placer(&self) -> Option<&'static Placer> {
        self.family().and_then(|family| family.placer)
    }

    /// The unit of area.
    pub fn area_unit(&self) -> &'static str {
        match self.flow {
            Flow::Devices(_) => "LUTs",
            Flow::StandardCells => "um2",
        }
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Target) -> bool {
        self.name == other.name
    }
}

impl Eq for Target {}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for &'static Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<&'static Target, D::Error> {
        let name = String::deserialize(deserializer)?;
        Target::find(&name).ok_or_else(|| D::Error::custom(format!("there is no target `{name}`")))
    }
}
