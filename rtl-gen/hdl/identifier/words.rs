//! Reserved words, and who reserves them.

/// Words, and the reason why none of them is legal.
pub(super) type Words = (&'static str, &'static str);

/// Words that are illegal for every name.
pub(super) const RESERVED: [Words; 3] = [
    (LANGUAGE, "it is a reserved word of Verilog or SystemVerilog"),
    (ICARUS, "Icarus Verilog reserves it"),
    (STANDARD_PACKAGE, "SystemVerilog's package `std` defines it, and Verilator accepts no other"),
];

/// Words that are illegal for ports of the top module.
pub(super) const HOSTILE: [Words; 4] = [
    (CPP, "it is a word of C++, which Verilator translates to"),
    (MEMBERS_OF_MODEL, "the class that Verilator makes of the design has a member of this name"),
    (USED_BY_MODEL, "Verilator's library defines it"),
    (MACROS, "it is a macro of the C library, which Verilator's headers include"),
];

/// Reserved words of Verilog-2005 and SystemVerilog-2017: a name must be neither, so that a file works as both.
const LANGUAGE: &str = "
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

/// Words that Icarus adds in every language mode: extensions, and words of Verilog-AMS.
const ICARUS: &str = "bool wone wreal";

/// The package that SystemVerilog tools predefine, its classes, and the function that every object has.
const STANDARD_PACKAGE: &str = "mailbox process randomize semaphore std weak_reference";

/// Words of C++ and of its library that Verilator avoids: it warns of a port with such a name.
const CPP: &str = "
abort alignas alignof and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bit_vector bitand bitor catch
cdecl char char16_t char32_t compl complex concept const_cast const_iterator const_reference constexpr decltype
delete deque double dynamic_cast explicit false far float friend goto huge inline interrupt iterator list long
map multimap multiset mutable namespace near noexcept not_eq nullptr operator or_eq override pascal private
public queue reference register reinterpret_cast requires sc_clock sc_in sc_inout sc_out sc_signal sensitive
sensitive_neg sensitive_pos set short sizeof stack static_assert static_cast switch synchronized template
thread_local throw transaction_safe transaction_safe_dynamic true try type_info typeid typename uint16_t
uint32_t uint8_t using vector volatile wchar_t xor_eq";

/// Members of the classes that Verilator generates for a design and of their base classes, with and without traces.
const MEMBERS_OF_MODEL: &str = "
atClone contextp eval eval_end_step eval_step eventsPending hierName modelName name nextTimeSlot prepareClone
rootp threads trace traceBaseModel traceCapable traceConfig trace_init";

/// Types and functions that such a class uses.
const USED_BY_MODEL: &str = "CData EData IData QData SData WData strdup uint64_t vl_fatal
vl_unique_ptr vl_unordered_map vl_unordered_set";

/// Macros of the C library's headers, which Verilator's headers include.
const MACROS: &str = include_str!("macros.txt");
