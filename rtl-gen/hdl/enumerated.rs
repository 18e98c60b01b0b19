//! Enums of plain variants, with the list of them all.

/// Declares an enum and `ALL`, its variants in order: a new one is in the list by itself, and whatever runs over the
/// list knows it.
macro_rules! enumerated {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$meaning:meta])* $variant:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$meaning])* $variant,)*
        }

        impl $name {
            /// Every one, in the order declared.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    };
}

pub(crate) use enumerated;
