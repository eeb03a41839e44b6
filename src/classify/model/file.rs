//! The model as bytes: a head, two tables, and a checksum over both. All numbers little-endian.

use super::view::{ROWS, Row, View};
use super::{Model, fnv};

/// What such a file begins with; the digit is the version of the layout *and* of the features.
const MAGIC: &[u8; 8] = b"vigie-m2";

/// The version of the features: numbers learnt on one mean nothing on another.
pub const FEATURES: &[u8; 8] = MAGIC;

/// Bytes of the checksum at the end.
const SEAL: usize = 8;

/// Why bytes are not a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The first bytes are those of something else, or of a model of another version.
    #[error("this is no model of this version of vigie: train it anew with `vigie train`")]
    Foreign,
    /// The length or the checksum is wrong.
    #[error("the model is damaged or cut short: fetch or train it anew")]
    Damaged,
}

impl Model {
    /// Reads what [`Model::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are no model, or not all of one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        if !bytes.starts_with(MAGIC) {
            return Err(ModelError::Foreign);
        }
        let (body, seal) = bytes.split_last_chunk::<SEAL>().ok_or(ModelError::Damaged)?;
        if fnv(body) != u64::from_le_bytes(*seal) {
            return Err(ModelError::Damaged);
        }
        let mut rest = Bytes(&body[MAGIC.len()..]);
        let corpus = u64::from_le_bytes(rest.take()?);
        let temperature = rest.number()?;
        let learnt_from = rest.four()?;
        let views = [rest.view()?, rest.view()?];
        if rest.0.is_empty() {
            Ok(Self { corpus, temperature, learnt_from, views })
        } else {
            Err(ModelError::Damaged)
        }
    }

    /// The model as a file's content; the same model always gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.corpus.to_le_bytes());
        let numbers = [self.temperature].into_iter().chain(self.learnt_from);
        bytes.extend(numbers.flat_map(f64::to_le_bytes));
        for view in &self.views {
            bytes.extend(view.bias.into_iter().chain(view.scale).flat_map(f64::to_le_bytes));
            bytes.extend(view.rows.iter().flat_map(|row| {
                let [a, b, c, d] = row.weights.map(i8::cast_unsigned);
                [row.worth, a, b, c, d]
            }));
        }
        bytes.extend(fnv(&bytes).to_le_bytes());
        bytes
    }
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(ModelError::Damaged)?;
        self.0 = rest;
        Ok(*head)
    }

    fn number(&mut self) -> Result<f64, ModelError> {
        self.take().map(f64::from_le_bytes)
    }

    fn four(&mut self) -> Result<[f64; 4], ModelError> {
        Ok([self.number()?, self.number()?, self.number()?, self.number()?])
    }

    fn row(&mut self) -> Result<Row, ModelError> {
        let [worth, a, b, c, d] = self.take()?;
        Ok(Row { worth, weights: [a, b, c, d].map(u8::cast_signed) })
    }

    fn view(&mut self) -> Result<View, ModelError> {
        let (bias, scale) = (self.four()?, self.four()?);
        let rows = (0..ROWS).map(|_| self.row()).collect::<Result<_, _>>()?;
        Ok(View { bias, scale, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_give_back_the_same_model() {
        let model = Model::shipped();
        assert_eq!(Model::from_bytes(&model.to_bytes()).as_ref(), Ok(model));
    }

    #[test]
    fn something_else_is_told_from_a_damaged_model() {
        let mut bytes = Model::shipped().to_bytes();
        assert_eq!(Model::from_bytes(b"PK\x03\x04").expect_err("it is no model"), ModelError::Foreign);
        assert_eq!(
            Model::from_bytes(&bytes[..bytes.len() / 2]).expect_err("it is no model"),
            ModelError::Damaged
        );
        bytes[100] ^= 1;
        assert_eq!(Model::from_bytes(&bytes).expect_err("it is no model"), ModelError::Damaged);
    }
}
