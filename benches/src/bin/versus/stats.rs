//! The few statistics that are shown.

/// The middle of a set of samples and its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stats {
    pub(crate) median: f64,
    /// The first quartile.
    pub(crate) low: f64,
    /// The third quartile.
    pub(crate) high: f64,
}

impl Stats {
    /// None without samples.
    pub(crate) fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        (!sorted.is_empty()).then(|| Self {
            median: quantile(&sorted, 0.5),
            low: quantile(&sorted, 0.25),
            high: quantile(&sorted, 0.75),
        })
    }

    /// Whether the two spreads touch, so that their difference says nothing.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// Interpolates between the two samples nearest to `fraction` of the way.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let position = fraction * (sorted.len() - 1) as f64;
    let below = sorted[position.floor() as usize];
    let above = sorted[position.ceil() as usize];
    below + (above - below) * position.fract()
}

/// The geometric mean; None without values.
pub(crate) fn geometric_mean(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    (!values.is_empty()).then(|| (sum / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_interpolated() {
        let stats = Stats::of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((stats.low, stats.median, stats.high), (1.75, 2.5, 3.25));
        assert_eq!(Stats::of(&[]), None);
    }

    #[test]
    fn spreads_overlap_or_not() {
        let one = Stats::of(&[1.0, 2.0, 3.0]).unwrap();
        let near = Stats::of(&[2.0, 3.0, 4.0]).unwrap();
        let far = Stats::of(&[7.0, 8.0, 9.0]).unwrap();
        assert!(one.overlaps(&near) && near.overlaps(&one));
        assert!(!one.overlaps(&far) && !far.overlaps(&one));
    }

    #[test]
    fn the_geometric_mean_balances_ratios() {
        let mean = geometric_mean(&[0.5, 2.0]).unwrap();
        assert!((mean - 1.0).abs() < 1e-12);
    }
}
