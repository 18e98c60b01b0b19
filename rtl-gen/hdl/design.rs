//! A design under construction: its modules, shared by key, and the errors found so far.

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::graph::Dependencies;
use crate::identifier;
use crate::module::Module;
use crate::module_names::{Claim, ModuleNames};
use crate::netlist::{Body, Clocking, ModuleDef, Netlist};
use crate::rules::MAX_LEVELS;
use crate::{conditional, contents, finish};
use std::cell::{Cell, OnceCell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A design under construction. A cheap handle: clones are the same design.
#[derive(Clone)]
pub struct Design(Rc<State>);

struct State {
    /// Distinguishes the modules of one design from those of another.
    number: usize,
    clocking: Clocking,
    modules: RefCell<Vec<Rc<Finished>>>,
    names: RefCell<ModuleNames>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// The modules under construction, each of them inside the one before it; user code runs in the last one.
    open: RefCell<Vec<usize>>,
    /// The open `when`s and `switch`es: module and line of each.
    conditions: RefCell<Vec<(usize, Source)>>,
    /// Distinguishes modules under construction.
    next_module: Cell<usize>,
}

/// A finished module.
pub(crate) struct Finished {
    pub def: ModuleDef,
    /// False if it has an error.
    pub is_sound: bool,
    /// A hash of its contents as declared.
    pub hash: u64,
    /// Levels of the hierarchy from here down: 1 without instances.
    pub levels: usize,
    ports: BTreeMap<String, usize>,
    /// Computed when a parent asks: nobody asks for the top module.
    dependencies: OnceCell<Dependencies>,
}

impl Finished {
    pub fn new(def: ModuleDef, is_sound: bool, hash: u64, levels: usize) -> Finished {
        let names = def.ports.iter().enumerate().map(|(index, port)| (port.port.name.clone(), index));
        let ports = names.collect();
        Finished { def, is_sound, hash, levels, ports, dependencies: OnceCell::new() }
    }

    /// A module whose logic is unknown.
    pub fn black_box(def: ModuleDef, dependencies: Dependencies) -> Finished {
        Finished { dependencies: dependencies.into(), ..Finished::new(def, true, 0, 1) }
    }

    /// Which of its outputs depend on which inputs without a register between.
    pub fn dependencies(&self, design: &Design) -> &Dependencies {
        self.dependencies.get_or_init(|| match &self.def.body {
            Body::Logic(logic) => Dependencies::of(design, logic),
            Body::BlackBox { .. } => Dependencies::default(),
        })
    }

    /// The index of the port `name`.
    pub fn port(&self, name: &str) -> Option<usize> {
        self.ports.get(name).copied()
    }
}

/// A module of a design, to be instantiated or elaborated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleRef {
    design: usize,
    pub(crate) index: usize,
}

impl Design {
    /// An empty design, with the clock and reset of all its registers.
    #[track_caller]
    pub fn new(clocking: Clocking) -> Design {
        static DESIGNS: AtomicUsize = AtomicUsize::new(0);
        let design = Design(Rc::new(State {
            number: DESIGNS.fetch_add(1, Ordering::Relaxed),
            clocking,
            modules: RefCell::default(),
            names: RefCell::default(),
            diagnostics: RefCell::default(),
            open: RefCell::default(),
            conditions: RefCell::default(),
            next_module: Cell::default(),
        }));
        design.check_clocking(Location::caller());
        design
    }

    /// The clock and reset of the design.
    pub fn clocking(&self) -> &Clocking {
        &self.0.clocking
    }

    /// The module `name` with parameter parts, such as `("fifo", &["w8", "d4"])`, which Verilog calls
    /// `fifo_w8_d4`.
    ///
    /// Further calls with the same parts share the first module. `build` runs at each call, and the contents must be
    /// the same: everything that they depend on must be among the parts. To instantiate a module many times without
    /// building it again, keep its [`ModuleRef`].
    #[track_caller]
    pub fn module(&self, name: &str, parts: &[&str], build: impl FnOnce(&Module)) -> ModuleRef {
        let source = Location::caller();
        let key: Vec<String> = std::iter::once(&name).chain(parts).map(|part| part.to_string()).collect();
        let name = key.join("_");
        if self.0.open.borrow().len() >= MAX_LEVELS {
            let message = format!("module `{name}` is built within {MAX_LEVELS} others");
            let note = "build the lowest modules first, and pass them up".into();
            return self.refuse(&name, source, message, vec![note]);
        }
        let claim = self.names().claim(&name, key, source);
        match claim {
            Claim::New => {
                self.check_name(&name, "module", &name, source);
                let built = self.push(finish::module(&self.build(&name, build)));
                self.names().set_built(&name, Some(built));
                built
            }
            Claim::Built { module, first } => self.built_again(&name, module, [first, source], build),
            Claim::Taken { message, first } => {
                self.refuse(&name, source, message, vec![format!("it was first named at {first}")])
            }
        }
    }

