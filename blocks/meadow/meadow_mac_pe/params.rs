//! The parameters of `meadow_mac_pe`.

use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Dot products with an adder tree (`parallel`), a scalar times a vector (`broadcast`), or either, row by row (`hybrid`).
    #[default(Kind::Hybrid)]
    #[schemars(extend("x-tag" = ""))]
    pub kind: Kind,
    /// Multiply-accumulate operations in a cycle.
    #[default = 64]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64, 128], "x-name" = "x"))]
    pub lanes: u32,
    /// Width of an element of A, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 18), extend("x-name" = "a"))]
    pub a_bits: u32,
    /// Width of an element of B, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 18), extend("x-name" = "b"))]
    pub b_bits: u32,
    /// Width of an accumulator, two's complement.
    #[default = 32]
    #[schemars(range(min = 4, max = 48), extend("x-tag" = "acc"))]
    pub acc_bits: u32,
    /// Pipeline registers before the accumulators: behind the multipliers, then behind the adder tree, then before the
    /// multipliers.
    #[default = 1]
    #[schemars(range(min = 0, max = 3), extend("x-tag" = "s"))]
    pub stages: u32,
    /// Two products in each multiplier: of the scalar and two adjacent elements of B.
    #[default = false]
    #[schemars(extend("x-tag" = "packed"))]
    pub packed: bool,
}

/// Dataflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A dot product: one sum.
    Parallel,
    /// A scalar times a vector: a sum for each lane.
    Broadcast,
    /// Either.
    Hybrid,
}

/// The widest operand of a multiplier of UltraScale+; the 7 series has 25 bits.
const WIDEST_OPERAND: u32 = 27;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let Params { kind, lanes, a_bits, b_bits, acc_bits, packed, .. } = *self;
        if kind == Kind::Hybrid && lanes == 1 {
            return conflict("kind = `hybrid` needs lanes of at least 2: lanes is 1".into());
        }
        if acc_bits < self.beat_bits() {
            return conflict(format!(
                "acc_bits must hold the sum of a beat, {} bits: acc_bits is {acc_bits}, a_bits is {a_bits}, b_bits is {b_bits}, \
                 lanes is {lanes}",
                self.beat_bits()
            ));
        }
        if packed && (kind != Kind::Broadcast || lanes == 1) {
            return conflict(
                "packed = `true` needs kind = `broadcast` and lanes of at least 2: two products share a scalar"
                    .into(),
            );
        }
        if packed && self.packed_bits() > WIDEST_OPERAND {
            return conflict(format!(
                "packed = `true` needs a_bits + 2 b_bits of at most {}: a_bits is {a_bits}, b_bits is {b_bits}",
                WIDEST_OPERAND - 1
            ));
        }
        Ok(())
    }
}

impl Params {
    /// Whether it makes dot products.
    pub fn has_tree(&self) -> bool {
        match self.kind {
            Kind::Parallel | Kind::Hybrid => true,
            Kind::Broadcast => false,
        }
    }

    /// Accumulators.
    pub fn sums(&self) -> u32 {
        match self.kind {
            Kind::Parallel => 1,
            Kind::Broadcast | Kind::Hybrid => self.lanes,
        }
    }

    /// Elements of A in a beat.
    pub fn a_lanes(&self) -> u32 {
        match self.kind {
            Kind::Broadcast => 1,
            Kind::Parallel | Kind::Hybrid => self.lanes,
        }
    }

    /// Width of a product.
    pub fn product_bits(&self) -> u32 {
        self.a_bits + self.b_bits
    }

    /// Width that holds what a beat adds to an accumulator.
    pub fn beat_bits(&self) -> u32 {
        let of_tree = if self.has_tree() && self.lanes > 1 { index_width(self.lanes.into()) } else { 0 };
        self.product_bits() + of_tree
    }

    /// Width of two elements of B, a product apart.
    pub fn packed_bits(&self) -> u32 {
        self.product_bits() + self.b_bits + 1
    }

    /// A beat in.
    pub fn operands(&self) -> Operands<u32> {
        Operands {
            a: self.a_lanes() * self.a_bits,
            b: self.lanes * self.b_bits,
            broadcast: (self.kind == Kind::Hybrid).then_some(1),
            last: 1,
        }
    }

    /// A row's result.
    pub fn result(&self) -> Sums<u32> {
        Sums { sums: self.sums() * self.acc_bits, overflow: 1 }
    }
}

/// A beat of a row.
#[derive(Clone, Copy, Bundle)]
pub struct Operands<T> {
    /// Elements of A, the first in the lowest bits; the scalar is the first.
    pub a: T,
    /// Elements of B, the first in the lowest bits.
    pub b: T,
    /// In the first beat of a row: 1 for a scalar times a vector, 0 for a dot product.
    pub broadcast: Option<T>,
    /// Last beat of the row.
    pub last: T,
}

/// The sums of a row.
#[derive(Clone, Copy, Bundle)]
pub struct Sums<T> {
    /// Two's complement, lane 0 in the lowest bits; a dot product is in lane 0, and other lanes are 0.
    pub sums: T,
    /// A sum of this row left the range of an accumulator, and wrapped around.
    pub overflow: T,
}
