//! The same tasks on four runtimes.

use core::pin::{Pin, pin};

/// More would not fit on the minimal executor.
pub(crate) const MAX_READERS: usize = 64;

/// A reader.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    Tokio,
    AsyncStd,
    Smol,
    /// The minimal executor, which is `no_std` and has no allocator, on this thread.
    NoStd,
}

impl Runtime {
    pub(crate) const ALL: [Self; 4] = [Self::Tokio, Self::AsyncStd, Self::Smol, Self::NoStd];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::AsyncStd => "async-std",
            Self::Smol => "smol",
            Self::NoStd => "no-std",
        }
    }
}

/// Runs the readers and the consumer until all have ended, and gives what the consumer gave.
///
/// # Panics
/// If a task panics.
pub(crate) fn run<T: Send + 'static>(
    runtime: Runtime,
    readers: Vec<Task>,
    consumer: impl Future<Output = T> + Send + 'static,
) -> T {
    match runtime {
        Runtime::Tokio => on_tokio(readers, consumer),
        Runtime::AsyncStd => on_async_std(readers, consumer),
        Runtime::Smol => on_smol(readers, consumer),
        Runtime::NoStd => on_minimal_executor(readers, consumer),
    }
}

fn on_tokio<T: Send + 'static>(readers: Vec<Task>, consumer: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("tokio starts its threads");
    runtime.block_on(async {
        let readers: Vec<_> = readers.into_iter().map(tokio::spawn).collect();
        let output = tokio::spawn(consumer).await.expect("the consumer does not panic");
        for reader in readers {
            reader.await.expect("readers don't panic");
        }
        output
    })
}

fn on_async_std<T: Send + 'static>(readers: Vec<Task>, consumer: impl Future<Output = T> + Send + 'static) -> T {
    async_std::task::block_on(async {
        let readers: Vec<_> = readers.into_iter().map(async_std::task::spawn).collect();
        let output = async_std::task::spawn(consumer).await;
        for reader in readers {
            reader.await;
        }
        output
    })
}

fn on_smol<T: Send + 'static>(readers: Vec<Task>, consumer: impl Future<Output = T> + Send + 'static) -> T {
    smol::block_on(async {
        let readers: Vec<_> = readers.into_iter().map(smol::spawn).collect();
        let output = smol::spawn(consumer).await;
        for reader in readers {
            reader.await;
        }
        output
    })
}

fn on_minimal_executor<T>(mut readers: Vec<Task>, consumer: impl Future<Output = T>) -> T {
    let mut output = None;
    {
        let mut consumer = pin!(async { output = Some(consumer.await) });
        let mut executor = sakia_executor::executor!(MAX_READERS + 1);
        executor.spawn(consumer.as_mut()).expect("there is a place for the consumer");
        for reader in &mut readers {
            executor.spawn(reader.as_mut()).expect("there is a place for each reader");
        }
        // No other thread and no interrupt could end an idle moment.
        executor.run(|| panic!("every task waits for another"));
    }
    output.expect("the consumer has ended")
}
