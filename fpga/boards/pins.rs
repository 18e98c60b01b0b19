//! Where the ports of a self-test are on the boards.

use super::Board;

/// The sites of clock, lamps and line. Sources: Lattice's EB85 (HX8K breakout board), the schematics of iCEBreaker 1.0e
/// and of ULX3S 3.0.8.
fn sites(board: Board) -> [(&'static str, &'static str); 4] {
    let sites = match board {
        Board::Hx8k => ["J3", "B5", "C3", "B12"],
        Board::Icebreaker => ["35", "37", "11", "9"],
        Board::Ulx3s25f | Board::Ulx3s85f => ["G2", "B2", "H3", "L4"],
    };
    let [clock, pass, fail, line] = sites;
    [("clk", clock), ("led_pass", pass), ("led_fail", fail), ("uart_tx", line)]
}

/// The constraints file: name and text.
pub fn constraints(board: Board, top: &str) -> (String, String) {
    let lines = sites(board).map(|(port, site)| match board {
        Board::Hx8k | Board::Icebreaker => format!("set_io {port} {site}\n"),
        Board::Ulx3s25f | Board::Ulx3s85f => {
            format!("LOCATE COMP \"{port}\" SITE \"{site}\";\nIOBUF PORT \"{port}\" IO_TYPE=LVCMOS33;\n")
        }
    });
    match board {
        Board::Hx8k | Board::Icebreaker => (format!("{top}.pcf"), lines.concat()),
        Board::Ulx3s25f | Board::Ulx3s85f => {
            let clock = board.clock() / 1_000_000;
            (format!("{top}.lpf"), format!("{}FREQUENCY PORT \"clk\" {clock} MHZ;\n", lines.concat()))
        }
    }
}
