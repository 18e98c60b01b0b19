//! Modules named after their parameters.

use hdl::{Design, Module, ModuleRef};

/// A module of a design, whose name is `name` and behind it the `parts` that distinguish it.
pub fn module(design: &Design, name: &str, parts: &[String], build: impl FnOnce(&Module)) -> ModuleRef {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    design.module(name, &parts, build)
}
