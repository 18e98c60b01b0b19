//! The ports, with or without handshake.

use crate::channel::{Ports, Timing};
use crate::pacq::pacq_mul::interface::{Inputs, Outputs, inputs, outputs};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Module, Signal};
use parts::stream::pipeline::Pipeline;

/// Declares the inputs; the pipeline begins at them.
pub fn begin<'m>(m: &'m Module, params: &Params) -> (Inputs<Signal<'m>>, Pipeline<'m>) {
    match params.interface().timing {
        Timing::Fixed { .. } => (m.inputs(&inputs(params)), Pipeline::free_running(m)),
        Timing::ReadyValid { .. } | Timing::Elastic => {
            let stream = m.input_stream("in", &inputs(params));
            (stream.payload, Pipeline::from_stream(m, &stream))
        }
    }
}

/// Declares the outputs and closes the pipeline.
pub fn finish<'m>(m: &'m Module, params: &Params, pipeline: Pipeline<'m>, results: Outputs<Signal<'m>>) {
    match params.interface().timing {
        Timing::Fixed { .. } => m.outputs(&outputs(params), results),
        Timing::ReadyValid { .. } | Timing::Elastic => {
            let stream = m.output_stream("out", &outputs(params));
            stream.set_payload(results);
            pipeline.into_stream(&stream);
        }
    }
}
