//! Models of black boxes: Rust closures in place of external Verilog.

mod modelled;
mod pins;

use crate::BuildError;
use crate::flatten::OpenBox;
use crate::simulator::Simulator;
use hdl::netlist::{Body, ModuleDef, Netlist};
use std::collections::BTreeMap;
use std::rc::Rc;

pub use modelled::Modelled;
pub use pins::{BoxInstance, Pins};

/// The models of a design's black boxes, each under the name of its Verilog module.
///
/// Every instance has its own state. [`Interpreter::with_models`](crate::Interpreter::with_models) and
/// [`Compiled::with_models`](crate::Compiled::with_models) turn them into a [`Simulator`](crate::Simulator); a
/// [`Batch`](crate::Batch) refuses a design with black boxes.
///
/// ```
/// use hdl::{BlackBoxPort, Clocking, Design};
/// use sim::{Interpreter, Models, Options, Simulator};
///
/// let design = Design::new(Clocking::default());
/// let top = design.module("top", &[], |m| {
///     let ports = vec![
///         BlackBoxPort::clock("clk"),
///         BlackBoxPort::input("d", 8),
///         BlackBoxPort::registered_output("q", 8),
///     ];
///     let delay = m.instance("u_delay", m.design().black_box("vendor_delay", &[], ports));
///     delay.set("clk", m.clock()).set("d", m.input("d", 8, ""));
///     m.output("q", delay.get("q"), "");
/// });
/// let models = Models::new().clocked(
///     "vendor_delay",
///     |_instance| 0u64,
///     |stored, pins| pins.set_u64("q", *stored),
///     |stored, pins| *stored = pins.get_u64("d"),
/// );
/// let mut simulator = Interpreter::with_models(&design.elaborate(top)?, Options::default(), &models)?;
/// let [d, q] = simulator.ports_named(["d", "q"])?;
/// simulator.poke_u64(d, 42);
/// simulator.tick();
/// assert_eq!(simulator.peek_u64(q), 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Models {
    makers: BTreeMap<String, Maker>,
}

/// Makes the models of a black box's instances.
struct Maker {
    is_clocked: bool,
    make: Box<Make>,
}

type Make = dyn Fn(&BoxInstance) -> Box<dyn Model>;

/// The behaviour of an instance of a black box.
trait Model {
    /// Computes every output from the present state and inputs.
    fn outputs(&self, pins: &mut Pins);

    /// A rising clock edge, with the inputs as they were before it.
    fn edge(&mut self, pins: &Pins);
}

struct Combinational<F>(Rc<F>);

impl<F: Fn(&mut Pins)> Model for Combinational<F> {
    fn outputs(&self, pins: &mut Pins) {
        (self.0)(pins);
    }

    fn edge(&mut self, _: &Pins) {}
}

struct Clocked<S, F, E> {
    state: S,
    outputs: Rc<F>,
    edge: Rc<E>,
}

impl<S, F: Fn(&S, &mut Pins), E: Fn(&mut S, &Pins)> Model for Clocked<S, F, E> {
    fn outputs(&self, pins: &mut Pins) {
        (self.outputs)(&self.state, pins);
    }

    fn edge(&mut self, pins: &Pins) {
        (self.edge)(&mut self.state, pins);
    }
}

impl Models {
    /// No models yet.
    pub fn new() -> Models {
        Models::default()
    }

    /// A black box without state: `outputs` computes every output from the inputs. It is called whenever an input has
    /// changed, and must return the same values for the same inputs. A second model under one name replaces the first.
    pub fn combinational(self, name: &str, outputs: impl Fn(&mut Pins) + 'static) -> Models {
        let outputs = Rc::new(outputs);
        let make = move |_: &BoxInstance| -> Box<dyn Model> { Box::new(Combinational(outputs.clone())) };
        self.with(name, false, make)
    }

    /// A black box with state; `new` creates the state of each instance. `outputs` computes every output from the
    /// state, and from the inputs if the black box has outputs that depend on them; `edge` changes the state at a
    /// rising clock edge, and sees the inputs as they were before it.
    pub fn clocked<S: 'static>(
        self,
        name: &str,
        new: impl Fn(&BoxInstance) -> S + 'static,
        outputs: impl Fn(&S, &mut Pins) + 'static,
        edge: impl Fn(&mut S, &Pins) + 'static,
    ) -> Models {
        let (outputs, edge) = (Rc::new(outputs), Rc::new(edge));
        let make = move |instance: &BoxInstance| -> Box<dyn Model> {
            Box::new(Clocked { state: new(instance), outputs: outputs.clone(), edge: edge.clone() })
        };
        self.with(name, true, make)
    }

    fn with(
        mut self,
        name: &str,
        is_clocked: bool,
        make: impl Fn(&BoxInstance) -> Box<dyn Model> + 'static,
    ) -> Models {
        self.makers.insert(name.into(), Maker { is_clocked, make: Box::new(make) });
        self
    }

    /// A model for each black box that was taken out of a design.
    pub(crate) fn of(&self, netlist: &Netlist, boxes: &[OpenBox]) -> Result<Vec<Running>, BuildError> {
        boxes.iter().map(|open| self.start(&netlist.modules[open.module], open)).collect()
    }

    fn start(&self, module: &ModuleDef, open: &OpenBox) -> Result<Running, BuildError> {
        let (path, name) = (open.path.clone(), module.name.clone());
        let Some(maker) = self.makers.get(&name) else {
            let known = self.makers.keys().cloned().collect();
            return Err(BuildError::NoModel { path, module: name, known });
        };
        if maker.is_clocked && !module.uses_clock {
            return Err(BuildError::ModelWithoutClock { path, module: name });
        }
        let parameters = match &module.body {
            Body::BlackBox { parameters } => parameters.clone(),
            Body::Logic(_) => unreachable!("only black boxes are taken out"),
        };
        let instance = BoxInstance { path, module: name, parameters };
        let model = (maker.make)(&instance);
        Ok(Running { model, pins: Pins::new(instance, module, &open.pins), is_new: true })
    }
}

/// An instance of a black box in a simulation.
pub(crate) struct Running {
    model: Box<dyn Model>,
    pins: Pins,
    /// The state has changed since the outputs were computed.
    is_new: bool,
}

impl Running {
    /// Computes the outputs if the state or an input has changed; true if one of them has changed.
    fn run(&mut self, simulator: &mut impl Simulator) -> bool {
        let has_other_inputs = self.pins.read(|port| simulator.peek(port));
        if !std::mem::take(&mut self.is_new) && !has_other_inputs {
            return false;
        }
        let before = self.pins.clear();
        self.model.outputs(&mut self.pins);
        self.pins.write(&before, |port, value| simulator.poke(port, value))
    }

    fn edge(&mut self) {
        self.model.edge(&self.pins);
        self.is_new = true;
    }
}
