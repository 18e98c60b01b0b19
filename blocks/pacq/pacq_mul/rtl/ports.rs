//! The ports, with or without handshake.

use super::Results;
use crate::channel::{Ports, Timing};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Module, Signal};
use parts::stream::pipeline::Pipeline;

/// The fields of an input beat.
pub struct Inputs<'m> {
    /// The float that all lanes share.
    pub activation: Signal<'m>,
    /// The packed codes.
    pub weights: Signal<'m>,
    /// In dual mode: the mode bit and the second float.
    pub float: Option<(Signal<'m>, Signal<'m>)>,
}

/// Declares the inputs; the pipeline begins at them.
pub fn inputs<'m>(m: &'m Module, params: &Params) -> (Inputs<'m>, Pipeline<'m>) {
    let interface = params.interface();
    let channel = &interface.inputs[0];
    let (fields, pipeline): (Vec<Signal>, _) = match interface.timing {
        Timing::Fixed { .. } => {
            let input = |field: &hdl::Field| m.input(&field.name, field.width, &field.meaning);
            (channel.fields.iter().map(input).collect(), Pipeline::free_running(m))
        }
        Timing::ReadyValid { .. } | Timing::Elastic => {
            let stream = m.input_stream(channel.name, &channel.fields);
            let fields = channel.fields.iter().map(|field| stream.field(&field.name)).collect();
            (fields, Pipeline::from_stream(m, &stream))
        }
    };
    let float = params.dual_mode.then(|| (fields[2], fields[3]));
    (Inputs { activation: fields[0], weights: fields[1], float }, pipeline)
}

/// Declares the outputs and closes the pipeline.
pub fn outputs<'m>(m: &'m Module, params: &Params, pipeline: Pipeline<'m>, results: &Results<'m>) {
    let interface = params.interface();
    let channel = &interface.outputs[0];
    match interface.timing {
        Timing::Fixed { .. } => {
            for (field, (name, value)) in channel.fields.iter().zip(results) {
                m.output(name, *value, &field.meaning);
            }
        }
        Timing::ReadyValid { .. } | Timing::Elastic => {
            let stream = m.output_stream(channel.name, &channel.fields);
            results.iter().for_each(|(name, value)| stream.set_field(name, *value));
            pipeline.into_stream(&stream);
        }
    }
}
