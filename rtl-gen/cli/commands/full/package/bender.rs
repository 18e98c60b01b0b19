//! A manifest for Bender.

use super::contents::{Contents, render};
use super::flow::Flow;

pub const FLOW: Flow = Flow {
    name: "bender",
    about: "A manifest for Bender, with the testbench as target `simulation`",
    files,
    usage,
};

fn files(contents: &Contents) -> Vec<(String, String)> {
    vec![("Bender.yml".into(), render(include_str!("templates/Bender.yml.tera"), &contents.context()))]
}

fn usage(contents: &Contents) -> String {
    format!(
        "`cargo install bender`. As a dependency: `{}: {{ path: PACKAGE }}`. In this folder:\n\n```sh\n\
         bender script flist                 # the block\n\
         bender script flist -t simulation   # and its testbench, which reads its vectors from the folder that it runs in\n```\n",
        contents.top
    )
}
