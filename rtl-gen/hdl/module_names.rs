//! The names of the modules in a design.

use crate::design::ModuleRef;
use crate::diagnostic::Source;
use std::collections::BTreeMap;

/// The names of modules and black boxes. Two of them must differ in more than case, since some file systems and tools
/// ignore case.
#[derive(Default)]
pub(crate) struct ModuleNames {
    by_lower_case: BTreeMap<String, Entry>,
}

/// What a name refers to, and where it was first given.
pub(crate) struct Entry {
    name: String,
    pub source: Source,
    pub meaning: Meaning,
}

pub(crate) enum Meaning {
    /// A module of the design; `None` while it is being built.
    Module { key: Vec<String>, module: Option<ModuleRef> },
    /// An external module, in one variant for each set of parameters.
    BlackBox { variants: Vec<ModuleRef> },
}

/// The answer to a request to build a module under a name.
pub(crate) enum Claim {
    /// The name is free, and now taken.
    New,
    /// The same module was built before.
    Built { module: ModuleRef, first: Source },
    /// The name refers to something else.
    Taken { message: String, first: Source },
}

impl ModuleNames {
    /// The entry of a name with the same spelling, or the error in the spelling.
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

    /// Requests a name for the module `key`.
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

    /// Notes the result of building a module, or that it is being built again.
    pub fn set_built(&mut self, name: &str, built: Option<ModuleRef>) {
        if let Ok(Some(Entry { meaning: Meaning::Module { module, .. }, .. })) = self.find(name) {
            *module = built;
        }
    }

    /// Notes a variant of a black box, whose name is free or already that of its other variants.
    pub fn add_variant(&mut self, name: &str, source: Source, variant: ModuleRef) {
        match self.find(name) {
            Ok(Some(Entry { meaning: Meaning::BlackBox { variants }, .. })) => variants.push(variant),
            _ => self.insert(name, source, Meaning::BlackBox { variants: vec![variant] }),
        }
    }
}
