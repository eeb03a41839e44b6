//! The requests of a day as figures see them, in as few bytes as that takes: some dozen a request.
//!
//! Names of people and channels stand once a day. A pack begins with the number of its format: one of another format
//! counts as none, and the day is packed anew.

use serde::{Deserialize, Serialize};

use super::measure::{Measure, Measures};
use super::rows::MeasureRow;
use super::{RequestFilter, StoreError};
use crate::domain::ids::UserId;

/// Counts the shapes that packs have had.
const FORMAT: u8 = 2;

/// The requests of a day, before they are packed or after they were unpacked.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Packed {
    /// Who answered.
    people: Vec<String>,
    /// Where it was asked.
    channels: Vec<String>,
    /// The requests, oldest first, each with the place of its channel.
    rows: Vec<(Measure, u32)>,
}

impl Packed {
    /// Adds a request.
    pub fn add(&mut self, row: MeasureRow) -> Result<(), StoreError> {
        let channel = place(&mut self.channels, row.channel.clone());
        let measure = row.measure(|person| place(&mut self.people, person))?;
        self.rows.push((measure, channel));
        Ok(())
    }

    fn knows_its_people(&self) -> bool {
        let people = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        self.rows.iter().all(|(measure, _)| measure.answered_by.is_none_or(|person| person < people))
    }

    /// Those of a desk and of a channel, if they are asked for.
    pub fn measures(self, filter: &RequestFilter) -> Measures {
        let Self { people, channels, rows } = self;
        let channel = filter.channel.as_ref().map(|wanted| {
            let place = channels.iter().position(|channel| channel == wanted.as_str());
            place.and_then(|place| u32::try_from(place).ok())
        });
        let is_asked_for = |(measure, place): &(Measure, u32)| {
            channel.is_none_or(|channel| channel == Some(*place))
                && filter.route.is_none_or(|route| route == measure.route)
        };
        Measures {
            rows: rows.into_iter().filter(is_asked_for).map(|(measure, _)| measure).collect(),
            people: people.into_iter().map(UserId::new).collect(),
        }
    }
}

/// The bytes of a day.
pub fn pack(packed: &Packed) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(packed, vec![FORMAT]).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// Whether these bytes are a pack of the format of today.
pub fn is_current(bytes: &[u8]) -> bool {
    bytes.first() == Some(&FORMAT)
}

/// The day of these bytes.
pub fn unpack(bytes: &[u8]) -> Result<Packed, StoreError> {
    let packed = bytes.get(1..).and_then(|bytes| postcard::from_bytes::<Packed>(bytes).ok());
    packed.filter(Packed::knows_its_people).ok_or_else(|| {
        StoreError::Unreadable("a day of figures (empty the table days: it is filled again)".to_owned())
    })
}

/// A day has few different names, so that looking through them is no longer than looking one up.
fn place(names: &mut Vec<String>, name: String) -> u32 {
    let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    });
    u32::try_from(place).expect("fewer names than requests, and those fit into memory")
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
