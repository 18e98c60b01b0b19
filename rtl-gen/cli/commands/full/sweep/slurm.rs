//! Points as a Slurm job array: each job fills the cache, and the results are read from it.

use super::point::Point;
use crate::files::folder::write_file;
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use testbenches::tools::{self, Tool};

/// Slurm's command that submits jobs.
const SBATCH: Tool = Tool {
    what: "Slurm's sbatch",
    program: "sbatch",
    variable: "GEN_RTL_SBATCH",
    package: "Debian's package `slurm-client`",
    version_option: "--version",
};

/// Runs every legal point as a job of an array, and waits for them.
pub fn run(
    folder: &Path,
    cache: &Path,
    block: &str,
    points: &[Point],
    arguments: &[String],
    options: &[String],
) -> Result<(), Error> {
    let folder = absolute(folder)?;
    let program = env::current_exe().map_err(|error| Error::io("find this program", error))?;
    let commands: Vec<String> = points
        .iter()
        .filter_map(Point::hardware)
        .map(|hardware| {
            let words = [program.display().to_string(), "synth".into(), block.into()];
            let cache = ["--json".into(), format!("--cache={}", cache.display())];
            let words =
                words.into_iter().chain(hardware.arguments()).chain(arguments.iter().cloned()).chain(cache);
            words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
        })
        .collect();
    write_file(&folder.join("commands.txt"), (commands.join("\n") + "\n").as_bytes())?;
    write_file(&folder.join("sweep.sbatch"), script(&folder, commands.len()).as_bytes())?;
    let mut sbatch = Command::new(SBATCH.find().map_err(|error| Error::new(error.to_string()))?);
    // Jobs inherit this environment, but run on other machines.
    match env::var_os("TMPDIR") {
        Some(folder) => sbatch.env("TMPDIR", folder),
        None => sbatch.env_remove("TMPDIR"),
    };
    sbatch
        .arg("--wait")
        .arg(format!("--output={}/slurm-%a.log", folder.display()))
        .args(options)
        .arg(folder.join("sweep.sbatch"));
    // Failed jobs do not stop the sweep: the errors of their points are reported later.
    let finished =
        interrupt::orderly(|| tools::run(&mut sbatch)).map_err(|error| Error::new(error.to_string()))?;
    match finished.output.contains("Submitted batch job") {
        true => Ok(()),
        false => Err(Error::new(finished.into_error().to_string())),
    }
}

/// The array's script: job n runs line n of the commands.
fn script(folder: &Path, jobs: usize) -> String {
    format!(
        "#!/bin/bash\n#SBATCH --job-name=gen-rtl-sweep\n#SBATCH --array=1-{jobs}\n#SBATCH --cpus-per-task=1\n\
         eval \"$(sed -n \"${{SLURM_ARRAY_TASK_ID}}p\" {})\"\n",
        quoted(&folder.join("commands.txt").display().to_string())
    )
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|error| Error::io(format!("find {}", path.display()), error))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_runs_its_line_of_the_commands() {
        let text = script(Path::new("/shared/out"), 12);
        assert!(text.contains("#SBATCH --array=1-12\n"));
        assert!(text.contains("sed -n \"${SLURM_ARRAY_TASK_ID}p\" '/shared/out/commands.txt'"));
    }
}
