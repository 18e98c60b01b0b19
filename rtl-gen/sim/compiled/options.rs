//! Options of compilation.

/// How a design is compiled. This affects the speed, never the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// Which modules are compiled once for all their instances.
    pub sharing: Sharing,
    /// How instances of such a module run.
    pub lanes: Lanes,
    /// Whether instances in which nothing has changed are skipped.
    pub gating: Gating,
    /// The size of the functions of machine code.
    pub functions: Functions,
}

/// The size of the functions of machine code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Functions {
    /// The size that compiles best.
    #[default]
    Large,
    /// A few operators each, so that small designs are divided like large ones.
    Small,
}

/// Which modules are compiled once for all their instances; the rest of the design is compiled as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Those that are large enough and have enough instances.
    #[default]
    WherePays,
    /// All with several instances.
    Always,
    /// None: the hierarchy is dissolved.
    Never,
}

/// How instances of a shared module run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lanes {
    /// Side by side in vectors where there are several and the module allows it.
    #[default]
    Vector,
    /// One after another.
    Scalar,
}

/// Whether instances in which nothing has changed are skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gating {
    /// If occasional trials show that it pays.
    #[default]
    Adaptive,
    /// In every cycle.
    Always,
    /// Never.
    Never,
}
