//! Every block of the registry: its Verilog is clean, its three simulations agree, its testbench passes on every
//! input that can be enumerated, and notices mistakes.

mod agreement;
mod enumeration;
mod lint;
mod loas_traps;
mod meadow_attention;
mod meadow_layer;
mod meadow_lending;
mod meadow_local;
mod meadow_vector;
mod modes;
mod mutation;
mod pacq_core;
mod pacq_sums;
mod picture;
mod row_latency;
mod run;
mod weight_unpacker;
mod xbar_adc;
mod xbar_input;
mod xbar_learning;
mod xbar_learning_loop;
mod xbar_macro;
mod xbar_mvm;
mod xbar_output;
mod xbar_sequencer;
