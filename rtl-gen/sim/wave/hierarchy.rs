//! The scopes of a waveform file and the variables in them.

use super::Watched;
use crate::simulator::Simulator;
use std::collections::HashMap;
use std::io;

/// A variable in a scope. Variables of one code always have one value.
pub(super) struct Variable {
    pub name: String,
    pub width: u32,
    pub code: usize,
}

/// A module instance.
#[derive(Default)]
pub(super) struct Scope {
    pub name: String,
    pub variables: Vec<Variable>,
    pub children: Vec<Scope>,
}

/// Everything in a waveform file.
pub(super) struct Hierarchy {
    pub top: Scope,
    /// The signals that the codes refer to; the clock, if any, has the code after them.
    pub watched: Vec<Watched>,
}

/// Writes declarations.
pub(super) trait Declare {
    fn enter(&mut self, scope: &str) -> io::Result<()>;
    fn variable(&mut self, variable: &Variable) -> io::Result<()>;
    fn leave(&mut self) -> io::Result<()>;
}

impl Scope {
    fn new(name: &str) -> Scope {
        Scope { name: name.into(), ..Scope::default() }
    }

    /// Declares the scope with all that is in it.
    pub fn declare(&self, to: &mut impl Declare) -> io::Result<()> {
        to.enter(&self.name)?;
        self.variables.iter().try_for_each(|variable| to.variable(variable))?;
        self.children.iter().try_for_each(|child| child.declare(to))?;
        to.leave()
    }

    /// The child with this name, created if needed; the latest one is the likeliest.
    fn child(&mut self, name: &str) -> &mut Scope {
        let index = self.children.iter().rposition(|child| child.name == name).unwrap_or_else(|| {
            self.children.push(Scope::new(name));
            self.children.len() - 1
        });
        &mut self.children[index]
    }
}

impl Hierarchy {
    /// The ports in the scope `top`, and the internal signals in the scopes that their paths name.
    pub fn of(simulator: &dyn Simulator, top: &str, clock: Option<&str>) -> Hierarchy {
        let mut hierarchy = Hierarchy { top: Scope::new(top), watched: vec![] };
        for (index, port) in simulator.ports().iter().enumerate() {
            let (name, width, code) = (port.name.clone(), port.width, hierarchy.watched.len());
            hierarchy.watched.push(Watched::Port(index));
            hierarchy.top.variables.push(Variable { name, width, code });
        }
        let mut codes = HashMap::new();
        for signal in simulator.signals() {
            let (path, name) = signal.path.rsplit_once('.').unwrap_or(("", &signal.path));
            let code = *codes.entry(signal.id).or_insert_with(|| {
                hierarchy.watched.push(Watched::Signal(signal.id));
                hierarchy.watched.len() - 1
            });
            let instances = path.split('.').filter(|name| !name.is_empty());
            let scope = instances.fold(&mut hierarchy.top, |scope, name| scope.child(name));
            scope.variables.push(Variable { name: name.into(), width: signal.width, code });
        }
        if let Some(name) = clock {
            let clock = Variable { name: name.into(), width: 1, code: hierarchy.watched.len() };
            hierarchy.top.variables.insert(0, clock);
        }
        hierarchy
    }
}
