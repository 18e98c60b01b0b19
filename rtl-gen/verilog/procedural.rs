//! The statements of `always` blocks as text.

use crate::plan::{Branch, Statement};
use crate::statements::Printer;
use crate::text::one_line;

/// A case with one assignment of at most this length is written on one line.
const CASE_COLUMNS: usize = 80;

impl Printer<'_> {
    /// The branch for the remaining conditions.
    pub fn last_branch(&mut self, indent: usize, statements: &[Statement], arrow: &str) {
        match statements {
            [only @ Statement::If { .. }] => self.chain(indent, "end else ", only, arrow),
            statements => {
                self.line(indent, "end else begin");
                self.branch(indent + 4, statements, arrow);
                self.line(indent, "end");
            }
        }
    }

    /// The statements of one branch; `arrow` is `=` or `<=`.
    pub fn branch(&mut self, indent: usize, statements: &[Statement], arrow: &str) {
        statements.iter().for_each(|statement| self.statement(indent, statement, arrow));
    }

    fn statement(&mut self, indent: usize, statement: &Statement, arrow: &str) {
        match statement {
            Statement::Assign(signal, value) => {
                let head = format!("{} {arrow}", self.plan.signal(*signal).name);
                self.assign(indent, &head, value);
            }
            Statement::If { .. } => self.chain(indent, "", statement, arrow),
            Statement::Case { select, cases, otherwise } => {
                self.line(indent, &format!("case ({})", one_line(self.plan, select)));
                cases.iter().for_each(|case| self.case(indent + 4, case, arrow));
                self.default(indent + 4, otherwise, arrow);
                self.line(indent, "endcase");
            }
        }
    }

    /// `if`, `else if`, `else`, with `keyword` before the first one.
    fn chain(&mut self, indent: usize, mut keyword: &str, mut statement: &Statement, arrow: &str) {
        while let Statement::If { condition, then, otherwise } = statement {
            self.line(indent, &format!("{keyword}if ({}) begin", one_line(self.plan, condition)));
            self.branch(indent + 4, then, arrow);
            keyword = "end else ";
            match otherwise.as_slice() {
                [next @ Statement::If { .. }] => statement = next,
                [] => return self.line(indent, "end"),
                others => return self.last_branch(indent, others, arrow),
            }
        }
    }

    fn case(&mut self, indent: usize, case: &Branch, arrow: &str) {
        let labels: Vec<String> = case.labels.iter().map(|label| one_line(self.plan, label)).collect();
        self.labelled(indent, &labels.join(", "), &case.statements, arrow);
    }

    /// A default for lint tools, which want one even if it does nothing.
    fn default(&mut self, indent: usize, statements: &[Statement], arrow: &str) {
        self.labelled(indent, "default", statements, arrow);
    }

    fn labelled(&mut self, indent: usize, label: &str, statements: &[Statement], arrow: &str) {
        if statements.is_empty() {
            return self.line(indent, &format!("{label}: ;"));
        }
        if let [Statement::Assign(signal, value)] = statements {
            let name = &self.plan.signal(*signal).name;
            let line = format!("{label}: {name} {arrow} {};", one_line(self.plan, value));
            if line.len() <= CASE_COLUMNS {
                return self.line(indent, &line);
            }
        }
        self.line(indent, &format!("{label}: begin"));
        self.branch(indent + 4, statements, arrow);
        self.line(indent, "end");
    }
}
