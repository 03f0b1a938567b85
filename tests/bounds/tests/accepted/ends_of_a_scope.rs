//! The ends go to threads of a scope with messages that borrow from outside of it, and permits go where their sender is lent.

use std::thread;

fn main() {
    let text = String::from("a b c");
    let (sender, mut receiver) = sakia::mpsc::blocking::channel::<&str>(1);
    thread::scope(|scope| {
        scope.spawn(|| text.split(' ').for_each(|word| sender.clone().send(word).unwrap()));
        let words = scope.spawn(move || (0..3).map(|_| receiver.recv().unwrap()).collect::<String>());
        assert_eq!(words.join().unwrap(), "abc");
    });
    let (sender, mut receiver) = sakia::mpsc::channel::<u8>(1);
    let permit = sender.try_reserve().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || permit.send(1));
    });
    assert_eq!(receiver.try_recv(), Ok(1));
}
