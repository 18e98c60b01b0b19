//! The body of a module as text: declarations and instances.

use crate::expr::{Expr, SignalId};
use crate::plan::{Connection, Item, Kind, Memory, Plan, Statements, Unread};
use crate::ports::range;
use crate::text::{assignment, one_line};
use hdl::{Bits, Source};

/// The attribute that gives the Rust source line of a declaration.
pub(crate) fn locator(source: Source) -> String {
    let plain = |character: char| match character {
        '\\' => '/',
        '"' => '\'',
        control if control.is_control() => ' ',
        other => other,
    };
    let file: String = source.file().chars().map(plain).collect();
    format!("(* src = \"{file}:{}\" *)", source.line())
}

/// Prints the body of a module.
pub(crate) struct Printer<'a> {
    pub plan: &'a Plan,
    pub locators: bool,
    pub out: String,
}

impl Printer<'_> {
    /// Everything between the port list and `endmodule`.
    pub fn body(&mut self) {
        self.statements(&self.plan.main);
        self.gap();
        for (port, value) in &self.plan.outputs {
            self.assign(4, &format!("assign {} =", self.plan.signal(*port).name), value);
        }
        self.formal();
        self.unread();
    }

    /// Collects unread signals in one wire that marks them as intentionally unused: Verilator goes by its name, slang
    /// by its attribute.
    fn unread(&mut self) {
        let Some(Unread { name, parts }) = &self.plan.unread else { return };
        let zero = [Expr::Const(Bits::zero(1))];
        let parts = [&zero, parts.as_slice(), &zero].concat();
        self.gap();
        self.line(4, "(* unused *)");
        self.line(4, &format!("wire {name};"));
        self.assign(4, &format!("assign {name} ="), &Expr::unary("&", Expr::Concat(parts)));
    }

    pub fn line(&mut self, indent: usize, text: &str) {
        self.out.push_str(&format!("{:indent$}{text}\n", ""));
    }

    /// Separates the following text by an empty line.
    pub fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    pub fn assign(&mut self, indent: usize, head: &str, value: &Expr) {
        assignment(&mut self.out, self.plan, indent, head, value);
    }

    fn locator(&mut self, source: Option<Source>) {
        if let Some(source) = source.filter(|_| self.locators) {
            self.line(4, &locator(source));
        }
    }

    pub fn statements(&mut self, statements: &Statements) {
        statements.items.iter().for_each(|item| self.item(item));
        statements.registers.iter().for_each(|group| self.register_group(group));
        statements.writes.iter().for_each(|writes| self.memory_writes(writes));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Signal(id, value) => self.signal(*id, value.as_ref()),
            Item::Block(id, statements) => {
                self.signal(*id, None);
                self.gap();
                self.line(4, "always @* begin");
                self.branch(8, statements, "=");
                self.line(4, "end");
                self.gap();
            }
            Item::Memory(memory) => self.memory(memory),
            Item::Instance { module, parameters, name, connections, source } => {
                self.gap();
                self.locator(Some(*source));
                self.instance(module, parameters, name, connections);
                self.gap();
            }
        }
    }

    fn signal(&mut self, id: SignalId, value: Option<&Expr>) {
        let signal = self.plan.signal(id);
        let (name, range) = (&signal.name, range(signal.width));
        let keyword = match signal.kind {
            Kind::Input | Kind::Output { .. } => {
                return value
                    .into_iter()
                    .for_each(|value| self.assign(4, &format!("assign {name} ="), value));
            }
            Kind::Wire => "wire",
            Kind::SignedWire => "wire signed",
            Kind::Register => "reg",
            Kind::Constant => "localparam",
        };
        self.locator(signal.source);
        match value {
            None => self.line(4, &format!("{keyword} {range}{name};")),
            // Icarus accepts no attribute on a declaration that also assigns.
            Some(value) if self.locators && signal.kind != Kind::Constant => {
                self.line(4, &format!("{keyword} {range}{name};"));
                self.assign(4, &format!("assign {name} ="), value);
            }
            Some(value) => self.assign(4, &format!("{keyword} {range}{name} ="), value),
        }
    }

    fn memory(&mut self, memory: &Memory) {
        self.gap();
        self.locator(Some(memory.source));
        // Yosys obeys it; other tools ignore it.
        if memory.is_unchecked {
            self.line(4, "(* no_rw_check *)");
        }
        self.line(4, &format!("reg {}{} [0:{}];", range(memory.width), memory.name, memory.depth - 1));
        if !memory.contents.is_empty() {
            self.line(4, "initial begin");
            for (address, word) in memory.contents.iter().enumerate() {
                self.assign(8, &format!("{}[{address}] =", memory.name), &Expr::constant(word));
            }
            self.line(4, "end");
        }
        self.gap();
    }

    fn instance(&mut self, module: &str, parameters: &[(String, String)], name: &str, ports: &[Connection]) {
        let parameters: Vec<String> =
            parameters.iter().map(|(name, value)| format!(".{name}({value})")).collect();
        let ports: Vec<String> =
            ports.iter().map(|it| format!(".{}({})", it.port, one_line(self.plan, &it.value))).collect();
        if parameters.is_empty() {
            self.line(4, &format!("{module} {name} ({});", list(&ports)));
        } else {
            self.line(4, &format!("{module} #({}) {name} ({});", list(&parameters), list(&ports)));
        }
    }
}

/// Entries between parentheses, one per line.
fn list(entries: &[String]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = entries.iter().map(|entry| format!("\n        {entry}")).collect();
    format!("{}\n    ", lines.join(","))
}
