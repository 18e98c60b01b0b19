//! Enums of unit variants, with a list of all of them.

/// Declares an enum and `ALL`, the list of its variants in order: a new variant is in the list automatically, so code
/// that iterates over the list handles it.
macro_rules! enumerated {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$meaning:meta])* $variant:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$meaning])* $variant,)*
        }

        impl $name {
            /// All variants, in order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    };
}

pub(crate) use enumerated;
