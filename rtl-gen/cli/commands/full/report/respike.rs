//! `gen-rtl report respike`.

use super::show;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use blocks::respike::residual_frame_encoder::Against;
use clap::Args;
use reports::ReportError;
use reports::respike::{self, Encoding, Frames, Fusion, RtlCheck, fusion};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Measure what residual frames save: bytes of video, and attention to key frames
///
/// Frames run through the RTL of `residual_frame_encoder`, in groups of a key frame and three residual frames. A receiver adds up what
/// is sent, which may be off by no more than the threshold.
///
/// The residual frames of a group attend to the features of their key frame. The report counts multiply-accumulates and the cycles of
/// `meadow_decoder_layer` with keys and values made for each frame, and made once and kept. The cycles are modelled; a small stage runs on
/// the RTL beside the model. `rtl-gen/reports/respike/README.md` describes what is counted.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report respike
  gen-rtl report respike --frames video.npy
  gen-rtl report respike --json

Exit status: 0 done; 2 wrong usage, a file is missing, or an answer was wrong; 130 Ctrl-C.")]
pub struct RespikeReport {
    /// Encode the frames of this file: uint8 of shape (frames, height, width) or (frames, height, width, channels)
    /// [default: a scene of 16 frames made here]
    #[arg(long, value_name = "FILE")]
    frames: Option<PathBuf>,
    /// Seed of the scene, and of the small stage's operands
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct RespikeView {
    frames: String,
    seed: u64,
    encodings: Vec<Encoding>,
    bandwidths_gbps: [u64; 4],
    fusions: Vec<Fusion>,
    rtl: [RtlCheck; 2],
}

impl RespikeReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<RespikeView, ReportError> {
        let frames = match &self.frames {
            Some(path) => Frames::read(path)?,
            None => respike::scene(self.seed),
        };
        let of = format!("{} frames of {} samples", frames.frames.len(), frames.samples);
        Ok(RespikeView {
            frames: match &self.frames {
                Some(path) => format!("{}, {of}", path.display()),
                None => format!("a scene made here, {of}"),
            },
            seed: self.seed,
            encodings: respike::encodings(&frames, bar)?,
            bandwidths_gbps: fusion::BANDWIDTHS,
            fusions: respike::fusions(),
            rtl: respike::rtl_check(self.seed, bar)?,
        })
    }
}

fn print(out: &mut dyn Write, view: &RespikeView) -> Result<(), Error> {
    writeln!(
        out,
        "residual frames of {}, by the RTL of residual_frame_encoder\n{}",
        view.frames,
        encodings(&view.encodings)
    )?;
    writeln!(
        out,
        "fusion of three residual frames with their key frame, whose keys and values are made for each frame / once (modelled)\n{}",
        fusions(&view.fusions)
    )?;
    writeln!(
        out,
        "cycles of the RTL of meadow_decoder_layer, 48 tokens of 64 channels: every word of memory agrees with the golden model\n{}",
        rtl(&view.rtl)
    )?;
    Ok(())
}

fn encodings(encodings: &[Encoding]) -> Table {
    let mut table = Table::new([
        "difference from",
        ">threshold",
        ">sent, % of samples",
        ">bytes, % of frames",
        ">greatest error",
        ">clocks a frame",
    ]);
    for encoding in encodings {
        let against = match encoding.against {
            Against::Key => "key frame",
            Against::Previous => "frame before",
        };
        table.row([
            against.into(),
            encoding.threshold.to_string(),
            format!("{:.1}", 100.0 * encoding.density()),
            format!("{:.1}", 100.0 * encoding.size()),
            encoding.greatest_error.to_string(),
            format!("{:.0}", encoding.clocks),
        ]);
    }
    table
}

fn fusions(fusions: &[Fusion]) -> Table {
    let bandwidths = fusion::BANDWIDTHS.map(|gbps| format!(">x at {gbps} Gbps"));
    let columns = ["stage", ">M MACs", ">x"].map(String::from).into_iter().chain(bandwidths);
    let mut table = Table::of(columns);
    let ratio = |[made, kept]: [f64; 2]| format!("{:.2}", made / kept);
    let mut row = |name: String, mega_macs: [f64; 2], kilocycles: &[[f64; 2]]| {
        let [made, kept] = mega_macs;
        let macs = [name, format!("{made:.0} / {kept:.0}"), ratio(mega_macs)];
        let modelled = kilocycles.iter().map(|cycles| ratio(*cycles));
        table.row_of(macs.into_iter().chain(modelled));
    };
    let add = |[a, b]: [f64; 2], [c, d]: [f64; 2]| [a + c, b + d];
    let (mut macs, mut cycles) = ([0.0; 2], vec![[0.0; 2]; fusion::BANDWIDTHS.len()]);
    for Fusion { stage, mega_macs, kilocycles } in fusions {
        let name = format!(
            "{} tokens, {} channels, {} of the key frame",
            stage.tokens, stage.channels, stage.context
        );
        row(name, *mega_macs, kilocycles);
        macs = add(macs, *mega_macs);
        cycles.iter_mut().zip(kilocycles).for_each(|(sum, of_stage)| *sum = add(*sum, *of_stage));
    }
    row("all".into(), macs, &cycles);
    table
}

fn rtl(checks: &[RtlCheck]) -> Table {
    let mut table = Table::new(["keys and values of the key frame", ">modelled", ">measured", ">difference"]);
    for RtlCheck { keeps, modelled, measured } in checks {
        let name = if *keeps { "made once" } else { "made for each frame" };
        let error = 100.0 * (modelled / *measured as f64 - 1.0);
        table.row([name.into(), format!("{modelled:.0}"), measured.to_string(), format!("{error:+.1} %")]);
    }
    table
}
