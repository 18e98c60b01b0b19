#![doc = include_str!("read_dma.md")]

use super::Axi4;
use super::align::align;
use super::bursts::bursts;
use super::port::Request;
use super::reorder::reorder;
use super::rows::rows;
use crate::Part;
use crate::storage::fifo::Fifo;
use hdl::{Design, ModuleRef};

/// See the page.
pub const PART: Part = Part {
    name: "read_dma",
    summary: "an AXI4 master that reads matrices of any stride, tile by tile",
    page: include_str!("read_dma.md"),
    example,
};

/// The module: see the page. Panics where a number of the shape is out of range: [`Axi4::check`] says which.
#[track_caller]
pub fn read_dma(design: &Design, shape: &Axi4) -> ModuleRef {
    let shape = shape.checked();
    design.module("read_dma", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe("Reads matrices through an AXI4 port, tile by tile, row by row.");
        let command = m.input_stream("command", &shape.command());
        let output = m.output_stream("out", &shape.matrix_beat());
        let address = m.output_stream("m_axi_ar", &shape.address());
        let data = m.input_stream("m_axi_r", &shape.read_data());

        let stage =
            |name: &str, module: fn(&Design, &Axi4) -> ModuleRef| m.instance(name, module(design, shape));
        let [rows, bursts, reorder, align] = [
            stage("u_rows", rows),
            stage("u_bursts", bursts),
            stage("u_reorder", reorder),
            stage("u_align", align),
        ];
        rows.input_stream("command", &shape.command()).connect(&command);
        bursts.input_stream("row", &shape.row_at()).connect(&rows.output_stream("row", &shape.row_at()));

        // A burst is asked for, and the first one of a row says how the row lies.
        let burst = bursts.output_stream("burst", &shape.bursts());
        let request = reorder.input_stream("request", &shape.request());
        let waiting = Fifo::new(m, "rows", m.pack(&burst.payload.row).width(), shape.outstanding.into());
        let has_room = !(burst.payload.starts_row & waiting.is_full());
        burst.set_ready(request.ready() & has_room);
        request.set_valid(burst.valid() & has_room);
        request.set_payload(Request { beat: burst.payload.beat, len: burst.payload.len });
        address.connect(&reorder.output_stream("m_axi_ar", &shape.address()));
        reorder.input_stream("m_axi_r", &shape.read_data()).connect(&data);

        let row = align.input_stream("row", &shape.row());
        row.set_valid(waiting.has_word());
        row.set_payload(m.unpack(&shape.row(), waiting.front));
        align
            .input_stream("beat", &shape.fetched())
            .connect(&reorder.output_stream("beat", &shape.fetched()));
        output.connect(&align.output_stream("out", &shape.matrix_beat()));
        waiting.finish(burst.fires() & burst.payload.starts_row, m.pack(&burst.payload.row), row.fires());
    })
}

fn example(design: &Design) -> ModuleRef {
    read_dma(design, &super::EXAMPLE)
}
