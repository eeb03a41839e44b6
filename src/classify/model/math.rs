//! `exp` and `ln` that give the same bits on every machine.
//!
//! The standard ones call the platform's mathematics library, whose last digit differs between systems and
//! processors; a trained model would then differ too. These use only additions, multiplications and divisions,
//! which IEEE 754 fixes to the bit. They are exact to about 1e-15, relative.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// The part of ln 2 that a double cannot hold: `LN_2 + LN_2_REST` is ln 2 to about 1e-33.
const LN_2_REST: f64 = 2.319_046_813_846_3e-17;

/// e to the power of `x`; arguments outside ±700 are taken as ±700.
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let power = (x * LOG2_E).round();
    let rest = x - power * LN_2 - power * LN_2_REST;
    // Taylor's series in Horner's form; |rest| ≤ 0.35, so that the fifteenth term is below 1e-18.
    let mut sum = 1.0;
    for n in (1..=14).rev() {
        sum = 1.0 + sum * rest / f64::from(n);
    }
    sum * power_of_two(power)
}

/// Natural logarithm of a positive, normal number.
pub(in crate::classify) fn ln(x: f64) -> f64 {
    debug_assert!(x.is_normal() && x > 0.0, "ln of {x}");
    let bits = x.to_bits();
    let mut power = f64::from(u32::try_from(bits >> 52).expect("twelve bits fit")) - 1023.0;
    let mut mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    if mantissa > SQRT_2 {
        mantissa /= 2.0;
        power += 1.0;
    }
    // ln m = 2 artanh s, with |s| ≤ 0.172: thirteen odd terms are enough.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for odd in (0..13).rev().map(|n| f64::from(2 * n + 1)) {
        sum = sum * square + 1.0 / odd;
    }
    2.0 * s * sum + power * LN_2 + power * LN_2_REST
}

/// Turns log weights into shares that sum to 1.
pub(in crate::classify) fn softmax(logs: [f64; 4]) -> [f64; 4] {
    let top = logs.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.map(|log| exp(log - top));
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// Two to a whole power between -1022 and 1023, written straight into the exponent's bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number between 1 and 2046"
)]
fn power_of_two(power: f64) -> f64 {
    f64::from_bits(((power + 1023.0) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_ln_agree_with_the_platforms() {
        for step in -6_000..6_000 {
            let x = f64::from(step) * 0.1;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13, "exp({x})");
            let y = f64::from(step + 6_001) * 0.37;
            assert!((ln(y) - y.ln()).abs() < 1e-14 * y.ln().abs().max(1.0), "ln({y})");
        }
    }

    #[test]
    fn shares_sum_to_one_even_for_extreme_logs() {
        let shares = softmax([-5_000.0, 0.0, 3.0, 900.0]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shares[3] > 0.999);
    }
}
