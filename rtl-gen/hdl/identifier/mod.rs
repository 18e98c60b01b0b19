//! Which names Verilog takes as they are.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Reserved words of Verilog-2005 and SystemVerilog-2017: a name must be neither, so that a file serves in both.
const RESERVED: &str = "
accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin
bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos
config const constraint context continue cover covergroup coverpoint cross deassign default defparam design
disable dist do edge else end endcase endchecker endclass endclocking endconfig endfunction endgenerate
endgroup endinterface endmodule endpackage endprimitive endprogram endproperty endsequence endspecify
endtable endtask enum event eventually expect export extends extern final first_match for force foreach
forever fork forkjoin function generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins
implements implies import incdir include initial inout input inside instance int integer interconnect
interface intersect join join_any join_none large let liblist library local localparam logic longint
macromodule matches medium modport module nand negedge nettype new nexttime nmos nor noshowcancelled not
notif0 notif1 null or output package packed parameter pmos posedge primitive priority program property
protected pull0 pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase
randsequence rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0
rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal
showcancelled signed small soft solve specify specparam static string strong strong0 strong1 struct super
supply0 supply1 sync_accept_on sync_reject_on table tagged task this throughout time timeprecision timeunit
tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type typedef union unique unique0 unsigned until
until_with untyped use uwire var vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard
wire with within wor xnor xor";

/// Words that Verilog allows and a tool does not: those of C++, which Verilator translates to, and the package
/// that SystemVerilog tools define.
const HOSTILE: &str = "
alignas alignof and_eq asm auto bitand bitor bool catch char char16_t char32_t compl concept const_cast
constexpr decltype delete double dynamic_cast explicit false float friend goto inline long mutable namespace
noexcept not_eq nullptr operator or_eq private public register reinterpret_cast requires short sizeof
static_assert static_cast std switch template thread_local throw true try typeid typename using volatile
wchar_t xor_eq";

/// True for a reserved word of Verilog-2005 or SystemVerilog-2017, and for a word that a tool reserves.
pub fn is_reserved(name: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| RESERVED.split_ascii_whitespace().chain(HOSTILE.split_ascii_whitespace()).collect());
    WORDS.contains(name)
}

/// Why `name` cannot stand in Verilog as it is, or `None` where it can.
pub fn illegal(name: &str) -> Option<&'static str> {
    let legal_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    match name.chars().next() {
        None => Some("it is empty"),
        Some(first) if !legal_start(first) => Some("it must begin with a letter or an underscore"),
        _ if name.chars().any(|c| !legal_start(c) && !c.is_ascii_digit()) => {
            Some("only letters, digits and underscores are legal")
        }
        _ if is_reserved(name) => Some("it is a reserved word of Verilog, SystemVerilog or C++"),
        _ => None,
    }
}
