//! Registers: what is made from one description agrees.

use blocks::parameters::Settings;
use blocks::registry;

/// Each page has the table of its block's registers.
#[test]
fn pages_show_the_registers() {
    let mut shown = 0;
    for block in registry::blocks() {
        let configured = block.configure(&Settings::new()).expect("the defaults are legal");
        let Some(map) = configured.registers() else { continue };
        let table = map.table();
        assert!(block.documentation().contains(&table), "the page of {} must have:\n{table}", block.name());
        shown += 1;
    }
    assert!(shown > 0);
}
