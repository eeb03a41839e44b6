//! L-BFGS: finds where a smooth function is least, from its value and gradient alone.
//!
//! After Nocedal & Wright, *Numerical Optimization*, algorithms 7.4 and 7.5, with a backtracking line search. Every
//! sum runs in one fixed order, so that the same start gives the same bits.

use std::collections::VecDeque;

/// Steps that are remembered to guess the curvature from.
const MEMORY: usize = 6;

/// A step must win at least this share of what the slope promises (Armijo's rule).
const SUFFICIENT: f64 = 1e-4;

/// The end is reached when the gradient's length has shrunk to this share of the first.
const TOLERANCE: f64 = 3e-4;

/// A step taken: how far, how the gradient changed, and one over their product.
struct Taken {
    step: Vec<f64>,
    change: Vec<f64>,
    weight: f64,
}

/// Walks `at` down `function`, which writes its gradient into its second argument and returns its value.
pub(super) fn minimise(at: &mut [f64], steps: usize, mut function: impl FnMut(&[f64], &mut [f64]) -> f64) {
    let mut gradient = vec![0.0; at.len()];
    let mut value = function(at, &mut gradient);
    let first_length = length(&gradient);
    let mut memory: VecDeque<Taken> = VecDeque::with_capacity(MEMORY);
    for _ in 0..steps {
        if length(&gradient) <= TOLERANCE * first_length {
            return;
        }
        let direction = downhill(&gradient, &memory);
        let slope = dot(&gradient, &direction);
        let mut reach = if memory.is_empty() { 1.0 / length(&gradient) } else { 1.0 };
        let mut next_gradient = vec![0.0; at.len()];
        let (next, next_value) = loop {
            let next: Vec<f64> = at.iter().zip(&direction).map(|(x, d)| x + reach * d).collect();
            let next_value = function(&next, &mut next_gradient);
            if next_value <= value + SUFFICIENT * reach * slope {
                break (next, next_value);
            }
            reach /= 2.0;
            if reach < 1e-10 {
                return; // No step down can be told from rounding any more.
            }
        };
        let step: Vec<f64> = next.iter().zip(at.iter()).map(|(new, old)| new - old).collect();
        let change: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let product = dot(&step, &change);
        if product > 0.0 {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back(Taken { step, change, weight: 1.0 / product });
        }
        at.copy_from_slice(&next);
        (value, gradient) = (next_value, next_gradient);
    }
}

/// The gradient, turned by the remembered curvature and reversed.
fn downhill(gradient: &[f64], memory: &VecDeque<Taken>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for taken in memory.iter().rev() {
        let share = taken.weight * dot(&taken.step, &direction);
        add(&mut direction, -share, &taken.change);
        shares.push(share);
    }
    if let Some(last) = memory.back() {
        let scale = 1.0 / (last.weight * dot(&last.change, &last.change));
        for d in &mut direction {
            *d *= scale;
        }
    }
    for (taken, share) in memory.iter().zip(shares.iter().rev()) {
        let correction = taken.weight * dot(&taken.change, &direction);
        add(&mut direction, share - correction, &taken.step);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn length(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += times * y);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_long_narrow_bowl() {
        let mut at = vec![5.0, -3.0, 8.0];
        minimise(&mut at, 100, |x, gradient| {
            let steepness = [1.0, 40.0, 900.0];
            for i in 0..3 {
                gradient[i] = 2.0 * steepness[i] * (x[i] - 1.0);
            }
            (0..3).map(|i| steepness[i] * (x[i] - 1.0) * (x[i] - 1.0)).sum()
        });
        assert!(at.iter().all(|x| (x - 1.0).abs() < 1e-2), "{at:?}");
    }
}
