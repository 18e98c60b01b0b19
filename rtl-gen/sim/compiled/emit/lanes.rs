//! A function: a loop over lanes around what it computes.

use super::frame::Frame;
use super::scalar::Scalar;
use super::vector::Vector;
use super::{Job, Mode, What, edge};
use crate::compiled::layout::Layout;
use crate::compiled::plan::Plan;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::FunctionBuilder;

/// Fills in a function.
pub(super) fn function(
    mut builder: FunctionBuilder,
    config: TargetFrontendConfig,
    plan: &Plan,
    layout: &Layout,
    job: Job,
) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let [memory, lanes, count] = builder.block_params(entry)[..] else { unreachable!("three parameters") };
    if layout.units[job.unit].lanes == 1 {
        let frame = Frame { memory, lane: None, bases: [memory; 4] };
        body(&mut builder, plan, layout, job, frame);
    } else {
        each_lane(&mut builder, memory, lanes, count, |builder, frame| {
            body(builder, plan, layout, job, frame)
        });
    }
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(config);
}

fn body(builder: &mut FunctionBuilder, plan: &Plan, layout: &Layout, job: Job, frame: Frame) {
    match (job.what, job.mode) {
        (What::Terms(function), Mode::Vector) => {
            Vector::new(builder, plan, layout, job, frame).function(function)
        }
        (What::Terms(function), _) => Scalar::new(builder, plan, layout, job, frame).function(function),
        (What::MemoryWrites, _) => edge::memory_writes(&mut Scalar::new(builder, plan, layout, job, frame)),
    }
}

/// Emits `body` for each of the `count` lanes whose numbers are at `lanes`.
fn each_lane(
    builder: &mut FunctionBuilder,
    memory: Value,
    lanes: Value,
    count: Value,
    body: impl FnOnce(&mut FunctionBuilder, Frame),
) {
    let (head, exit) = (builder.create_block(), builder.create_block());
    let next = builder.append_block_param(head, types::I64);
    let bytes = builder.ins().ishl_imm_u(count, 2);
    let end = builder.ins().iadd(lanes, bytes);
    let is_empty = builder.ins().icmp_imm_u(IntCC::Equal, count, 0);
    builder.ins().brif(is_empty, exit, &[], head, &[lanes.into()]);
    builder.switch_to_block(head);
    let lane = builder.ins().uload32(MemFlagsData::trusted(), next, 0);
    let bases = [0, 1, 2, 3].map(|shift| {
        let distance = builder.ins().ishl_imm_u(lane, shift);
        builder.ins().iadd(memory, distance)
    });
    body(builder, Frame { memory, lane: Some(lane), bases });
    let following = builder.ins().iadd_imm_u(next, 4);
    let is_last = builder.ins().icmp(IntCC::Equal, following, end);
    builder.ins().brif(is_last, exit, &[], head, &[following.into()]);
    builder.switch_to_block(exit);
}
