//! Memory for machine code that is generated while the program runs.

use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};
use std::mem::ManuallyDrop;

/// Functions in executable memory, which is given back when this is dropped.
pub(crate) struct MachineCode {
    module: ManuallyDrop<JITModule>,
    functions: Vec<FuncId>,
}

// SAFETY: the code is never written again, and the module is only used to give its memory back.
unsafe impl Send for MachineCode {}
// SAFETY: likewise.
unsafe impl Sync for MachineCode {}

impl MachineCode {
    /// Takes functions as they were encoded for `isa`. They must not refer to one another.
    pub fn load<'a>(isa: OwnedTargetIsa, functions: impl IntoIterator<Item = &'a [u8]>) -> MachineCode {
        let mut module = JITModule::new(JITBuilder::with_isa(isa, default_libcall_names()));
        // Only a linker would look at the signature, and nothing is linked.
        let signature = Signature::new(module.isa().default_call_conv());
        let mut define = |code: &[u8]| -> Result<FuncId, Box<dyn std::error::Error>> {
            let id = module.declare_anonymous_function(&signature)?;
            module.define_function_bytes(id, ALIGNMENT, code, &[])?;
            Ok(id)
        };
        let defined = functions.into_iter().map(&mut define).collect::<Result<Vec<_>, _>>();
        let functions = defined.expect("the system gives executable memory");
        module.finalize_definitions().expect("the system makes memory executable");
        MachineCode { module: ManuallyDrop::new(module), functions }
    }

    /// Where the function of this number begins. The address is good as long as `self` is.
    pub fn entry(&self, function: usize) -> *const u8 {
        self.module.get_finalized_function(self.functions[function])
    }
}

/// Alignment of a function in bytes, as needed by the constants that may follow its code.
const ALIGNMENT: u64 = 64;

impl Drop for MachineCode {
    fn drop(&mut self) {
        // SAFETY: the module is not used again, and whoever calls a function borrows `self`.
        unsafe { ManuallyDrop::take(&mut self.module).free_memory() }
    }
}
