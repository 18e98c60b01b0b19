//! The AXI demultiplexer.

mod copy;
mod memory;
mod random;
mod timing;

use super::SHAPE;
use parts::axi::Axi4;
use parts::axi::axi_demux::{axi_demux, axi_read_demux};

/// Two memories, each as large as the one of the other tests.
const TWO: Axi4 = Axi4 { address_bits: SHAPE.address_bits + 1, select_bits: 1, ..SHAPE };
/// Four.
const FOUR: Axi4 = Axi4 { address_bits: SHAPE.address_bits + 2, select_bits: 2, ..SHAPE };

#[test]
fn corners_elaborate() {
    let small = Axi4 { address_bits: 14, data_bits: 16, burst: 2, outstanding: 2, count_bits: 4, ..TWO };
    let large = Axi4 { address_bits: 64, select_bits: 3, data_bits: 1024, burst: 32, outstanding: 64, ..TWO };
    for shape in [small, large, FOUR] {
        shape.check().unwrap();
        let design = hdl::Design::new(hdl::Clocking::default());
        for demux in [axi_demux, axi_read_demux].map(|module| module(&design, &shape)) {
            for (output, inputs) in design.combinational_paths(demux) {
                assert!(inputs.is_empty(), "{output} depends on {inputs:?}");
            }
            design.elaborate(demux).unwrap();
        }
    }
}

#[test]
fn numbers_out_of_range_are_named() {
    let errors = [
        (Axi4 { select_bits: 4, ..TWO }, "`select_bits` must be 0 to 3, and is 4"),
        (Axi4 { address_bits: 13, ..TWO }, "`address_bits` must be 14 to 64, and is 13"),
    ];
    for (shape, error) in errors {
        assert_eq!(shape.check(), Err(error.to_string()));
    }
}

#[test]
#[should_panic(expected = "`select_bits` must be 1 to 3, and is 0")]
fn a_demultiplexer_of_one_memory_is_refused() {
    axi_demux(&hdl::Design::new(hdl::Clocking::default()), &SHAPE);
}
