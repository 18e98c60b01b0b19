//! The place of a member in a bundle.

/// Name and meaning of a member.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Place {
    name: String,
    meaning: &'static str,
}

impl Place {
    /// The bundle itself, under a name.
    pub(crate) fn named(name: &str) -> Place {
        Place { name: name.into(), ..Place::default() }
    }

    /// A member of the structure at this place. Without a meaning of its own it has that of the structure.
    pub fn member(&self, name: &str, meaning: &'static str) -> Place {
        Place { name: self.joined(name), meaning: if meaning.is_empty() { self.meaning } else { meaning } }
    }

    /// An element of the array at this place.
    pub fn item(&self, index: usize) -> Place {
        Place { name: self.joined(&index.to_string()), ..self.clone() }
    }

    /// The names from the outermost structure to the member, joined by `_`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the member carries: the first paragraph of its documentation.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    fn joined(&self, name: &str) -> String {
        match self.name.as_str() {
            "" => name.into(),
            outer => format!("{outer}_{name}"),
        }
    }
}
