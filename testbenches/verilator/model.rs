//! A compiled model, loaded into this process.

use super::cache::{self, Cache};
use super::compile::Toolchain;
use super::{VerilatorOptions, VerilatorSimulator};
use crate::{AsynchronousReset, ToolError, VerilogDesign};
use hdl::Port;
use libloading::Library;
use std::ffi::c_void;
use std::path::Path;
use std::sync::Arc;

/// A compiled design; any number of simulators of it can run at once, each in its own thread or not.
#[derive(Clone)]
pub struct VerilatorModel {
    loaded: Arc<Loaded>,
}

/// The library's functions and what they work on. It stays loaded as long as any simulator runs.
pub(super) struct Loaded {
    pub(super) ports: Vec<Port>,
    pub(super) has_clock: bool,
    pub(super) asynchronous_reset: Option<AsynchronousReset>,
    pub(super) create: unsafe extern "C" fn(*mut *mut c_void) -> *mut c_void,
    pub(super) eval: unsafe extern "C" fn(*mut c_void),
    pub(super) delete: unsafe extern "C" fn(*mut c_void),
    _library: Library,
}

impl VerilatorModel {
    /// Compiles a design, or takes it from the cache.
    ///
    /// Any warning of `verilator -Wall` is an error, unless the options say otherwise.
    pub fn build(design: &VerilogDesign, options: &VerilatorOptions) -> Result<VerilatorModel, ToolError> {
        let toolchain = Toolchain::find(options)?;
        let cache = Cache::open(options.cache.as_deref())?;
        let library = cache.model(&toolchain.model_key(design));
        if cache::touch(&library)
            && let Ok(loaded) = Loaded::open(&library, design)
        {
            return Ok(VerilatorModel { loaded: Arc::new(loaded) });
        }
        let work = cache.work_folder()?;
        cache.store(&toolchain.build(design, &cache, work.path())?, &library)?;
        let loaded = Loaded::open(&library, design)
            .map_err(|error| ToolError::Unusable { path: library, reason: error.to_string() })?;
        Ok(VerilatorModel { loaded: Arc::new(loaded) })
    }

    /// A simulator in the initial state.
    pub fn start(&self) -> VerilatorSimulator {
        VerilatorSimulator::new(Arc::clone(&self.loaded))
    }
}

impl Loaded {
    fn open(path: &Path, design: &VerilogDesign) -> Result<Loaded, libloading::Error> {
        // SAFETY: the library is one that this crate compiled; it runs no code of its own when loaded, and its functions
        // have the types below.
        unsafe {
            let library = Library::new(path)?;
            Ok(Loaded {
                ports: design.ports.clone(),
                has_clock: design.clock.is_some(),
                asynchronous_reset: design.asynchronous_reset,
                create: *library.get(b"gen_rtl_new")?,
                eval: *library.get(b"gen_rtl_eval")?,
                delete: *library.get(b"gen_rtl_delete")?,
                _library: library,
            })
        }
    }
}
