//! The requests of a day as figures see them, in as few bytes as that takes: some dozen a request.
//!
//! Names of people and channels stand once a day. A pack that cannot be read, because another version of Vigie made
//! it, is an error of the store, and mended by throwing the table `days` away: it holds nothing that is not elsewhere.

use serde::{Deserialize, Serialize};

use super::rows::MeasureRow;
use super::{Measure, StoreError};

/// The requests of a day, before they are packed or after they were unpacked.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Packed {
    /// Who answered.
    pub people: Vec<String>,
    /// Where it was asked.
    pub channels: Vec<String>,
    /// The requests, oldest first, each with the place of its channel.
    pub rows: Vec<(Measure, usize)>,
}

impl Packed {
    /// Adds a request.
    pub fn add(&mut self, row: MeasureRow) -> Result<(), StoreError> {
        let channel = place(&mut self.channels, row.channel.clone());
        let measure = row.measure(|person| place(&mut self.people, person))?;
        self.rows.push((measure, channel));
        Ok(())
    }
}

/// The bytes of a day.
pub fn pack(packed: &Packed) -> Result<Vec<u8>, StoreError> {
    postcard::to_allocvec(packed).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// The day of these bytes.
pub fn unpack(bytes: &[u8]) -> Result<Packed, StoreError> {
    postcard::from_bytes(bytes).map_err(|_| broken())
}

/// A day that cannot be read.
pub fn broken() -> StoreError {
    StoreError::Unreadable("a day of figures (empty the table days: it is filled again)".to_owned())
}

/// A day has few different names, so that looking through them is no longer than looking one up.
fn place(names: &mut Vec<String>, name: String) -> usize {
    if let Some(place) = names.iter().position(|known| *known == name) {
        return place;
    }
    names.push(name);
    names.len() - 1
}

/// A point in time as a number: text would be most of the pack, and of the time that it takes to read.
pub mod milliseconds {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::domain::time::{Timestamp, from_milliseconds};

    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        at.as_millisecond().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        from_milliseconds(i64::deserialize(from)?).ok_or_else(|| D::Error::custom("a time out of range"))
    }
}

/// The same where there may be none.
pub mod milliseconds_if_any {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::time::{Timestamp, from_milliseconds};

    #[expect(clippy::ref_option, reason = "the shape that serde calls")]
    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        at.map(Timestamp::as_millisecond).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(from)?.and_then(from_milliseconds))
    }
}
