//! Clocked blocks and properties as text.

use crate::plan::{MemoryWrites, RegisterGroup, RegisterUpdate};
use crate::statements::Printer;
use crate::text::{one_line, selected};
use hdl::ResetStyle;
use hdl::netlist::{Level, PropertyKind};

impl Printer<'_> {
    pub fn register_group(&mut self, group: &RegisterGroup) {
        let style = self.plan.clocking.style;
        if style == ResetStyle::None && group.registers.iter().any(|register| register.reset.is_some()) {
            self.gap();
            self.line(4, "initial begin");
            self.reset_values(group, 8, "=");
            self.line(4, "end");
        }
        self.gap();
        let event = if group.is_reset { self.clock_or_reset() } else { self.clock_edge() };
        self.line(4, &format!("always @({event}) begin"));
        let enable =
            group.enable.as_ref().map(|enable| format!("if ({}) begin", one_line(self.plan, enable)));
        if group.is_reset {
            self.line(8, &format!("if ({}) begin", self.reset_is(true)));
            self.reset_values(group, 12, "<=");
        }
        match (group.is_reset, enable) {
            (true, Some(enable)) => self.enabled(&format!("end else {enable}"), group),
            (true, None) if group.registers.iter().all(|register| register.undefined.is_empty()) => {
                self.last_branch(8, &group.next, "<=");
            }
            (true, None) => self.enabled("end else begin", group),
            (false, Some(enable)) => self.enabled(&enable, group),
            (false, None) => self.next_values(8, group),
        }
        self.line(4, "end");
    }

    fn enabled(&mut self, condition: &str, group: &RegisterGroup) {
        self.line(8, condition);
        self.next_values(12, group);
        self.line(8, "end");
    }

    fn next_values(&mut self, indent: usize, group: &RegisterGroup) {
        self.branch(indent, &group.next, "<=");
        group.registers.iter().for_each(|register| self.undefined_values(register, indent));
    }

    /// Models collisions of writes and reads in simulation; in synthesis, the memory's own behaviour is accepted.
    fn undefined_values(&mut self, register: &RegisterUpdate, indent: usize) {
        if register.undefined.is_empty() {
            return;
        }
        let signal = self.plan.signal(register.signal);
        let value = if signal.width == 1 { "1'bx".into() } else { format!("{{{}{{1'bx}}}}", signal.width) };
        self.line(0, "`ifndef SYNTHESIS");
        for condition in &register.undefined {
            self.line(
                indent,
                &format!("if ({}) {} <= {value};", one_line(self.plan, condition), signal.name),
            );
        }
        self.line(0, "`endif");
    }

    fn reset_values(&mut self, group: &RegisterGroup, indent: usize, arrow: &str) {
        for register in &group.registers {
            if let Some(reset) = &register.reset {
                let head = format!("{} {arrow}", self.plan.signal(register.signal).name);
                self.assign(indent, &head, reset);
            }
        }
    }

    pub fn memory_writes(&mut self, writes: &MemoryWrites) {
        let plan = self.plan;
        self.gap();
        self.line(4, &format!("always @({}) begin", self.clock_edge()));
        for port in &writes.ports {
            self.line(8, &format!("if ({}) begin", one_line(plan, &port.enable)));
            let word = format!("{}[{}]", plan.memories[writes.memory], one_line(plan, &port.address));
            if port.lanes.is_empty() {
                self.assign(12, &format!("{word} <="), &port.data);
            }
            for lane in &port.lanes {
                let enable = one_line(plan, &lane.enable);
                let head = format!("if ({enable}) {} <=", selected(&word, lane.high, lane.low));
                self.assign(12, &head, &lane.data);
            }
            self.line(8, "end");
        }
        self.line(4, "end");
    }

    /// The properties and the logic that only they read. `assert` is not Verilog-2005: formal tools define `FORMAL`.
    pub fn formal(&mut self) {
        if self.plan.properties.is_empty() {
            return;
        }
        self.gap();
        self.line(0, "`ifdef FORMAL");
        self.statements(&self.plan.formal);
        if !self.plan.formal.items.is_empty() {
            self.gap();
        }
        let has_reset = self.plan.clocking.reset.is_some();
        if has_reset {
            self.line(4, &format!("initial assume ({});", self.reset_is(true)));
        }
        let event = self.plan.clocking.clock.map_or("*".into(), |_| self.clock_edge());
        self.line(4, &format!("always @({event}) begin"));
        if has_reset {
            self.line(8, &format!("if ({}) begin", self.reset_is(false)));
        }
        for property in &self.plan.properties {
            let keyword = match property.kind {
                PropertyKind::Assert => "assert",
                PropertyKind::Assume => "assume",
                PropertyKind::Cover => "cover",
            };
            let condition = one_line(self.plan, &property.condition);
            let indent = if has_reset { 12 } else { 8 };
            self.line(indent, &format!("{}: {keyword} ({condition});", property.label));
        }
        if has_reset {
            self.line(8, "end");
        }
        self.line(4, "end");
        self.line(0, "`endif");
    }

    fn clock_edge(&self) -> String {
        let clock = self.plan.clocking.clock.expect("a module with clocked elements has a clock");
        format!("posedge {}", self.plan.signal(clock).name)
    }

    fn clock_or_reset(&self) -> String {
        let edge = match (self.plan.clocking.style, self.plan.clocking.active) {
            (ResetStyle::Asynchronous, Level::Low) => "negedge",
            (ResetStyle::Asynchronous, Level::High) => "posedge",
            (ResetStyle::Synchronous | ResetStyle::None, _) => return self.clock_edge(),
        };
        format!("{} or {edge} {}", self.clock_edge(), self.reset_name())
    }

    /// The condition that the reset is active, or inactive.
    fn reset_is(&self, active: bool) -> String {
        let is_high = self.plan.clocking.active == Level::High;
        format!("{}{}", if is_high == active { "" } else { "!" }, self.reset_name())
    }

    fn reset_name(&self) -> &str {
        let reset = self.plan.clocking.reset.expect("a module with reset registers has a reset");
        &self.plan.signal(reset).name
    }
}
