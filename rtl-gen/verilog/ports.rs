//! The port list of a module, in columns.

use hdl::Direction;

/// A port as declared.
pub(crate) struct PortDeclaration {
    pub direction: Direction,
    /// True if a register drives it.
    pub is_register: bool,
    /// `[7:0] `, or nothing for one bit.
    pub range: String,
    pub name: String,
    /// An attribute for the line before.
    pub locator: Option<String>,
}

/// `[7:0] `, or nothing for one bit.
pub(crate) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// The declarations between parentheses, one per line.
pub(crate) fn port_list(ports: &[PortDeclaration]) -> String {
    let ranges = ports.iter().map(|port| port.range.len()).max().unwrap_or(0);
    let declaration = |port: &PortDeclaration| {
        let kind = match (port.direction, port.is_register) {
            (Direction::Input, _) => "input  wire",
            (Direction::Output, false) => "output wire",
            (Direction::Output, true) => "output reg ",
        };
        let locator = port.locator.iter().map(|locator| format!("    {locator}\n")).collect::<String>();
        format!("{locator}    {kind} {:<ranges$}{}", port.range, port.name)
    };
    let lines: Vec<String> = ports.iter().map(declaration).collect();
    if lines.is_empty() { "()".into() } else { format!("(\n{}\n)", lines.join(",\n")) }
}
