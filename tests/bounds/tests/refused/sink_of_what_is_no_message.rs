//! A sink takes what its channel takes.

fn sink(_: impl futures_sink::Sink<String>) {}

fn main() {
    let (sender, _receiver) = sakia::mpsc::channel::<u8>(1);
    sink(sakia_futures::SenderSink::new(sakia::mpsc::PollSender::new(sender)));
}
