//! Packages of all blocks, as far as no tool is needed.

use super::bus::{self, Bus, Kind};
use super::contents::{Contents, SPDX};
use super::{DEFAULT_CYCLES, files, flow};
use crate::block::rtl::{self, Rtl};
use crate::block::selection::Parameters;
use crate::block::views::Port;
use blocks::block::Block;
use blocks::channel::Timing;
use blocks::registry::blocks;
use clap::{Args, FromArgMatches};
use hdl::Direction;
use std::collections::BTreeSet;
use testbenches::standalone_testbench;

/// The arguments `--set name=value` of a variant.
fn parameters(variant: &str) -> Parameters {
    let settings = variant.split_whitespace().flat_map(|setting| ["--set", setting]);
    let command = Parameters::augment_args(clap::Command::new("parameters"));
    let matches = command.get_matches_from(["parameters"].into_iter().chain(settings));
    Parameters::from_arg_matches(&matches).expect("a variant is legal")
}

/// Gives `look` the package of a block's small variant.
fn package(block: &'static Block, look: impl FnOnce(&Contents, &[(String, String)])) {
    let rtl = Rtl::new(block, &parameters(block.small), &[], &rtl::options()).expect("a variant is legal");
    let chosen = &rtl.default().chosen;
    let cases = chosen.configured.cases_in(DEFAULT_CYCLES);
    let bench = standalone_testbench(chosen.configured.as_ref(), cases, 1).expect("the block is right");
    let contents = Contents::new(&rtl, &bench, cases, 1);
    look(&contents, &files(&rtl, &contents, &flow::ALL));
}

#[test]
fn every_block_is_packaged() {
    for block in blocks() {
        package(block, |contents, files| {
            println!("{}", contents.top);
            channels_are_buses(contents);
            files_are_licensed(files);
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            let distinct: BTreeSet<&&str> = names.iter().collect();
            assert_eq!(distinct.len(), names.len(), "{names:?}");
            for (name, text) in
                files.iter().filter(|(name, _)| name.ends_with(".core") || name == "Bender.yml")
            {
                contents
                    .sources
                    .iter()
                    .for_each(|source| assert!(text.contains(source), "{name} lacks {source}"));
            }
        });
    }
}

/// The buses found by name are those that the block describes.
fn channels_are_buses(contents: &Contents) {
    let interface = contents.chosen.configured.interface();
    if let Timing::Fixed { .. } = interface.timing {
        return;
    }
    let channels = interface.inputs.iter().map(|channel| (channel, Direction::Input));
    for (channel, direction) in
        channels.chain(interface.outputs.iter().map(|channel| (channel, Direction::Output)))
    {
        let mut expected: Vec<String> =
            channel.fields.iter().map(|field| channel.port(&field.name)).collect();
        let valid = channel.port("valid");
        expected.extend([valid.clone(), channel.port("ready")]);
        let members = |bus: &Bus| {
            bus.members.iter().find(|member| member.port == valid).map(|member| member.channel.clone())
        };
        let (bus, of) =
            contents.buses.iter().find_map(|bus| Some((bus, members(bus)?))).expect("a bus has the channel");
        let mut found: Vec<String> = bus
            .members
            .iter()
            .filter(|member| member.channel == of)
            .map(|member| member.port.clone())
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        let takes = bus.kind == Kind::Stream || bus.kind == Kind::AxiStream;
        assert!(!takes || bus.is_slave == (direction == Direction::Input), "{}", bus.name);
    }
    assert_eq!(contents.single_ports().count(), contents.chosen.configured.levels().len());
}

/// Every file says its licence, but for those that cannot, and the licence itself.
fn files_are_licensed(files: &[(String, String)]) {
    let cannot = |name: &str| name == "LICENSE" || name.ends_with(".jsonl");
    for (name, text) in files.iter().filter(|(name, _)| !cannot(name)) {
        assert!(text.lines().take(4).any(|line| line.contains(SPDX)), "{name}");
    }
}

fn ports(text: &str) -> Vec<Port> {
    let port = |line: &str| {
        let (way, rest) = line.trim().split_at(1);
        let (name, width) = rest.split_once(':').unwrap_or((rest, "1"));
        Port {
            name: name.into(),
            direction: if way == "<" { Direction::Input } else { Direction::Output },
            width: width.parse().expect("a number"),
            meaning: String::new(),
        }
    };
    text.split_whitespace().map(port).collect()
}

#[test]
fn what_is_no_handshake_is_no_bus() {
    let found = bus::find(&ports(
        "<in_valid >in_ready <in_data:8 >in_flag <load_valid <load_data:4 <wide_valid:2 >wide_ready <same_valid <same_ready <valid >ready",
    ));
    let names: Vec<&str> = found.iter().map(|bus| bus.name.as_str()).collect();
    let members: Vec<&str> = found[0].members.iter().map(|member| member.port.as_str()).collect();
    assert_eq!((names, members), (vec!["in"], vec!["in_valid", "in_ready", "in_data"]));
}

#[test]
fn buses_of_axi_are_told_apart() {
    let found = bus::find(&ports(
        ">m_axi_arvalid <m_axi_arready >m_axi_araddr:32 >m_axi_arlen:8 <m_axi_rvalid >m_axi_rready <m_axi_rdata:64 \
         <s_axi_ctl_awvalid >s_axi_ctl_awready <s_axi_ctl_awaddr:6 <s_axis_x_tvalid >s_axis_x_tready <s_axis_x_tdata:8 \
         >out_x_valid <out_x_ready >out_valid <out_ready >out_y",
    ));
    let found: Vec<_> =
        found.iter().map(|bus| (bus.name.as_str(), bus.kind, bus.is_slave, bus.members.len())).collect();
    let expected = [
        ("m_axi", Kind::Axi, false, 7),
        ("s_axi_ctl", Kind::AxiLite, true, 3),
        ("s_axis_x", Kind::AxiStream, true, 3),
        ("out_x", Kind::Stream, false, 2),
        ("out", Kind::Stream, false, 3),
    ];
    assert_eq!(found, expected);
}
