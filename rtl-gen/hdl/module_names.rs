//! What the names of modules stand for in a design.

use crate::design::ModuleRef;
use crate::diagnostic::Source;
use std::collections::BTreeMap;

/// The names of modules and black boxes. Two must differ by more than case: file systems and tools exist that
/// take them for one otherwise.
#[derive(Default)]
pub(crate) struct ModuleNames {
    by_lower_case: BTreeMap<String, Entry>,
}

/// What a name stands for, and where it was first given.
pub(crate) struct Entry {
    name: String,
    pub source: Source,
    pub meaning: Meaning,
}

pub(crate) enum Meaning {
    /// A module of the design; none while it is being built.
    Module { key: Vec<String>, module: Option<ModuleRef> },
    /// Somebody else's module, in one variant for each set of parameters.
    BlackBox { variants: Vec<ModuleRef> },
}

/// The answer to the wish to build a module under a name.
pub(crate) enum Claim {
    /// The name is free; from now on it is taken.
    New,
    /// The same module was built before.
    Built { module: ModuleRef, first: Source },
    /// The name stands for something else.
    Taken { message: String, first: Source },
}

impl ModuleNames {
    /// The entry of a name that is written the same way, or what is wrong with writing it so.
    pub fn find(&mut self, name: &str) -> Result<Option<&mut Entry>, (String, Source)> {
        match self.by_lower_case.get_mut(&name.to_ascii_lowercase()) {
            Some(entry) if entry.name != name => {
                let why = "which some tools and file systems ignore";
                Err((
                    format!("modules `{}` and `{name}` differ only in case, {why}", entry.name),
                    entry.source,
                ))
            }
            found => Ok(found),
        }
    }

    /// Takes a name that is free.
    pub fn insert(&mut self, name: &str, source: Source, meaning: Meaning) {
        self.by_lower_case.insert(name.to_ascii_lowercase(), Entry { name: name.into(), source, meaning });
    }

    /// Asks for a name on behalf of the module `key`.
    pub fn claim(&mut self, name: &str, key: Vec<String>, source: Source) -> Claim {
        let entry = match self.find(name) {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                self.insert(name, source, Meaning::Module { key, module: None });
                return Claim::New;
            }
            Err((message, first)) => return Claim::Taken { message, first },
        };
        let first = entry.source;
        let message = match &entry.meaning {
            Meaning::Module { key: built, module: Some(module) } if *built == key => {
                return Claim::Built { module: *module, first };
            }
            Meaning::Module { key: built, module: None } if *built == key => {
                format!("module `{name}` contains itself")
            }
            Meaning::Module { key: built, .. } => {
                format!("two modules are called `{name}`: {built:?} and {key:?}")
            }
            Meaning::BlackBox { .. } => format!("module `{name}` has the name of a black box"),
        };
        Claim::Taken { message, first }
    }

    /// Notes what was built under a name, or that it is being built again.
    pub fn set_built(&mut self, name: &str, built: Option<ModuleRef>) {
        if let Ok(Some(Entry { meaning: Meaning::Module { module, .. }, .. })) = self.find(name) {
            *module = built;
        }
    }

    /// Notes a variant of a black box, whose name is free or that of its other variants.
    pub fn add_variant(&mut self, name: &str, source: Source, variant: ModuleRef) {
        match self.find(name) {
            Ok(Some(Entry { meaning: Meaning::BlackBox { variants }, .. })) => variants.push(variant),
            _ => self.insert(name, source, Meaning::BlackBox { variants: vec![variant] }),
        }
    }
}