    /// The innermost module under construction is the one that user code is in.
    pub(crate) fn is_innermost(&self, module: usize) -> bool {
        self.0.open.borrow().last() == Some(&module)
    }

    /// Records that a condition opens in a module.
    pub(crate) fn open_condition(&self, module: usize, source: Source) {
        self.0.conditions.borrow_mut().push((module, source));
    }

    /// Records that the last condition closes.
    pub(crate) fn close_condition(&self) {
        self.0.conditions.borrow_mut().pop();
    }

    /// The line of an open condition, if the module is being built inside another one.
    pub(crate) fn foreign_condition(&self, module: usize) -> Option<Source> {
        let open = self.0.open.borrow();
        let depth = |module: usize| open.iter().position(|open| *open == module);
        let conditions = self.0.conditions.borrow();
        conditions.iter().rev().find(|(other, _)| depth(*other) > depth(module)).map(|(_, source)| *source)
    }

    fn build(&self, name: &str, build: impl FnOnce(&Module)) -> Module {
        let module = self.new_module(name);
        self.0.open.borrow_mut().push(module.number());
        build(&module);
        conditional::resolve(&module);
        self.0.open.borrow_mut().pop();
        module
    }

    /// Builds a module again under a known name and key: returns the earlier one, or the new one if it has an error
    /// or other contents.
    fn built_again(
        &self,
        name: &str,
        earlier: ModuleRef,
        [first, source]: [Source; 2],
        build: impl FnOnce(&Module),
    ) -> ModuleRef {
        let before = self.finished(earlier.index);
        if !before.is_sound {
            return earlier;
        }
        self.names().set_built(name, None);
        let module = self.build(name, build);
        self.names().set_built(name, Some(earlier));
        if module.is_sound() && contents::hash(&module.state()) == before.hash {
            return earlier;
        }
        let mut now = finish::module(&module);
        if !now.is_sound {
            return self.push(now);
        }
        let Some(difference) = contents::difference(self, &before.def, &now.def) else { return earlier };
        let message = format!("module `{name}` is built twice with different contents");
        let notes = vec![
            format!("it was first built at {first}"),
            format!("the first has {}", difference.first),
            format!("the second has {}", difference.second),
            "give each version a name or name parts of its own".into(),
        ];
        self.error(name, source, message, notes);
        now.is_sound = false;
        self.push(now)
    }

    /// The netlist below `top`, or every error found in the design.
    #[track_caller]
    pub fn elaborate(&self, top: ModuleRef) -> Result<Netlist, Diagnostics> {
        let mut diagnostics = self.0.diagnostics.borrow().clone();
        if !self.owns(top) {
            diagnostics.push(Diagnostic {
                module: String::new(),
                message: "the module to elaborate belongs to another design".into(),
                source: Location::caller(),
                notes: vec![],
            });
        } else {
            diagnostics.extend(self.hostile_ports(top, Location::caller()));
        }
        match diagnostics.is_empty() {
            true => Ok(Netlist { modules: self.below(top), clocking: self.0.clocking.clone() }),
            false => Err(Diagnostics(diagnostics)),
        }
    }

    /// For each output of a module, the inputs that reach it in the same cycle, without a register between: their
    /// names, in port order. A black box has none, since nothing is known of its inside.
    pub fn combinational_paths(&self, module: ModuleRef) -> Vec<(String, Vec<String>)> {
        let finished = self.finished(module.index);
        let name = |port: usize| finished.def.ports[port].port.name.clone();
        let paths = finished.dependencies(self).iter();
        paths.map(|(output, inputs)| (name(output), inputs.map(name).collect())).collect()
    }

