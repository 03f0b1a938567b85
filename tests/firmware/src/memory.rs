//! How many bytes the program takes, from the linker's symbols and the paint on the stack.

use core::ptr::{addr_of, read_volatile};

/// What the runtime fills the stack with before `main`.
const PAINT: u32 = 0xCCCC_CCCC;

unsafe extern "C" {
    static __sdata: u32;
    static __edata: u32;
    static __sidata: u32;
    static __sbss: u32;
    static __ebss: u32;
    static _stack_start: u32;
    static _stack_end: u32;
}

/// Code, constants and what statics start with. It begins at address 0.
pub fn flash() -> usize {
    addr_of!(__sidata).addr() + addr_of!(__edata).addr() - addr_of!(__sdata).addr()
}

/// Statics.
pub fn statics() -> usize {
    (addr_of!(__edata).addr() - addr_of!(__sdata).addr()) + (addr_of!(__ebss).addr() - addr_of!(__sbss).addr())
}

/// The most that the stack ever held.
pub fn stack() -> usize {
    let (mut word, top) = (addr_of!(_stack_end), addr_of!(_stack_start));
    // SAFETY: between the two symbols is the stack, which is memory and aligned; below its lowest use is the paint.
    while word < top && unsafe { read_volatile(word) } == PAINT {
        word = word.wrapping_add(1);
    }
    top.addr() - word.addr()
}
