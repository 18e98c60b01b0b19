//! The manifest: the contents of a folder of generated files, for people, tools and later runs.

use crate::block::rtl::{Rtl, Variant};
use crate::block::selection::Chosen;
use crate::block::version::{GENERATOR, VERSION};
use crate::block::views::{self, ChannelView, Port, Subject, TimingView};
use crate::terminal::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Name of the manifest in its folder.
pub const FILE_NAME: &str = "manifest.json";

/// A manifest. It contains no time or place, so the same parameters give the same bytes.
#[derive(Serialize)]
pub struct Manifest<'a> {
    generator: &'static str,
    version: &'static str,
    #[serde(flatten)]
    subject: Subject,
    summary: &'static str,
    source: &'static str,
    top: &'a str,
    ports: Vec<Port>,
    channels: Vec<ChannelView>,
    timing: TimingView,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept_parameters: BTreeMap<&'a str, &'a [u32]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<VariantView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    testbench: Option<TestbenchView<'a>>,
    files: BTreeMap<&'a str, FileEntry>,
}

/// A module that the top module may select.
#[derive(Serialize)]
struct VariantView<'a> {
    parameters: Value,
    module: &'a str,
    ports: Vec<Port>,
    timing: TimingView,
}

/// A testbench among the files.
#[derive(Serialize)]
pub struct TestbenchView<'a> {
    /// Name of its top module.
    pub module: &'a str,
    /// Number of cases.
    pub vectors: u64,
    /// The seed of the cases.
    pub seed: u64,
    /// Number of clock cycles.
    pub cycles: usize,
    /// Number of values compared.
    pub checked_values: usize,
    /// Name of the file that Icarus Verilog compiles it to, in the same folder.
    pub program: &'a str,
}

/// The manifest of a project for a board or another program.
#[derive(Serialize)]
pub struct ProjectManifest<'a, P> {
    generator: &'static str,
    version: &'static str,
    #[serde(flatten)]
    subject: Subject,
    #[serde(flatten)]
    project: P,
    files: BTreeMap<&'a str, FileEntry>,
}

impl<'a, P: Serialize> ProjectManifest<'a, P> {
    /// The manifest of the files that go with a block; `project` holds the rest.
    pub fn new<C: AsRef<[u8]>>(
        chosen: &Chosen,
        project: P,
        files: &'a [(String, C)],
    ) -> ProjectManifest<'a, P> {
        ProjectManifest {
            generator: GENERATOR,
            version: VERSION,
            subject: views::subject(chosen.block, chosen.configured.as_ref()),
            project,
            files: files
                .iter()
                .map(|(name, content)| (name.as_str(), FileEntry::of(content.as_ref())))
                .collect(),
        }
    }

    /// The manifest as bytes.
    pub fn text(&self) -> String {
        json::pretty(self)
    }
}

/// A file in the manifest.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
pub struct FileEntry {
    bytes: u64,
    sha256: String,
}

impl FileEntry {
    /// The entry of a file with this content.
    pub fn of(content: &[u8]) -> FileEntry {
        let hash = Sha256::digest(content);
        let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        FileEntry { bytes: content.len() as u64, sha256 }
    }
}

impl<'a> Manifest<'a> {
    /// The manifest of a block and of the files that go with it.
    pub fn new(rtl: &'a Rtl, files: &'a [(String, String)]) -> Manifest<'a> {
        let chosen = &rtl.default().chosen;
        let (block, configured) = (chosen.block, chosen.configured.as_ref());
        let netlists: Vec<_> = rtl.variants.iter().map(|variant| &variant.netlist).collect();
        let variants = if rtl.kept.is_empty() { &[] } else { rtl.variants.as_slice() };
        Manifest {
            generator: GENERATOR,
            version: VERSION,
            subject: views::subject(block, configured),
            summary: block.summary,
            source: block.source,
            top: &rtl.top,
            ports: views::ports(&netlists),
            channels: views::channels(&configured.interface()),
            timing: views::timing(configured),
            kept_parameters: rtl
                .kept
                .iter()
                .map(|kept| (kept.name.as_str(), kept.values.as_slice()))
                .collect(),
            variants: variants.iter().map(VariantView::new).collect(),
            testbench: None,
            files: files.iter().map(|(name, text)| (name.as_str(), FileEntry::of(text.as_bytes()))).collect(),
        }
    }

    /// Adds a testbench.
    pub fn with_testbench(self, testbench: TestbenchView<'a>) -> Manifest<'a> {
        Manifest { testbench: Some(testbench), ..self }
    }

    /// The manifest as bytes.
    pub fn text(&self) -> String {
        json::pretty(self)
    }
}

impl<'a> VariantView<'a> {
    fn new(variant: &'a Variant) -> VariantView<'a> {
        VariantView {
            parameters: json::parameters(&variant.values),
            module: &variant.netlist.top().name,
            ports: views::ports(&[&variant.netlist]),
            timing: views::timing(variant.chosen.configured.as_ref()),
        }
    }
}

/// The files of an earlier run in a folder.
#[derive(Deserialize)]
pub struct Earlier {
    generator: String,
    /// The files that it wrote.
    pub files: BTreeMap<String, FileEntry>,
    testbench: Option<EarlierTestbench>,
}

#[derive(Deserialize)]
struct EarlierTestbench {
    program: String,
}

impl Earlier {
    /// Reads the manifest of a folder; `None` if there is none of ours.
    pub fn read(folder: &Path) -> io::Result<Option<Earlier>> {
        let text = match fs::read(folder.join(FILE_NAME)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Earlier::parse(&text))
    }

    /// Parses a manifest; `None` if it is not one of ours.
    pub fn parse(text: &[u8]) -> Option<Earlier> {
        serde_json::from_slice::<Earlier>(text).ok().filter(|earlier| earlier.generator == GENERATOR)
    }

    /// True for files that the user makes with the command that this program printed.
    pub fn is_product(&self, name: &str) -> bool {
        self.testbench.as_ref().is_some_and(|testbench| testbench.program == name)
    }
}
