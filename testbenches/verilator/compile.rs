//! From Verilog to a shared library: Verilator, then the C++ compiler.

use super::{Optimize, Verilator, VerilatorOptions, Warnings, cache, cache::Cache, shim};
use crate::VerilogDesign;
use crate::tools::{self, ToolError, read_file, run_checked, write_file};
use crate::user_cache::key;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Verilator's flags. Registers without a reset start at 0, and an assigned X is 0, as in the built-in simulator. Bit
/// operations in trees are off because releases up to 5.026 miscompile with them.
const VERILATOR_FLAGS: &[&str] =
    &["--cc", "-O3", "-fno-const-bit-op-tree", "--x-initial", "0", "--x-assign", "0"];

/// The C++ compiler's flags. Only the interface may be visible, and no symbol may be unique in the process: models made
/// by different versions of Verilator are loaded side by side.
const COMPILER_FLAGS: &[&str] = &[
    "-std=c++17",
    "-fPIC",
    "-pthread",
    "-fvisibility=hidden",
    "-fno-gnu-unique",
    "-ffunction-sections",
    "-DVERILATOR=1",
    "-DVM_COVERAGE=0",
    "-DVM_SC=0",
    "-DVM_TIMING=0",
    "-DVM_TRACE=0",
    "-DVM_TRACE_FST=0",
    "-DVM_TRACE_SAIF=0",
    "-DVM_TRACE_VCD=0",
];

const LINKER_FLAGS: &[&str] = &["-shared", "-s", "-Wl,--gc-sections"];

/// Sources of Verilator's library that every model is linked with.
const RUNTIME_SOURCES: &[&str] = &["verilated", "verilated_threads"];

/// A header that includes Verilator's. This is the one precompiled: the compiler takes a precompiled header by its
/// name.
const RUNTIME_HEADER: &str = "runtime.h";

/// Name of the folder with Verilator's library among the files of a model.
const RUNTIME: &str = "runtime";

/// The programs that make a model.
pub(super) struct Toolchain {
    verilator: Verilator,
    compiler: PathBuf,
    optimize: Optimize,
    warnings: Warnings,
    /// Versions and flags, in words.
    identity: String,
}

impl Toolchain {
    pub(super) fn find(options: &VerilatorOptions) -> Result<Toolchain, ToolError> {
        let verilator = match &options.verilator {
            Some(verilator) => verilator.clone().supported()?,
            None => Verilator::newest()?,
        };
        let compiler = tools::GXX.find()?;
        let compiler_version = run_checked(Command::new(&compiler).arg("--version"))?;
        let modified = fs::metadata(&verilator.path).and_then(|data| data.modified());
        let safe = verilator.version.safe_flags();
        let flags = [VERILATOR_FLAGS, &safe, options.warnings.flags(), COMPILER_FLAGS, LINKER_FLAGS];
        let identity = format!("{verilator:?} {modified:?} {compiler:?} {compiler_version} {flags:?}");
        Ok(Toolchain {
            verilator,
            compiler,
            optimize: options.optimize,
            warnings: options.warnings,
            identity,
        })
    }

    /// The key in the cache of a design's model.
    pub(super) fn model_key(&self, design: &VerilogDesign) -> String {
        let interface = shim::translation_unit(design, &[]);
        key(&[&self.identity, self.optimize.flag(), &interface, &format!("{design:?}")])
    }