    /// Reports port names that are illegal only in the top module.
    fn hostile_ports(&self, top: ModuleRef, source: Source) -> Vec<Diagnostic> {
        let def = &self.finished(top.index).def;
        let Clocking { clock, reset, .. } = self.clocking();
        let clocking = [(def.uses_clock, clock), (def.uses_reset, reset)];
        let clocking = clocking.into_iter().filter(|(is_used, _)| *is_used).map(|(_, name)| (name, source));
        let ports = clocking.chain(def.ports.iter().map(|port| (&port.port.name, port.source)));
        let error = |(name, source): (&String, Source)| {
            let why = identifier::illegal_at_top(&def.name, name)?;
            Some(Diagnostic {
                module: def.name.clone(),
                message: format!("`{name}` cannot be a port of the top module: {why}"),
                source,
                notes: vec!["a port name is never altered on its way to Verilog".into()],
            })
        };
        ports.filter_map(error).collect()
    }

    pub(crate) fn owns(&self, module: ModuleRef) -> bool {
        module.design == self.0.number
    }

    /// The module of an instance, by its index.
    pub(crate) fn finished(&self, index: usize) -> Rc<Finished> {
        self.0.modules.borrow()[index].clone()
    }

    pub(crate) fn names(&self) -> RefMut<'_, ModuleNames> {
        self.0.names.borrow_mut()
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.0.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(crate) fn error(&self, module: &str, source: Source, message: String, notes: Vec<String>) {
        self.report(Diagnostic { module: module.into(), message, source, notes });
    }

    /// Reports a user's name that is illegal in Verilog.
    pub(crate) fn check_name(&self, module: &str, kind: &str, name: &str, source: Source) -> bool {
        let why = identifier::illegal(name);
        if let Some(why) = why {
            let note = format!("a {kind} name is never altered on its way to Verilog");
            self.error(module, source, format!("`{name}` cannot be a {kind} name: {why}"), vec![note]);
        }
        why.is_none()
    }

    /// Reports an error, and returns a placeholder for the module.
    fn refuse(&self, name: &str, source: Source, message: String, notes: Vec<String>) -> ModuleRef {
        self.error(name, source, message, notes);
        self.stand_in(name)
    }

    /// A placeholder: a module without ports, about which no further errors are reported.
    pub(crate) fn stand_in(&self, name: &str) -> ModuleRef {
        let module = self.new_module(name);
        module.mark_unsound();
        self.push(finish::module(&module))
    }

    fn new_module(&self, name: &str) -> Module {
        let number = self.0.next_module.get();
        self.0.next_module.set(number + 1);
        Module::new(self.clone(), name.into(), number)
    }

    pub(crate) fn push(&self, finished: Finished) -> ModuleRef {
        let mut modules = self.0.modules.borrow_mut();
        modules.push(Rc::new(finished));
        ModuleRef { design: self.0.number, index: modules.len() - 1 }
    }

    fn check_clocking(&self, source: Source) {
        let Clocking { clock, reset, .. } = self.clocking();
        let is_legal =
            self.check_name("", "clock", clock, source) && self.check_name("", "reset", reset, source);
        if is_legal && clock == reset {
            self.error("", source, format!("clock and reset are both called `{clock}`"), vec![]);
        }
    }

    /// The modules below `top`, children first, with their instances renumbered. A child is always finished before its
    /// parent.
    fn below(&self, top: ModuleRef) -> Vec<ModuleDef> {
        let modules = self.0.modules.borrow();
        let mut is_used = vec![false; top.index + 1];
        is_used[top.index] = true;
        for index in (0..=top.index).rev() {
            if let (true, Body::Logic(logic)) = (is_used[index], &modules[index].def.body) {
                logic.instances.iter().for_each(|instance| is_used[instance.module] = true);
            }
        }
        let mut place = vec![0; top.index + 1];
        let mut below = vec![];
        for index in (0..=top.index).filter(|index| is_used[*index]) {
            let mut def = modules[index].def.clone();
            if let Body::Logic(logic) = &mut def.body {
                logic.instances.iter_mut().for_each(|instance| instance.module = place[instance.module]);
            }
            place[index] = below.len();
            below.push(def);
        }
        below
    }
}
