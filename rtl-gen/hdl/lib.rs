#![doc = include_str!("README.md")]
// An operator, or a kind of node, that is new must be known everywhere.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod bits;
mod black_box;
mod bundle;
mod contents;
mod describe;
mod design;
mod diagnostic;
mod encoded;
mod enumerated;
pub mod evaluate;
mod finish;
mod graph;
mod handshake;
pub mod identifier;
mod initial;
mod instance;
mod interface;
mod literal;
mod loops;
mod memory;
mod module;
mod module_names;
pub mod netlist;
mod operator;
mod optimise;
mod port;
mod register;
mod rules;
mod select;
mod signal;
mod state_machine;
mod stream;
mod wire;

pub use bits::{Bits, bit_length, index_width, limbs_for, top_limb_mask};
pub use black_box::BlackBoxPort;
pub use bundle::{Bundle, Place, Shape, Shaped, Signals};
pub use design::{Design, ModuleRef};
pub use diagnostic::{Diagnostic, Diagnostics, Source};
pub use encoded::{Encoded, Value, check_codes, code_width};
pub use hdl_derive::{Bundle, Encoded};
pub use instance::Child;
pub use interface::{Interface, Signature, member_port};
pub use literal::Literal;
pub use memory::{MAX_DEPTH, Ram};
pub use module::Module;
pub use netlist::{Clocking, Level, Netlist, ResetStyle};
pub use port::{Direction, Port};
pub use register::Reg;
pub use rules::{MAX_LEVELS, MAX_WIDTH};
pub use signal::{Amount, Operand, Signal};
pub use state_machine::StateMachine;
pub use stream::{Field, Payload, Stream, stream_bundle};
pub use wire::Wire;
