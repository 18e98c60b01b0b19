//! A design under construction: its modules, shared by key, and the errors found so far.

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::graph::Dependencies;
use crate::identifier;
use crate::module::Module;
use crate::netlist::{Body, Clocking, ModuleDef, Netlist};
use std::cell::{OnceCell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A design under construction. A cheap handle: clones are the same design.
#[derive(Clone)]
pub struct Design(Rc<State>);

struct State {
    /// Tells the modules of one design from those of another.
    number: usize,
    clocking: Clocking,
    modules: RefCell<Vec<Rc<Finished>>>,
    by_name: RefCell<BTreeMap<String, Entry>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// What a Verilog module name stands for.
pub(crate) enum Entry {
    /// A module of the design; none while it is being built.
    Module { key: Vec<String>, source: Source, module: Option<ModuleRef> },
    /// Somebody else's module, in one variant for each set of parameters.
    BlackBox { source: Source, variants: Vec<ModuleRef> },
}

/// A finished module.
pub(crate) struct Finished {
    pub def: ModuleDef,
    /// False where it has an error.
    pub is_sound: bool,
    ports: BTreeMap<String, usize>,
    /// Found when a parent asks: nobody asks the top module.
    dependencies: OnceCell<Dependencies>,
}

impl Finished {
    pub fn new(def: ModuleDef, is_sound: bool) -> Finished {
        let names = def.ports.iter().enumerate().map(|(index, port)| (port.port.name.clone(), index));
        let ports = names.collect();
        Finished { def, is_sound, ports, dependencies: OnceCell::new() }
    }

    /// A module whose logic is not known.
    pub fn black_box(def: ModuleDef, dependencies: Dependencies) -> Finished {
        Finished { dependencies: dependencies.into(), ..Finished::new(def, true) }
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
    /// An empty design whose registers all obey `clocking`.
    #[track_caller]
    pub fn new(clocking: Clocking) -> Design {
        static DESIGNS: AtomicUsize = AtomicUsize::new(0);
        let design = Design(Rc::new(State {
            number: DESIGNS.fetch_add(1, Ordering::Relaxed),
            clocking,
            modules: RefCell::default(),
            by_name: RefCell::default(),
            diagnostics: RefCell::default(),
        }));
        design.check_clocking(Location::caller());
        design
    }

    /// The clock and reset of the design.
    pub fn clocking(&self) -> &Clocking {
        &self.0.clocking
    }

    /// The module `name` with parameter parts, such as `("fifo", &["w8", "d4"])`, which Verilog calls
    /// `fifo_w8_d4`. `build` runs at the first call; later ones share its result.
    #[track_caller]
    pub fn module(&self, name: &str, parts: &[&str], build: impl FnOnce(&Module)) -> ModuleRef {
        let key: Vec<String> = std::iter::once(&name).chain(parts).map(|part| part.to_string()).collect();
        let full_name = key.join("_");
        if let Some(shared) = self.claim(&full_name, key, Location::caller()) {
            return shared;
        }
        let module = Module::new(self.clone(), full_name.clone());
        build(&module);
        let built = self.push(module.finish());
        if let Some(Entry::Module { module, .. }) = self.0.by_name.borrow_mut().get_mut(&full_name) {
            *module = Some(built);
        }
        built
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
        }
        match diagnostics.is_empty() {
            true => Ok(Netlist { modules: self.below(top), clocking: self.0.clocking.clone() }),
            false => Err(Diagnostics(diagnostics)),
        }
    }

    pub(crate) fn owns(&self, module: ModuleRef) -> bool {
        module.design == self.0.number
    }

    /// The module that an instance refers to by its index.
    pub(crate) fn finished(&self, index: usize) -> Rc<Finished> {
        self.0.modules.borrow()[index].clone()
    }

    pub(crate) fn entries(&self) -> RefMut<'_, BTreeMap<String, Entry>> {
        self.0.by_name.borrow_mut()
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.0.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(crate) fn error(&self, module: &str, source: Source, message: String, notes: Vec<String>) {
        self.report(Diagnostic { module: module.into(), message, source, notes });
    }

    /// An error where a name of somebody's choice cannot stand in Verilog.
    pub(crate) fn check_name(&self, module: &str, kind: &str, name: &str, source: Source) -> bool {
        let why = identifier::illegal(name);
        if let Some(why) = why {
            let note = format!("a {kind} name is never altered on its way to Verilog");
            self.error(module, source, format!("`{name}` cannot be a {kind} name: {why}"), vec![note]);
        }
        why.is_none()
    }

    /// A module without ports, of which nothing that is wrong is reported.
    pub(crate) fn stand_in(&self, name: &str) -> ModuleRef {
        let module = Module::new(self.clone(), name.into());
        module.mark_unsound();
        self.push(module.finish())
    }

    pub(crate) fn push(&self, finished: Finished) -> ModuleRef {
        let mut modules = self.0.modules.borrow_mut();
        modules.push(Rc::new(finished));
        ModuleRef { design: self.0.number, index: modules.len() - 1 }
    }

    /// The module already built under `key`; else notes that it is being built.
    fn claim(&self, name: &str, key: Vec<String>, source: Source) -> Option<ModuleRef> {
        let earlier = match self.entries().get(name) {
            None => None,
            Some(Entry::Module { key: built, module: Some(module), .. }) if *built == key => {
                return Some(*module);
            }
            Some(Entry::Module { key: built, source, .. }) if *built == key => {
                Some((format!("module `{name}` contains itself"), *source))
            }
            Some(Entry::Module { key: built, source, .. }) => {
                Some((format!("two modules are called `{name}`: {built:?} and {key:?}"), *source))
            }
            Some(Entry::BlackBox { source, .. }) => {
                Some((format!("module `{name}` has the name of a black box"), *source))
            }
        };
        if let Some((message, first)) = earlier {
            self.error(name, source, message, vec![format!("it is first named at {first}")]);
            return Some(self.stand_in(name));
        }
        self.check_name(name, "module", name, source);
        self.entries().insert(name.into(), Entry::Module { key, source, module: None });
        None
    }

    fn check_clocking(&self, source: Source) {
        let Clocking { clock, reset, .. } = self.clocking();
        let is_legal =
            self.check_name("", "clock", clock, source) && self.check_name("", "reset", reset, source);
        if is_legal && clock == reset {
            self.error("", source, format!("clock and reset are both called `{clock}`"), vec![]);
        }
    }

    /// The modules below `top`, children first, with their instances renumbered. A child is always finished
    /// before its parent.
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
