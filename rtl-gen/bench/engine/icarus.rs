//! Icarus Verilog, with the stimulus in Verilog.

use super::{Engine, Run};
use crate::process::{Program, checked};
use crate::stimulus::{Drive, seed};
use crate::workload::{RESET_CYCLES, Workload};
use std::error::Error;
use std::fs;
use std::process::Command;
use testbenches::tools;

/// Icarus Verilog.
pub struct Icarus;

impl Engine for Icarus {
    fn name(&self) -> String {
        "Icarus".into()
    }

    fn build(&self, workload: &Workload) -> Result<Box<dyn Run>, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let design = workload.verilog();
        for (name, text) in &design.files {
            fs::write(folder.path().join(name), text)?;
        }
        fs::write(folder.path().join("driver.v"), driver(workload))?;
        let mut compile = Command::new(tools::IVERILOG.find()?);
        compile.current_dir(folder.path()).args(["-g2005", "-s", "driver", "-o", "driver.vvp", "driver.v"]);
        checked(compile.args(design.file_names()))?;
        let mut run = Command::new(tools::VVP.find()?);
        run.arg("-n").arg(folder.path().join("driver.vvp"));
        Ok(Box::new(Program::start(run, folder)?))
    }

    fn is_slow(&self) -> bool {
        true
    }
}

/// Reads cycle counts, and answers each with the signature so far.
fn driver(workload: &Workload) -> String {
    let (top, ports) = (workload.netlist.top(), workload.ports());
    let clock = top.uses_clock.then(|| workload.netlist.clocking.clock.clone());
    let inputs = workload.inputs();
    let mut declarations = String::from("    reg [63:0] signature;\n    reg clock;\n    reg reset;\n");
    let mut connections: Vec<String> = clock.iter().map(|name| format!(".{name}(clock)")).collect();
    connections.extend(workload.has_reset().then(|| format!(".{}(reset)", ports[0].name)));
    let (mut start, mut drives) = (String::new(), String::new());
    for input in &inputs {
        let (port, width, name) = (input.port, input.width, &ports[input.port].name);
        declarations += &format!("    reg [63:0] s{port};\n    reg [{}:0] p{port};\n", width - 1);
        connections.push(format!(".{name}(p{port})"));
        start += &format!("        s{port} = 64'h{:x};\n", seed(port));
        drives += &format!(
            "            s{port} = s{port} ^ (s{port} << 13);\n            s{port} = s{port} ^ (s{port} >> 7);\n            \
             s{port} = s{port} ^ (s{port} << 17);\n            p{port} = {};\n",
            value(port, width, input.drive)
        );
    }
    let mut folds = String::new();
    for port in workload.outputs() {
        declarations += &format!("    wire [{}:0] p{port};\n", ports[port].width - 1);
        connections.push(format!(".{}(p{port})", ports[port].name));
        folds += &format!(
            "            signature = (signature << 1) ^ (signature[63] ? 64'h{:x} : 64'h0) ^ p{port};\n",
            crate::signature::FEEDBACK
        );
    }
    format!(
        r#"`timescale 1ns/1ns
module driver;
{declarations}
    {} dut ({});

    task drive;
        begin
{drives}        end
    endtask

    integer cycles, at, status;
    initial begin
        signature = 0;
        clock = 0;
        reset = 0;
{start}        for (at = 0; at < {RESET_CYCLES}; at = at + 1) begin
            drive; #1 clock = 1; #1 clock = 0;
        end
        reset = 1;
        status = $fscanf(32'h8000_0000, "%d", cycles);
        while (status == 1) begin
            for (at = 0; at < cycles; at = at + 1) begin
                drive; #1;
{folds}                clock = 1; #1 clock = 0;
            end
            $display("%016x", signature);
            $fflush;
            status = $fscanf(32'h8000_0000, "%d", cycles);
        end
        $finish;
    end
endmodule
"#,
        top.name,
        connections.join(", ")
    )
}

fn value(port: usize, width: u32, drive: Drive) -> String {
    match drive {
        Drive::Random => format!("s{port} >> {}", 64 - width),
        Drive::OneHot { choices } => {
            let choice = format!("(((s{port} >> 32) * 64'd{choices}) >> 32)");
            format!("{choice} < {width} ? 64'd1 << {choice} : 64'd0")
        }
        Drive::Constant(value) => format!("64'h{value:x}"),
    }
}
