//! A running model.

use super::model::Loaded;
use super::{VerilatorModel, VerilatorOptions};
use crate::{AsynchronousReset, ToolError, VerilogDesign};
use hdl::{Bits, Direction, Level, Port};
use sim::Simulator;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// A design that runs in Verilator.
///
/// Ports are read and written in place; the model is evaluated only when an output is read, or the clock ticks, after a
/// change. A model sees only the edges of an asynchronous reset, so it is evaluated at once when that changes; a reset
/// that is active at power-up, when all inputs are 0, acts as in the built-in simulator.
pub struct VerilatorSimulator {
    loaded: Arc<Loaded>,
    instance: *mut c_void,
    ports: Vec<Storage>,
    clock: Option<*mut u8>,
    settled: bool,
}

// SAFETY: the pointers are to an instance that this value owns alone, and an instance is not bound to a thread.
unsafe impl Send for VerilatorSimulator {}

impl VerilatorSimulator {
    /// Compiles a design, or takes it from the cache, and starts it.
    pub fn build(
        design: &VerilogDesign,
        options: &VerilatorOptions,
    ) -> Result<VerilatorSimulator, ToolError> {
        VerilatorModel::build(design, options).map(|model| model.start())
    }

    pub(super) fn new(loaded: Arc<Loaded>) -> VerilatorSimulator {
        let clocks = usize::from(loaded.has_clock);
        let mut table = vec![ptr::null_mut(); clocks + loaded.ports.len()];
        // SAFETY: the table has room for the clock and every port; these are all that the library fills in.
        let instance = unsafe { (loaded.create)(table.as_mut_ptr()) };
        let clock = loaded.has_clock.then(|| table[0].cast());
        let ports = loaded
            .ports
            .iter()
            .zip(&table[clocks..])
            .map(|(port, &address)| Storage::new(port, address))
            .collect();
        let mut simulator = VerilatorSimulator { loaded, instance, ports, clock, settled: false };
        simulator.power_up();
        simulator
    }

    /// Turns the initial level of the asynchronous reset into an edge.
    fn power_up(&mut self) {
        let Some(AsynchronousReset { port, active }) = self.loaded.asynchronous_reset else { return };
        self.poke_u64(port, (active == Level::Low).into());
        self.settle();
        self.poke_u64(port, 0);
    }

    /// True if writing `value` to `port` changes the asynchronous reset.
    fn is_edge(&self, port: usize, value: u64) -> bool {
        let is_reset = self.loaded.asynchronous_reset.is_some_and(|reset| reset.port == port);
        // SAFETY: the storage is the instance's, which is alive, and nobody writes to it now.
        is_reset && unsafe { self.ports[port].read_limb(0) } != value
    }

    /// Called after an input was written, or at the edge of an asynchronous reset.
    fn written(&mut self, is_edge: bool) {
        self.settled = false;
        if is_edge {
            self.settle();
        }
    }

    fn eval(&mut self) {
        // SAFETY: the instance is alive until `drop`, and `&mut self` excludes another caller.
        unsafe { (self.loaded.eval)(self.instance) }
    }

    fn settle(&mut self) {
        if !self.settled {
            self.eval();
            self.settled = true;
        }
    }

    fn input(&self, port: usize) -> Storage {
        assert!(self.ports[port].is_input, "port `{}` is an output", self.loaded.ports[port].name);
        self.ports[port]
    }

    fn settled_value(&mut self, port: usize) -> Storage {
        self.settle();
        self.ports[port]
    }
}

impl Simulator for VerilatorSimulator {
    fn ports(&self) -> &[Port] {
        &self.loaded.ports
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        let storage = self.input(port);
        assert_eq!(value.width(), storage.width, "width of port `{}`", self.loaded.ports[port].name);
        let is_edge = self.is_edge(port, value.limbs()[0]);
        // SAFETY: the storage is the instance's, which is alive, and `&mut self` excludes another access.
        unsafe { storage.write(value.limbs()) }
        self.written(is_edge);
    }

