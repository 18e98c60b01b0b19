//! The example of registers, as seen from the bus, compared with the golden model.

use crate::bench;
use crate::support::Bench;

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
