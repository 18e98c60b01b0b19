//! When a design is in reset.

use hdl::Level;
use hdl::netlist::{Clocking, ResetStyle};

/// The reset port, always the first one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reset {
    asynchronous: bool,
    active: u64,
}

impl Reset {
    /// Index of the reset port.
    pub const PORT: usize = 0;

    /// The reset of a design, if it has one.
    pub fn of(has_reset: bool, clocking: &Clocking) -> Option<Reset> {
        has_reset.then(|| Reset {
            asynchronous: clocking.style == ResetStyle::Asynchronous,
            active: (clocking.active == Level::High) as u64,
        })
    }

    /// True if the port's value resets.
    pub fn is_active(&self, value: u64) -> bool {
        value == self.active
    }

    /// True if registers do not wait for the clock.
    pub fn is_asynchronous(&self) -> bool {
        self.asynchronous
    }
}
