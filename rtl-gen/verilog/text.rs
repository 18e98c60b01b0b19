//! Expressions as text, broken into lines if they are long.

use crate::expr::Expr;
use crate::literal;
use crate::plan::Plan;

/// The longest line, unless a name or a number leaves no place to break it.
const LINE_COLUMNS: usize = 100;
/// Columns of one step of indentation.
const STEP: usize = 4;

/// A chain with more `?` than this gets a line for each.
const CHAIN_ON_ONE_LINE: usize = 1;

/// Writes `head value;` at an indentation: `wire [7:0] sum = a + b;`.
pub(crate) fn assignment(out: &mut String, plan: &Plan, indent: usize, head: &str, value: &Expr) {
    let margin = " ".repeat(indent);
    let line = one_line(plan, value);
    let length = indent + head.len() + 1 + line.len() + 1;
    out.push_str(&format!("{margin}{head}"));
    if length <= LINE_COLUMNS && value.chain_length() <= CHAIN_ON_ONE_LINE {
        out.push_str(&format!(" {line}"));
    } else {
        broken(out, plan, indent, value, &line);
    }
    out.push_str(";\n");
}

fn broken(out: &mut String, plan: &Plan, indent: usize, value: &Expr, line: &str) {
    let margin = " ".repeat(indent + STEP);
    match value {
        Expr::Concat(parts) => listed(out, plan, indent, "", parts),
        Expr::Unary(op, operand) if matches!(**operand, Expr::Concat(_)) => {
            let Expr::Concat(parts) = &**operand else { return };
            listed(out, plan, indent, op, parts);
        }
        Expr::Mux { .. } => chain(out, plan, &margin, value),
        Expr::Binary(op, left, right) if margin.len() + line.len() >= LINE_COLUMNS => {
            let (left, right) = (operand(plan, op, left, Side::Left), operand(plan, op, right, Side::Right));
            out.push_str(&format!("\n{margin}{left} {op}\n{margin}{right}"));
        }
        _ => out.push_str(&format!("\n{margin}{line}")),
    }
}

/// A concatenation with a line for each part.
fn listed(out: &mut String, plan: &Plan, indent: usize, op: &str, parts: &[Expr]) {
    let margin = " ".repeat(indent + STEP);
    out.push_str(&format!(" {op}{{\n"));
    for (index, expr) in parts.iter().enumerate() {
        let comma = if index + 1 < parts.len() { "," } else { "" };
        out.push_str(&format!("{margin}{}{comma}\n", part(plan, expr)));
    }
    out.push_str(&format!("{}}}", " ".repeat(indent)));
}

/// A chain of `?:` with a line for each choice.
fn chain(out: &mut String, plan: &Plan, margin: &str, mut value: &Expr) {
    while let Expr::Mux { select, on_true, on_false } = value {
        out.push_str(&format!("\n{margin}{} ? {} :", condition(plan, select), part(plan, on_true)));
        value = on_false;
    }
    out.push_str(&format!("\n{margin}{}", one_line(plan, value)));
}

/// Bits of something that has a name.
pub(crate) fn selected(name: &str, high: u32, low: u32) -> String {
    if high == low { format!("{name}[{high}]") } else { format!("{name}[{high}:{low}]") }
}

/// An expression on one line.
pub(crate) fn one_line(plan: &Plan, expr: &Expr) -> String {
    match expr {
        Expr::Signal { id, range: None } => plan.signal(*id).name.clone(),
        Expr::Signal { id, range: Some((high, low)) } => selected(&plan.signal(*id).name, *high, *low),
        Expr::Const(bits) => literal::text(bits),
        Expr::Unknown(1) => "1'bx".into(),
        Expr::Unknown(width) => format!("{{{width}{{1'bx}}}}"),
        Expr::Word { memory, address } => format!("{}[{}]", plan.memories[*memory], one_line(plan, address)),
        Expr::Unary(op, inner) => format!("{op}{}", enclosed_unless(is_atom(inner), one_line(plan, inner))),
        Expr::Binary(op, left, right) => {
            let (left, right) = (operand(plan, op, left, Side::Left), operand(plan, op, right, Side::Right));
            format!("{left} {op} {right}")
        }
        Expr::Signed(inner) => format!("$signed({})", one_line(plan, inner)),
        Expr::Unsigned(inner) => format!("$unsigned({})", one_line(plan, inner)),
        Expr::Mux { select, on_true, on_false } => {
            let (select, on_true) = (condition(plan, select), part(plan, on_true));
            format!("{select} ? {on_true} : {}", one_line(plan, on_false))
        }
        Expr::Concat(parts) => format!("{{{}}}", joined(plan, parts)),
        Expr::Repeat(count, inner) => match &**inner {
            Expr::Concat(parts) => format!("{{{count}{{{}}}}}", joined(plan, parts)),
            inner => format!("{{{count}{{{}}}}}", part(plan, inner)),
        },
    }
}

#[derive(PartialEq)]
enum Side {
    Left,
    Right,
}

/// An operand of a binary operator, in parentheses wherever precedence is not obvious.
fn operand(plan: &Plan, op: &str, expr: &Expr, side: Side) -> String {
    let stands_alone = match expr {
        Expr::Unary("~", inner) => is_atom(inner),
        Expr::Binary(inner @ ("&" | "|" | "^" | "+"), ..) => *inner == op && side == Side::Left,
        other => is_atom(other),
    };
    enclosed_unless(stands_alone, one_line(plan, expr))
}

/// The condition of a `?:`, where a comparison needs no parentheses.
fn condition(plan: &Plan, expr: &Expr) -> String {
    let stands_alone = match expr {
        Expr::Unary(_, inner) => is_atom(inner),
        Expr::Binary("==" | "!=" | "<" | "<=" | ">" | ">=", ..) => true,
        other => is_atom(other),
    };
    enclosed_unless(stands_alone, one_line(plan, expr))
}

/// The first value of a `?:`, or a part of a concatenation: only another `?:` needs parentheses.
fn part(plan: &Plan, expr: &Expr) -> String {
    enclosed_unless(!matches!(expr, Expr::Mux { .. }), one_line(plan, expr))
}

fn joined(plan: &Plan, parts: &[Expr]) -> String {
    parts.iter().map(|expr| part(plan, expr)).collect::<Vec<_>>().join(", ")
}

fn enclosed_unless(stands_alone: bool, text: String) -> String {
    if stands_alone { text } else { format!("({text})") }
}

fn is_atom(expr: &Expr) -> bool {
    match expr {
        Expr::Signal { .. } | Expr::Const(_) | Expr::Unknown(_) | Expr::Word { .. } => true,
        Expr::Signed(_) | Expr::Unsigned(_) | Expr::Concat(_) | Expr::Repeat(..) => true,
        Expr::Unary(..) | Expr::Binary(..) | Expr::Mux { .. } => false,
    }
}
