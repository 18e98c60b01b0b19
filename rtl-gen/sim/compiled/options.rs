//! How a design is compiled.

/// How a design is compiled. It decides the speed, never the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// Which modules are compiled once for all their instances.
    pub sharing: Sharing,
    /// How instances of such a module run.
    pub lanes: Lanes,
    /// Whether instances in which nothing has changed are left out.
    pub gating: Gating,
    /// How large the functions of machine code are.
    pub functions: Functions,
}

/// How large the functions of machine code are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Functions {
    /// As large as they compile well.
    #[default]
    Large,
    /// A few operators each: small designs too are cut where only large ones are otherwise.
    Small,
}

/// Which modules are compiled once for all their instances; the rest of the design is compiled as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Those of which there are enough, and which are large enough.
    #[default]
    WherePays,
    /// All of which there are several.
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

/// Whether instances in which nothing has changed are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gating {
    /// Where a trial now and then shows that it pays.
    #[default]
    Adaptive,
    /// In every cycle.
    Always,
    /// Never.
    Never,
}
