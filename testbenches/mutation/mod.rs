//! Mutation testing: whether a block's testbench detects faults.
//!
//! Single changes are made to the elaborated netlist, and the block's own testbench runs on each mutant. A mutant that
//! passes is run again over all of the block's spaces, beside the original. If no output ever differs, it is
//! *equivalent*; otherwise it *survived*, and the testbench has a hole.
//!
//! Outputs are compared in every cycle outside reset; data of a stream only while its `valid` is 1; outputs of a block
//! with fixed latency from the first answer on. If all of the block's spaces are enumerated completely, an equivalent
//! combinational mutant is equivalent for every input in these spaces. For a block with registers this is evidence, not
//! proof: it holds for the sequences run, with the stalls that occurred.

#![deny(clippy::wildcard_enum_match_arm)]

mod candidates;
mod change;
mod judge;
mod report;
#[cfg(test)]
mod tests;
mod twin;

pub use judge::Verdict;
pub use report::{Mutant, MutationReport};

use crate::parallel::each_chunk;
use crate::verify::{Progress, Subject, VerifyError, WithAssertions};
use blocks::block::Configured;
use blocks::stimulus::Space;
use candidates::{Mutation, candidates};
use hdl::netlist::{Body, Netlist};
use sim::Compiled;
use std::mem::{Discriminant, discriminant};
use std::num::NonZero;

/// The effort per run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the names of the modules begin with that are changed; if empty, all modules are.
    pub modules: Vec<String>,
    /// Number of mutants; if the netlist has more, kinds of changes take turns.
    pub mutants: usize,
    /// Seed of the mutants, the random cases and the stalls.
    pub seed: u64,
    /// Random cases for each mutant; fewer if a case takes several cycles.
    pub random_cases: u64,
    /// Cases in each space for a mutant that passed the random ones, likewise. A larger space is sampled.
    pub space_cases: u64,
    /// Number of threads; the report does not depend on it.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            modules: vec![],
            mutants: 100,
            seed: 1,
            random_cases: 20_000,
            space_cases: 1 << 20,
            threads: 1,
        }
    }
}

impl Options {
    /// The same number of cycles, for cases of `cycles` cycles each.
    fn for_cases_of(&self, cycles: u64) -> Options {
        let cases = |count: u64| count.div_ceil(cycles);
        Options {
            random_cases: cases(self.random_cases),
            space_cases: cases(self.space_cases),
            ..self.clone()
        }
    }
}

/// Tries mutants of a block.
///
/// The error is [`VerifyError::Wrong`] if the block itself fails its testbench, [`VerifyError::NothingCompared`] if the
/// testbench compares nothing, and [`VerifyError::NoMutant`] if there is no mutant: in each case nothing can be said
/// about the testbench. It is [`VerifyError::NoModule`] if there is no module of a requested name.
pub fn mutate(
    block: &dyn Configured,
    options: &Options,
    progress: &dyn Progress,
) -> Result<MutationReport, VerifyError> {
    let subject = Subject::new(block, options.seed)?;
    let mut all = candidates(&subject.netlist);
    if !options.modules.is_empty() {
        let is_chosen = chosen_modules(&subject.netlist, &options.modules)?;
        all.retain(|mutation| is_chosen[mutation.module]);
    }
    let possible = all.len();
    let chosen = choose(all, options);
    let (random, mut spaces) = (block.random(options.seed), block.spaces());
    if spaces.is_empty() {
        // If nothing can be enumerated, other random cases decide whether a mutant differs.
        spaces.push(block.random(options.seed.wrapping_add(1)));
    }
    let options = &options.for_cases_of(block.cycles_per_case());
    if chosen.is_empty() {
        return Err(VerifyError::NoMutant { possible });
    }
    check_original(&subject, &random, options)?;
    let original = Compiled::new(&subject.netlist, sim::Options::default())?;
    progress.start("mutants", chosen.len() as u64);
    let mutants = each_chunk(chosen.len() as u64, NonZero::<u64>::MIN, options.threads, |range| {
        if progress.is_cancelled() {
            return Err(VerifyError::Cancelled);
        }
        let mutation = &chosen[range.start as usize];
        let mutant = mutation.apply(&subject.netlist);
        let verdict = judge::judge(&subject, &original, &mutant, &random, &spaces, options)?;
        progress.advance(1);
        Ok(described(&subject.netlist, mutation, verdict))
    })?;
    Ok(MutationReport { possible, mutants })
}

/// Runs the testbench on the block itself, over the random cases, or a few if none are requested.
fn check_original(subject: &Subject, random: &Space, options: &Options) -> Result<(), VerifyError> {
    let cases = 0..options.random_cases.max(judge::FEW);
    let mut simulator = subject.compiled(options.seed)?;
    let passed = subject.testbench.run(&mut simulator, random, cases.clone(), &mut WithAssertions(()))?;
    match passed.compared.is_empty() {
        true => Err(VerifyError::nothing_compared(random, &cases)),
        false => Ok(()),
    }
}

/// For each module, whether its name begins with one of `names`.
fn chosen_modules(netlist: &Netlist, names: &[String]) -> Result<Vec<bool>, VerifyError> {
    let modules = &netlist.modules;
    let unknown = names.iter().find(|name| !modules.iter().any(|module| module.name.starts_with(*name)));
    if let Some(name) = unknown {
        let modules = modules.iter().map(|module| module.name.clone()).collect();
        return Err(VerifyError::NoModule { name: name.clone(), modules });
    }
    let is_chosen = |name: &str| names.iter().any(|chosen| name.starts_with(chosen));
    Ok(modules.iter().map(|module| is_chosen(&module.name)).collect())
}

/// Shuffles the mutations of each kind, then takes one of each kind in turn.
fn choose(all: Vec<Mutation>, options: &Options) -> Vec<Mutation> {
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let mut kinds: Vec<(Discriminant<change::Change>, Vec<Mutation>)> = vec![];
    for mutation in all {
        let kind = discriminant(&mutation.change);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, members)) => members.push(mutation),
            None => kinds.push((kind, vec![mutation])),
        }
    }
    kinds.iter_mut().for_each(|(_, members)| rng.shuffle(members));
    let rounds = kinds.iter().map(|(_, members)| members.len()).max().unwrap_or(0);
    let in_turn =
        (0..rounds).flat_map(|round| kinds.iter().filter_map(move |(_, members)| members.get(round)));
    in_turn.take(options.mutants).cloned().collect()
}

fn described(netlist: &Netlist, mutation: &Mutation, verdict: Verdict) -> Mutant {
    let module = &netlist.modules[mutation.module];
    let node = match &module.body {
        Body::Logic(logic) => Some(&logic.nodes[mutation.node.index()]),
        Body::BlackBox { .. } => None,
    };
    Mutant {
        module: module.name.clone(),
        node: node.and_then(|node| node.name.clone()),
        source: node.map_or(String::new(), |node| format!("{}:{}", node.source.file(), node.source.line())),
        change: mutation.change.to_string(),
        verdict,
    }
}
