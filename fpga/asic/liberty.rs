//! A Liberty library: where it is, and what its cells do and take.

use crate::asic::cells::{self, Function};
use crate::netlist::Modules;
use crate::yosys;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use testbenches::tools::{ToolError, read_file};

/// The library of Debian's package `qflow-tech-osu018`. Verilator cannot read the models of its flip-flops.
const OSU018: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// A library of standard cells.
pub struct Library {
    /// The Liberty file.
    pub path: PathBuf,
    /// Verilog models of the cells; where there are none they are made from the Liberty file.
    pub models: Vec<PathBuf>,
    /// The Liberty file's text.
    pub text: String,
}

/// What a cell takes and does.
pub struct LibraryCell {
    /// In the library's unit.
    pub area: f64,
    /// What it computes; none where the flow cannot simulate it.
    pub function: Option<Function>,
}

impl Library {
    /// The library in a file, or osu018 of Debian.
    pub fn open(liberty: Option<&Path>, models: &[PathBuf]) -> Result<Library, ToolError> {
        let path = liberty.map_or(Ok(OSU018.into()), absolute)?;
        let models = models.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?;
        match read_file(&path) {
            Ok(text) => Ok(Library { path, models, text }),
            Err(_) if liberty.is_none() => Err(ToolError::Unusable {
                path,
                reason: "it is not there: install Debian's package `qflow-tech-osu018`, which \
                         `scripts/install-tools` does, or give another library with --liberty"
                    .into(),
            }),
            Err(error) => Err(error),
        }
    }

    /// Verilog that defines the cells: what was given, or else what [`cells`](Library::cells) wrote.
    pub fn models(&self, folder: &Path) -> Result<String, ToolError> {
        let written = [folder.join("cells.v")];
        let files = if self.models.is_empty() { &written[..] } else { &self.models };
        files.iter().map(|path| read_file(path)).collect()
    }

    /// Name of the file without its ending.
    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The path as tools read it.
    pub fn file(&self) -> String {
        self.path.display().to_string()
    }

    /// The cells, by name. Writes their Verilog models to `cells.v` of the folder.
    pub fn cells(&self, folder: &Path) -> Result<BTreeMap<String, LibraryCell>, ToolError> {
        let read = "read_liberty -ignore_miss_func -ignore_miss_dir -ignore_miss_data_latch";
        let script = [
            format!("{read} {}", self.file()),
            "write_json cells.json".into(),
            "write_verilog -noattr cells.v".into(),
        ];
        yosys::run(folder, &script)?;
        let modules = Modules::read(&folder.join("cells.json"))?.modules;
        let cell = |(name, area): (String, f64)| {
            let function = modules.get(&name).and_then(cells::function);
            (name, LibraryCell { area, function })
        };
        Ok(areas(&self.text).into_iter().map(cell).collect())
    }
}

/// The area of the smallest NAND of two inputs.
pub fn nand_area(cells: &BTreeMap<String, LibraryCell>) -> Option<f64> {
    let nands = cells.values().filter(|cell| cell.function.as_ref().is_some_and(Function::is_nand2));
    nands.map(|cell| cell.area).reduce(f64::min)
}

fn absolute(path: &Path) -> Result<PathBuf, ToolError> {
    path.canonicalize().map_err(|source| ToolError::Io { action: format!("find {}", path.display()), source })
}

/// The areas of all cells of a Liberty file.
fn areas(text: &str) -> BTreeMap<String, f64> {
    let mut areas = BTreeMap::new();
    let mut cell: Option<String> = None;
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = attribute(line, "cell").filter(|rest| rest.starts_with('(')) {
            let name = rest[1..].split(')').next().unwrap_or_default();
            cell = Some(name.trim().trim_matches('"').to_string());
        } else if let Some(rest) = attribute(line, "area").and_then(|rest| rest.strip_prefix(':')) {
            let number = rest.trim().trim_end_matches(|c: char| !c.is_ascii_digit()).trim_matches('"');
            if let (Some(name), Ok(area)) = (cell.take(), number.parse()) {
                areas.insert(name, area);
            }
        }
    }
    areas
}

/// What follows a word at the beginning of a line, if the line begins with it.
fn attribute<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    line.strip_prefix(word).map(str::trim_start).filter(|rest| rest.starts_with([':', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_in_the_styles_of_several_libraries() {
        let text = "library (x) {\n  cell (INVX1) {\n  cell_footprint : inv;\n  area : 16;\n  pin(A) {\n\
                    cell (\"sky__nand2_1\") {\n    leakage_power () {\n }\n    area : 3.7536000000;\n\
                    \tcell (NAND2_X1) {\n\tdrive_strength : 1;\n\tarea             \t: 0.798000;\n";
        let expected = [("INVX1", 16.0), ("NAND2_X1", 0.798), ("sky__nand2_1", 3.7536)];
        assert!(areas(text).iter().map(|(name, area)| (name.as_str(), *area)).eq(expected));
    }
}
