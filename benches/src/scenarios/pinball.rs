//! Tachyobench's pinball: balls that wander through graphs of channels.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

use super::Measured;
use crate::flavours::Flavour;
use crate::runtimes::Runtime;

const GRAPHS: u64 = 61;
const NODES: usize = 13;

/// More than all balls of a graph and its last messages, so that no node waits for room.
const CAPACITY: usize = 64;

/// A message that ends a node. Others say how many hops the ball has left.
const STOP: u64 = u64::MAX;

/// 61 complete graphs of 13 nodes, where each node passes a ball that it gets on to another one
/// picked at random. Each graph has `balls` balls.
pub(super) fn pinball<F: Flavour, R: Runtime>(balls: usize, messages: u64) -> Option<Measured> {
    let hops = messages.div_ceil(GRAPHS * balls as u64);
    let graphs = (0..GRAPHS).map(|seed| graph::<F>(balls, hops, seed)).collect::<Option<Vec<_>>>()?;
    let main = async move {
        let nodes = graphs.into_iter().flatten();
        let running: Vec<_> = nodes.map(|node| R::spawn(node.run())).collect();
        for task in running {
            task.await;
        }
    };
    Some(Measured::time(hops * balls as u64 * GRAPHS, || R::run(main)))
}

struct Node<F: Flavour> {
    rx: F::Rx<u64>,
    others: Vec<F::Tx<u64>>,
    balls: Arc<AtomicUsize>,
    random: Random,
}

/// Makes the nodes of one graph, with `balls` balls thrown in.
fn graph<F: Flavour>(balls: usize, hops: u64, seed: u64) -> Option<Vec<Node<F>>> {
    let mut senders = Vec::new();
    let mut receivers = Vec::new();
    for _ in 0..NODES {
        let (tx, rx) = F::channel(CAPACITY, NODES)?;
        senders.push(tx);
        receivers.push(rx);
    }
    for ball in 0..balls {
        assert!(F::try_send(&mut senders[ball % NODES], hops));
    }
    let balls = Arc::new(AtomicUsize::new(balls));
    let nodes = receivers.into_iter().enumerate().map(|(index, rx)| Node {
        rx,
        others: all_but(index, &senders),
        balls: balls.clone(),
        random: Random::new(seed * NODES as u64 + index as u64),
    });
    Some(nodes.collect())
}

fn all_but<T: Clone>(index: usize, items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.remove(index);
    items
}

impl<F: Flavour> Node<F> {
    async fn run(mut self) {
        loop {
            match F::recv(&mut self.rx).await {
                Some(0) if self.was_last_ball() => return self.stop_others().await,
                Some(0) => {}
                Some(STOP) | None => return,
                Some(hops) => self.pass_on(hops - 1).await,
            }
        }
    }

    async fn pass_on(&mut self, hops: u64) {
        let to = self.random.below(self.others.len());
        assert!(F::send(&mut self.others[to], hops).await);
    }

    /// Takes a ball out; true if none is left in this graph.
    fn was_last_ball(&self) -> bool {
        // Relaxed: only the count matters, nothing is read that another node wrote.
        self.balls.fetch_sub(1, Relaxed) == 1
    }

    async fn stop_others(mut self) {
        for tx in &mut self.others {
            assert!(F::send(tx, STOP).await);
        }
    }
}

/// A xorshift generator: cheap, and the same sequence in each run.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * limit as u64) >> 32) as usize
    }
}
