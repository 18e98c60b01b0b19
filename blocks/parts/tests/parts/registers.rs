//! The example of registers, as seen from the bus, compared with the golden model.

use crate::bench;
use crate::support::Bench;
use hdl::{Design, ModuleRef};
use parts::registers::{Access, AxiLite, Forwarded, RegisterMap};

const OKAY: u64 = 0;
const REFUSED: u64 = 2;

/// Writes; if `is_apart`, the address is sent before the data.
fn write(bench: &mut Bench, address: u64, data: u64, strobes: u64, is_apart: bool) -> u64 {
    bench.set("s_axi_awvalid", 1);
    bench.set("s_axi_awaddr", address);
    if is_apart {
        bench.tick();
        bench.set("s_axi_awvalid", 0);
    }
    bench.set("s_axi_wvalid", 1);
    bench.set("s_axi_wdata", data);
    bench.set("s_axi_wstrb", strobes);
    bench.tick();
    bench.set("s_axi_awvalid", 0);
    bench.set("s_axi_wvalid", 0);
    bench.set("s_axi_bready", 1);
    while bench.get("s_axi_bvalid") == 0 {
        bench.tick();
    }
    let response = bench.get("s_axi_bresp");
    bench.tick();
    response
}

/// Reads: the data and the response.
fn read(bench: &mut Bench, address: u64) -> (u64, u64) {
    bench.set("s_axi_arvalid", 1);
    bench.set("s_axi_araddr", address);
    bench.set("s_axi_rready", 1);
    bench.tick();
    bench.set("s_axi_arvalid", 0);
    let answer = (bench.get("s_axi_rdata"), bench.get("s_axi_rresp"));
    assert_eq!(bench.get("s_axi_rvalid"), 1);
    bench.tick();
    answer
}

#[test]
fn software_writes_and_reads() {
    let mut bench = bench("registers");
    for name in ["awvalid", "wvalid", "arvalid", "bready", "awprot", "arprot"] {
        bench.set(&format!("s_axi_{name}"), 0);
    }
    bench.set("ends", 0);
    assert_eq!(write(&mut bench, 4, 0xabcd, 0xf, false), OKAY);
    assert_eq!((bench.get("size"), read(&mut bench, 4)), (0xabcd, (0xabcd, OKAY)));
    // A single byte is written.
    assert_eq!(write(&mut bench, 4, 0x1234, 0b10, true), OKAY);
    assert_eq!(read(&mut bench, 4), (0x12cd, OKAY));
    // Writes to bits without a field, and to an address without a register, are refused.
    assert_eq!(write(&mut bench, 4, 0x1_0000, 0xf, false), REFUSED);
    assert_eq!(write(&mut bench, 12, 0, 0xf, false), REFUSED);
    assert_eq!((read(&mut bench, 12).1, read(&mut bench, 4)), (REFUSED, (0x12cd, OKAY)));
    // A pulse reads as 0.
    assert_eq!((write(&mut bench, 0, 1, 1, false), read(&mut bench, 0)), (OKAY, (0, OKAY)));
    // An event that occurred stays visible until software clears it.
    bench.set("ends", 1);
    bench.tick();
    bench.set("ends", 0);
    assert_eq!(read(&mut bench, 8), (1, OKAY));
    assert_eq!((write(&mut bench, 8, 0, 1, false), read(&mut bench, 8)), (OKAY, (1, OKAY)));
    assert_eq!((write(&mut bench, 8, 1, 1, false), read(&mut bench, 8)), (OKAY, (0, OKAY)));
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
}

/// A register of its own, and two that another module keeps: one of them is as wide as it can be, and refuses odd numbers.
fn forwarding(design: &Design) -> ModuleRef {
    let mut map = RegisterMap::new("forwarding");
    map.register("SIZE", "how much");
    map.field("size", 16, Access::ReadWrite, "words");
    map.register("FIRST", "kept elsewhere");
    map.field("value", 8, Access::Forwarded, "any");
    map.register("SECOND", "kept elsewhere");
    map.field("value", 32, Access::Forwarded, "an even number");
    design.module("forwarding", &[], |m| {
        let holds = m.wire("holds", 32);
        let mut port = AxiLite::new(m, &map);
        let Forwarded { index, writes, data } = port.forward(holds.value());
        let is_second = index.bit(0);
        let is_odd = is_second & data.bit(0);
        let [first, second] = ["first", "second"].map(|name| m.reg(name, 32).reset_to(0));
        first.enable(writes & !is_second).set(data);
        second.enable(writes & is_second & !is_odd).set(data);
        holds.drive(is_second.mux(second.value(), first.value()));
        port.refuse(writes & is_odd);
        port.finish();
    })
}

#[test]
fn another_module_keeps_registers() {
    let mut bench = Bench::new(forwarding);
    for name in ["awvalid", "wvalid", "arvalid", "bready", "awprot", "arprot"] {
        bench.set(&format!("s_axi_{name}"), 0);
    }
    assert_eq!(
        [(0, 0x1234), (4, 0x56), (8, 0x789a_bcde)].map(|(at, data)| write(&mut bench, at, data, 15, true)),
        [OKAY; 3]
    );
    assert_eq!(
        [0, 4, 8, 12].map(|at| read(&mut bench, at)),
        [(0x1234, 0), (0x56, 0), (0x789a_bcde, 0), (0, REFUSED)]
    );
    // A byte; an odd number; an address behind the last one.
    assert_eq!(
        [(8, 0xff00, 2), (8, 0x11, 1), (12, 0, 15)]
            .map(|(at, data, bytes)| write(&mut bench, at, data, bytes, false)),
        [OKAY, REFUSED, REFUSED]
    );
    assert_eq!(read(&mut bench, 8), (0x789a_ffde, OKAY));
    // A read that comes with a write waits for it.
    bench.set("s_axi_awvalid", 1);
    bench.set("s_axi_wvalid", 1);
    bench.set("s_axi_awaddr", 4);
    bench.set("s_axi_wdata", 0x77);
    bench.set("s_axi_wstrb", 1);
    bench.tick();
    ["s_axi_awvalid", "s_axi_wvalid"].into_iter().for_each(|port| bench.set(port, 0));
    bench.set("s_axi_arvalid", 1);
    bench.set("s_axi_araddr", 4);
    assert_eq!(bench.get("s_axi_arready"), 0);
    bench.tick();
    assert_eq!(bench.get("s_axi_arready"), 1);
    assert_eq!(read(&mut bench, 4), (0x77, OKAY));
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
}
