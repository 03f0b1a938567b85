//! The default policy makes elements by `Default`.

struct Made;

fn main() {
    let _ = sakia::mpsc::recycled::channel::<Made>(1);
}