    fn peek(&mut self, port: usize) -> Bits {
        // SAFETY: as in `poke`.
        unsafe { self.settled_value(port).read() }
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        let storage = self.input(port);
        debug_assert!(storage.width <= 64 && value & !hdl::top_limb_mask(storage.width) == 0);
        let is_edge = self.is_edge(port, value);
        // SAFETY: as in `poke`.
        unsafe { storage.write_limb(0, value) }
        self.written(is_edge);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        let storage = self.settled_value(port);
        assert!(storage.width <= 64, "port `{}` is wider than 64 bits", self.loaded.ports[port].name);
        // SAFETY: as in `poke`.
        unsafe { storage.read_limb(0) }
    }

    fn tick(&mut self) {
        let Some(clock) = self.clock else { return };
        // The inputs settle with the clock low, so that the edge is the only change the registers see.
        self.settle();
        // SAFETY: the clock is a byte of the instance; as in `poke`.
        unsafe { *clock = 1 };
        self.eval();
        unsafe { *clock = 0 };
        self.settled = false;
    }

    sim::ports_only!();
}

impl Drop for VerilatorSimulator {
    fn drop(&mut self) {
        // SAFETY: the instance was made by this library's `create`, is deleted once, and the library is still loaded.
        unsafe { (self.loaded.delete)(self.instance) }
    }
}

/// Where a port is stored. Verilator uses the smallest of 8, 16, 32 and 64 bits, or as many 32-bit words as needed.
#[derive(Clone, Copy)]
struct Storage {
    address: *mut c_void,
    width: u32,
    is_input: bool,
}

impl Storage {
    fn new(port: &Port, address: *mut c_void) -> Storage {
        Storage { address, width: port.width, is_input: port.direction == Direction::Input }
    }

    /// Number of 32-bit words of a port wider than 64 bits.
    fn words(self) -> usize {
        self.width.div_ceil(32) as usize
    }

    /// Writes the 64 bits from `64 * index` up. The address must be valid.
    unsafe fn write_limb(self, index: usize, value: u64) {
        unsafe {
            match self.width {
                0..=8 => *self.address.cast::<u8>() = value as u8,
                9..=16 => *self.address.cast::<u16>() = value as u16,
                17..=32 => *self.address.cast::<u32>() = value as u32,
                33..=64 => *self.address.cast::<u64>() = value,
                _ => {
                    let words = self.address.cast::<u32>().add(2 * index);
                    *words = value as u32;
                    if 2 * index + 1 < self.words() {
                        *words.add(1) = (value >> 32) as u32;
                    }
                }
            }
        }
    }

    /// Reads the 64 bits from `64 * index` up. The address must be valid.
    unsafe fn read_limb(self, index: usize) -> u64 {
        unsafe {
            match self.width {
                0..=8 => *self.address.cast::<u8>() as u64,
                9..=16 => *self.address.cast::<u16>() as u64,
                17..=32 => *self.address.cast::<u32>() as u64,
                33..=64 => *self.address.cast::<u64>(),
                _ => {
                    let words = self.address.cast::<u32>().add(2 * index);
                    let high = if 2 * index + 1 < self.words() { *words.add(1) } else { 0 };
                    (high as u64) << 32 | *words as u64
                }
            }
        }
    }

    unsafe fn write(self, limbs: &[u64]) {
        for (index, &limb) in limbs.iter().enumerate() {
            unsafe { self.write_limb(index, limb) }
        }
    }

    unsafe fn read(self) -> Bits {
        if self.width <= 64 {
            return Bits::truncated(unsafe { self.read_limb(0) } as u128, self.width);
        }
        let limbs: Vec<u64> =
            (0..hdl::limbs_for(self.width)).map(|index| unsafe { self.read_limb(index) }).collect();
        Bits::from_limbs(self.width, &limbs)
    }
}
