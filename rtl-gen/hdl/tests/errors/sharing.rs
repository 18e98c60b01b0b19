//! Modules with the same name and different contents.

use crate::{Case, design_case};
use hdl::{Bits, BlackBoxPort, Design, Module, ModuleRef};

pub fn cases() -> Vec<Case> {
    let mut cases = contents();
    cases.extend(names());
    cases
}

/// The two modules in series.
fn both(design: &Design, [first, second]: [ModuleRef; 2]) -> ModuleRef {
    design.module("top", &[], |m| {
        let x = m.input("x", 8, "");
        let x = m.instance("u_first", first).set("x", x).get("y");
        m.output("y", m.instance("u_second", second).set("x", x).get("y"), "");
    })
}

/// Builds a module twice. `contents` gets the number of the build, so that it can differ.
fn built_twice(design: &Design, contents: impl Fn(&Module, u64)) -> ModuleRef {
    both(design, [1, 2].map(|number| design.module("shared", &[], |m| contents(m, number))))
}

fn contents() -> Vec<Case> {
    vec![
        design_case("module_with_another_constant", |design| {
            built_twice(design, |m, by| m.output("y", m.input("x", 8, "") + by, ""))
        }),
        design_case("module_with_another_operator", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 8, "");
                m.output("y", if number == 1 { x ^ 1 } else { !x }, "");
            })
        }),
        design_case("module_built_by_two_lines", |design| {
            let first = design.module("shared", &[], |m| m.output("y", m.input("x", 8, "") + 1, ""));
            let second = design.module("shared", &[], |m| m.output("y", m.input("x", 8, "") - 1, ""));
            both(design, [first, second])
        }),
        design_case("module_with_a_rom_of_other_contents", |design| {
            built_twice(design, |m, number| {
                let words: Vec<Bits> = (0..256).map(|at| Bits::truncated((at / number).into(), 8)).collect();
                m.output("y", m.rom("table", &words).read(m.input("x", 8, "")), "");
            })
        }),
        design_case("module_with_another_port", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 8, "");
                m.output("y", if number == 1 { x } else { m.input("z", 8, "") & x }, "");
            })
        }),
        design_case("module_with_another_width", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 7 + number as u32, "");
                m.output("y", x, "");
            })
        }),
        design_case("module_with_another_reset_value", |design| {
            built_twice(design, |m, value| {
                let register = m.reg("r", 8).reset_to(value.into());
                register.set(m.input("x", 8, ""));
                m.output("y", register.value(), "");
            })
        }),
        design_case("module_with_another_write", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 8, "");
                let memory = m.memory("words", 8, 256);
                (0..number).for_each(|bit| memory.write(x.bit(bit as u32), x, x));
                m.output("y", memory.read(x), "");
            })
        }),
        design_case("module_with_another_child", |design| {
            built_twice(design, |m, number| {
                let child = m.design().module("child", &[&number.to_string()], |m| {
                    m.output("y", m.input("x", 8, "") + number, "");
                });
                m.output("y", m.instance("u_child", child).set("x", m.input("x", 8, "")).get("y"), "");
            })
        }),
        design_case("module_whose_child_has_other_contents", |design| {
            built_twice(design, |m, number| {
                let child =
                    m.design().module("child", &[], |m| m.output("y", m.input("x", 8, "") + number, ""));
                m.output("y", m.instance("u_child", child).set("x", m.input("x", 8, "")).get("y"), "");
            })
        }),
        design_case("module_with_another_property", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 8, "");
                m.cover(if number == 1 { "one" } else { "two" }, x.any());
                m.output("y", x, "");
            })
        }),
        design_case("module_with_another_parameter_in_its_header", |design| {
            built_twice(design, |m, number| {
                m.parameter("number", number);
                m.output("y", m.input("x", 8, ""), "");
            })
        }),
        design_case("module_with_another_description", |design| {
            built_twice(design, |m, number| {
                m.describe(&format!("Number {number}."));
                m.output("y", m.input("x", 8, ""), "");
            })
        }),
        design_case("module_with_an_error_the_second_time", |design| {
            built_twice(design, |m, number| {
                let x = m.input("x", 8, "");
                m.output("y", x + (254 + number), "");
            })
        }),
        design_case("module_within_itself_the_second_time", |design| {
            fn stage(design: &Design, more: u32) -> ModuleRef {
                design.module("stage", &[], |m| {
                    let x = m.input("x", 8, "");
                    let x = match more {
                        0 => x,
                        more => m.instance("u_more", stage(m.design(), more - 1)).set("x", x).get("y"),
                    };
                    m.output("y", !x, "");
                })
            }
            both(design, [0, 1].map(|more| stage(design, more)))
        }),
    ]
}

fn names() -> Vec<Case> {
    vec![
        design_case("module_name_by_case", |design| {
            let [upper, lower] = ["Stage", "stage"]
                .map(|name| design.module(name, &[], |m| m.output("y", m.input("x", 8, ""), "")));
            both(design, [upper, lower])
        }),
        design_case("module_part_by_case", |design| {
            both(
                design,
                ["a", "A"]
                    .map(|part| design.module("stage", &[part], |m| m.output("y", m.input("x", 8, ""), ""))),
            )
        }),
        design_case("black_box_name_by_case", |design| {
            design.module("pad", &[], |m| m.output("y", m.lit(0, 1), ""));
            design.black_box("PAD", &[], vec![BlackBoxPort::output("y", 1)])
        }),
        design_case("module_name_by_case_of_a_black_box", |design| {
            design.black_box("PAD", &[], vec![BlackBoxPort::output("y", 1)]);
            design.module("pad", &[], |m| m.output("y", m.lit(0, 1), ""))
        }),
    ]
}
