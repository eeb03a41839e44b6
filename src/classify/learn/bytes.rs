//! What was taught as bytes, for the store. All numbers little-endian.

use std::collections::HashMap;

use super::Adaptation;
use super::gate::Gate;
use super::mix::Mix;
use crate::classify::model::FEATURES;

/// What such bytes begin with; the digit is the version of the layout. The features' version stands behind it.
const MAGIC: &[u8; 8] = b"vigie-a1";

/// Why bytes are not what a community has taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// They were learnt on features of another version of Vigie.
    #[error("what was learnt belongs to another version of the model")]
    Foreign,
    /// They are cut short or something else.
    #[error("what was learnt is damaged")]
    Damaged,
}

impl Adaptation {
    /// As bytes; the same knowledge always gives the same ones.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { weights, lessons, mix: Mix { labelled, seen }, gate: Gate { paid }, assumed: _ } = self;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FEATURES);
        bytes.extend(lessons.to_le_bytes());
        let numbers = labelled.iter().flatten().chain(seen).chain(paid);
        bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        let mut features: Vec<_> = weights.iter().collect();
        features.sort_unstable_by_key(|(feature, _)| **feature);
        for (feature, four) in features {
            bytes.extend(feature.to_le_bytes());
            bytes.extend(four.iter().flat_map(|weight| weight.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Adaptation::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are something else, cut short, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Unreadable::Damaged)?;
        let mut rest = Bytes(rest.strip_prefix(FEATURES).ok_or(Unreadable::Foreign)?);
        let mut known = Self { lessons: u32::from_le_bytes(rest.take()?), ..Self::default() };
        let numbers =
            known.mix.labelled.iter_mut().flatten().chain(&mut known.mix.seen).chain(&mut known.gate.paid);
        for number in numbers {
            *number = f64::from_le_bytes(rest.take()?);
        }
        let mut weights = HashMap::new();
        while !rest.0.is_empty() {
            let feature = u32::from_le_bytes(rest.take()?);
            let mut four = [0.0; 4];
            for weight in &mut four {
                *weight = f32::from_le_bytes(rest.take()?);
            }
            weights.insert(feature, four);
        }
        Ok(Self { weights, ..known })
    }
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(*head)
    }
}
