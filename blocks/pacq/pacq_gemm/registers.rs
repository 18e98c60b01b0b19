//! The registers of `pacq_gemm`.

use super::params::{Params, Sizes};
use hdl::{Bits, Encoded};
use parts::registers::{Access, FieldRef, RegisterFile, RegisterMap};

/// Bits of a size.
pub const SIZE_BITS: u32 = 16;

/// The registers, and their fields by name.
pub struct Registers {
    /// All of them.
    pub map: RegisterMap,
    /// A product begins, or waits for the one before it.
    pub start: FieldRef,
    /// A product is on its way.
    pub busy: FieldRef,
    /// The streams of A, of B and of scales were wrong.
    pub errors: [FieldRef; 3],
    /// A product waits.
    pub full: FieldRef,
    /// Rows of A and C.
    pub m: FieldRef,
    /// Columns of B and C.
    pub n: FieldRef,
    /// Columns of A, rows of B.
    pub k: FieldRef,
    /// Rows of B that share their scales.
    pub group: FieldRef,
}

impl Registers {
    /// The registers of a block with these parameters.
    pub fn new(params: &Params) -> Registers {
        let mut map = RegisterMap::new("pacq_gemm");
        map.register("START", "Starts a product with the current sizes.");
        let start =
            map.field("start", 1, Access::Pulse, "starts a product, or queues it behind the current one");
        map.register("STATUS", "State and errors.");
        let busy = map.field("busy", 1, Access::ReadOnly, "a product is in progress");
        let mut error = |name, meaning| map.field(name, 1, Access::WriteOneToClear, meaning);
        let errors = [
            error("error_a", "A had the wrong number of beats"),
            error("error_b", "B had the wrong number of beats"),
            error("error_scale", "the scales had the wrong number of beats"),
        ];
        let full = map.field("full", 1, Access::ReadOnly, "a product is queued: START is refused");
        let mut size = |register, meaning, of| {
            map.register(register, meaning);
            map.field("size", SIZE_BITS, Access::ReadWrite, of)
        };
        let m = size("M", "Rows of A and C.", "rows of A and C, 1 to 65535");
        let n = size("N", "Columns of B and C.", "columns of B and C, 1 to 65535");
        let k = size("K", "Columns of A, rows of B.", "columns of A, 1 to 65535");
        let group = size(
            "GROUP",
            "Rows of B that share a scale.",
            "rows of B that share a scale, a multiple of 16; 0: all rows",
        );
        constants(&mut map, params);
        Registers { map, start, busy, errors, full, m, n, k, group }
    }

    /// The fields of sizes, with their values.
    pub fn sizes(&self, sizes: Sizes) -> [(FieldRef, u32); 4] {
        [(self.m, sizes.m), (self.n, sizes.n), (self.k, sizes.k), (self.group, sizes.group)]
    }

    /// The sizes that software has written.
    pub fn written(&self, file: &RegisterFile) -> Sizes {
        let [m, n, k, group] = [self.m, self.n, self.k, self.group].map(|field| file.value(field));
        Sizes { m, n, k, group }
    }

    /// The beats of a write, of address and data.
    pub fn write(&self, field: FieldRef, data: u32) -> [[Bits; 2]; 2] {
        let address = Bits::truncated(self.map.address(field).into(), self.map.address_bits());
        [[address, Bits::zero(3)], [Bits::truncated(data.into(), 32), Bits::ones(4)]]
    }

    /// The beat of a read.
    pub fn read(&self, field: FieldRef) -> [Bits; 2] {
        let [address, _] = self.write(field, 0);
        address
    }
}

/// What the block was built with.
pub fn constants(map: &mut RegisterMap, params: &Params) {
    let (tile, shape) = (&params.tile, params.tile.shape());
    let field = |map: &mut RegisterMap, name, width, value, meaning| {
        map.field(name, width, Access::Constant(value), meaning)
    };
    map.register("INFO", "Parameters of the block.");
    field(map, "lanes", 8, shape.lanes(), "lanes in a word");
    field(map, "terms", 8, shape.terms, "activations in a beat");
    field(map, "weight_bits", 8, shape.weight_bits, "width of a weight");
    field(map, "group_n", 8, shape.group_n, "lanes that share a scale");
    map.register("INFO2", "More parameters of the block.");
    field(map, "max_group", 24, tile.max_group, "most rows of B that can share a scale");
    coded(map, "result", tile.result, "format of C");
    coded(map, "product", tile.product, "products that are summed");
    coded(map, "accumulate", tile.accumulate, "running sums of a group");
}

/// A field that tells the value of a parameter.
fn coded<E: Encoded>(map: &mut RegisterMap, name: &'static str, value: E, meaning: &'static str) {
    map.coded::<E>(name, Access::Constant(value.code() as u32), meaning);
}
