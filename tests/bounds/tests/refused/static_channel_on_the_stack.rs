//! The ends of a static channel may outlive any place but a static one.

use sakia::mpsc::StaticChannel;

fn main() {
    let channel = StaticChannel::<u8, 4>::new();
    let _ = channel.split();
}