    /// Builds a design's model in `work` and returns the library.
    pub(super) fn build(
        &self,
        design: &VerilogDesign,
        cache: &Cache,
        work: &Path,
    ) -> Result<PathBuf, ToolError> {
        let generated = work.join("generated");
        design.write_to(work)?;
        self.verilate(design, work, &generated)?;
        let invalid = |reason| ToolError::Design { top: design.top.clone(), reason };
        shim::check_ports(design, &read_file(&generated.join(format!("{}.h", shim::CLASS)))?)
            .map_err(invalid)?;

        let unit = generated.join("model.cc");
        write_file(&unit, &shim::translation_unit(design, &sources(&generated)?))?;
        let runtime = self.runtime(cache)?;
        let library = work.join("model.so");
        // Under a name that tells a reader of the command what it is.
        let link = work.join(RUNTIME);
        symlink(&runtime, &link)
            .map_err(|source| ToolError::Io { action: format!("make {}", link.display()), source })?;
        let objects = RUNTIME_SOURCES.iter().map(|source| format!("{RUNTIME}/{source}.o"));
        let mut compiler = self.compiler();
        compiler.current_dir(work).args(["-I", RUNTIME, "-include", RUNTIME_HEADER]);
        run_checked(compiler.arg(&unit).args(objects).args(LINKER_FLAGS).arg("-o").arg(&library))?;
        Ok(library)
    }

    fn verilate(&self, design: &VerilogDesign, work: &Path, generated: &Path) -> Result<(), ToolError> {
        let mut command = Command::new(&self.verilator.path);
        command
            .current_dir(work)
            .args(VERILATOR_FLAGS)
            .args(self.verilator.version.safe_flags())
            .args(self.warnings.flags())
            .args(["--prefix", shim::CLASS]);
        command.args(["--top-module", &design.top]).arg("--Mdir").arg(generated);
        run_checked(command.args(design.file_names())).map(drop)
    }

    /// The folder with Verilator's library compiled and its header precompiled.
    fn runtime(&self, cache: &Cache) -> Result<PathBuf, ToolError> {
        static BUILDING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = cache.runtime(&key(&[&self.identity, self.optimize.flag()]));
        if !cache::touch(&folder) {
            let work = cache.work_folder()?;
            let built = work.path().join("runtime");
            self.build_runtime(&built)?;
            cache.store(&built, &folder)?;
        }
        Ok(folder)
    }

    fn build_runtime(&self, folder: &Path) -> Result<(), ToolError> {
        fs::create_dir(folder)
            .map_err(|source| ToolError::Io { action: format!("make {}", folder.display()), source })?;
        let header = folder.join(RUNTIME_HEADER);
        write_file(&header, "#include \"verilated.h\"\n")?;
        let mut precompile = self.compiler();
        precompile
            .args(["-x", "c++-header"])
            .arg(&header)
            .arg("-o")
            .arg(folder.join(format!("{RUNTIME_HEADER}.gch")));
        let objects = RUNTIME_SOURCES.iter().map(|source| {
            let mut compile = self.compiler();
            let file = self.verilator.root.join(format!("include/{source}.cpp"));
            compile.arg("-c").arg(file).arg("-o").arg(folder.join(format!("{source}.o")));
            compile
        });
        run_all(objects.chain([precompile]).collect())
    }

    fn compiler(&self) -> Command {
        let include = self.verilator.root.join("include");
        let mut command = Command::new(&self.compiler);
        command.args(COMPILER_FLAGS).arg(self.optimize.flag());
        command.arg("-I").arg(&include).arg("-I").arg(include.join("vltstd"));
        command
    }
}

fn run_all(commands: Vec<Command>) -> Result<(), ToolError> {
    thread::scope(|scope| {
        let running: Vec<_> =
            commands.into_iter().map(|mut command| scope.spawn(move || run_checked(&mut command))).collect();
        running
            .into_iter()
            .try_for_each(|thread| thread.join().expect("running a command does not panic").map(drop))
    })
}

/// Names of the C++ files in Verilator's output, sorted.
fn sources(folder: &Path) -> Result<Vec<String>, ToolError> {
    let failed = |source| ToolError::Io { action: format!("list {}", folder.display()), source };
    let entries =
        fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>()).map_err(failed)?;
    let names = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut sources: Vec<String> = names.filter(|name| name.ends_with(".cpp")).collect();
    sources.sort();
    Ok(sources)
}
