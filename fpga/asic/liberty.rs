//! A Liberty library: its file, and the functions and areas of its cells.

use crate::asic::areas::areas;
use crate::asic::cells::{self, Function};
use crate::netlist::{Modules, Netlist};
use crate::yosys;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use testbenches::tools::{ToolError, read_file};

/// The library of Debian's package `qflow-tech-osu018`. Verilator cannot read the models of its flip-flops.
const OSU018: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// A library of standard cells.
pub struct Library {
    /// The Liberty file.
    pub path: PathBuf,
    /// Verilog models of the cells; if there are none, they are made from the Liberty file.
    pub models: Vec<PathBuf>,
    /// The Liberty file's text.
    pub text: String,
}

/// Area and function of a cell.
pub struct LibraryCell {
    /// Area in the library's unit; `None` if the library gives none.
    pub area: Option<f64>,
    /// Function; `None` if the flow cannot simulate it.
    pub function: Option<Function>,
}

impl Library {
    /// The library in a file, or Debian's osu018.
    pub fn open(liberty: Option<&Path>, models: &[PathBuf]) -> Result<Library, ToolError> {
        let path = liberty.map_or(Ok(OSU018.into()), absolute)?;
        let models = models.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?;
        match fs::read(&path) {
            // Comments may be in any encoding.
            Ok(bytes) => Ok(Library { path, models, text: String::from_utf8_lossy(&bytes).into_owned() }),
            Err(_) if liberty.is_none() => Err(ToolError::Unusable {
                path,
                reason: "it is missing: install Debian's package `qflow-tech-osu018`, which \
                         `scripts/install-tools` does, or give another library with --liberty"
                    .into(),
            }),
            Err(source) => Err(ToolError::Io { action: format!("read {}", path.display()), source }),
        }
    }

    /// Verilog that defines the cells: the given models, or those that [`cells`](Library::cells) wrote.
    pub fn models(&self, folder: &Path) -> Result<String, ToolError> {
        let written = [folder.join("cells.v")];
        let files = if self.models.is_empty() { &written[..] } else { &self.models };
        files.iter().map(|path| read_file(path)).collect()
    }

    /// Name of the file without its extension.
    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its name in the folders that [`cells`](Library::cells) has linked it into, for tools whose scripts take no path
    /// with spaces.
    pub fn file(&self) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let plain: String = self.name().chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        format!("{plain}.lib")
    }

    /// The cells, by name. Links the library into the folder, and writes the cells' Verilog models to `cells.v` there.
    pub fn cells(&self, folder: &Path) -> Result<BTreeMap<String, LibraryCell>, ToolError> {
        symlink(&self.path, folder.join(self.file())).map_err(|source| {
            let action = format!("link {} to {}", self.path.display(), folder.display());
            ToolError::Io { action, source }
        })?;
        let read = "read_liberty -ignore_miss_func -ignore_miss_dir -ignore_miss_data_latch";
        let script = [
            format!("{read} {}", self.file()),
            "write_json cells.json".into(),
            "write_verilog -noattr cells.v".into(),
        ];
        yosys::run(folder, &script)?;
        let modules = Modules::read(&folder.join("cells.json"))?.modules;
        let areas =
            areas(&self.text).map_err(|reason| ToolError::Unusable { path: self.path.clone(), reason })?;
        let cell = |(name, module): (String, Netlist)| {
            let cell = LibraryCell { area: areas.get(&name).copied(), function: cells::function(&module) };
            (name, cell)
        };
        Ok(modules.into_iter().map(cell).collect())
    }
}

/// The area of the smallest NAND of two inputs.
pub fn nand_area(cells: &BTreeMap<String, LibraryCell>) -> Option<f64> {
    let nands = cells.values().filter(|cell| cell.function.as_ref().is_some_and(Function::is_nand2));
    nands.filter_map(|cell| cell.area).reduce(f64::min)
}

fn absolute(path: &Path) -> Result<PathBuf, ToolError> {
    path.canonicalize().map_err(|source| ToolError::Io { action: format!("find {}", path.display()), source })
}
