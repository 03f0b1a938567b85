//! Sakia on bare metal: channels in statics, tasks on the minimal executor, and a producer in the SysTick interrupt.
//!
//! Each module is a check; one that fails panics, and the run ends with a status that says so.

#![no_std]
#![no_main]

mod chain;
mod closing;
mod idle;
mod interrupt;
mod memory;
mod queue;
mod slots;
mod tasks;
mod ticker;

use core::panic::PanicInfo;

use cortex_m_semihosting::{debug, hprintln};

#[cortex_m_rt::entry]
fn main() -> ! {
    let mut ticker = ticker::Ticker::take();
    let checks: [(&str, fn(&mut ticker::Ticker)); 7] = [
        ("a task and an interrupt on one channel", interrupt::check),
        ("slots written in place, in tasks and in an interrupt", slots::check),
        ("an interrupt and a task on a queue", queue::check),
        ("a sink and a chain of streams", chain::check),
        ("waiting, cancelled and closed", closing::check),
        ("nobody is polled while nothing happens", idle::check),
        ("a static split again", interrupt::check),
    ];
    for (name, check) in checks {
        check(&mut ticker);
        hprintln!("ok: {}", name);
    }
    hprintln!(
        "flash {} bytes, RAM {} bytes of statics and {} of stack",
        memory::flash(),
        memory::statics(),
        memory::stack()
    );
    debug::exit(debug::EXIT_SUCCESS);
    unreachable!("QEMU has ended")
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("FAILED: {}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
