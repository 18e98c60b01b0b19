//! The hardware.
//!
//! ```text
//! job --> legal? --> answer
//!           |
//! k, v --> K^T V --+
//! q ---------------+--> Q times it, neurons --> out
//! ```

use super::{BLOCK, Params};
use crate::block::Hardware;
use crate::statten::jobs::jobs;
use crate::statten::{statten_kv, statten_qkv};
use crate::top::block;
use hdl::{Design, ModuleRef};
use parts::stream::fork::fork;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let shape = &self.shape;
        let modules = [
            jobs(design, shape),
            statten_kv::rtl::core(design, shape),
            statten_qkv::rtl::core(design, shape),
        ];
        let what = "Attention of spikes over tokens and time steps: y = LIF(Q (K^T V) / denominator), chunk by chunk of steps.";
        let timing = format!(
            "Throughput: {} values of K^T V in as many cycles as a chunk of a column has words; {} channels of Q a cycle.",
            shape.units, shape.columns
        );
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let [jobs, kv, qkv] = [("u_jobs", 0), ("u_kv", 1), ("u_qkv", 2)]
                .map(|(name, index)| m.instance(name, modules[index]));
            m.input_stream("job", &shape.job()).connect(&jobs.input_stream("job", &shape.job()));
            let plans = jobs.output_stream("plan", &shape.plan());
            let own = [&kv, &qkv].map(|core| core.input_stream("plan", &shape.plan()));
            fork(m, &plans, &own);
            own.iter().for_each(|own| own.set_payload(plans.payload));
            for (core, operand) in [(&kv, "k"), (&kv, "v"), (&qkv, "q")] {
                let own = core.input_stream(operand, &shape.spikes());
                m.input_stream(operand, &shape.spikes()).connect(&own);
            }
            let values = qkv.input_stream("kv", &shape.values());
            kv.output_stream("kv", &shape.values()).connect(&values);
            let answer = m.output_stream("answer", &shape.answer());
            jobs.output_stream("answer", &shape.answer()).connect(&answer);
            let out = m.output_stream("out", &shape.token_spikes());
            qkv.output_stream("out", &shape.token_spikes()).connect(&out);
        })
    }
}
