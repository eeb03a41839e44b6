//! Rows of what is to be erased.

use sqlx::FromRow;

use super::{EventRow, moment};
use crate::domain::ids::{ChannelId, MessageId};
use crate::store::StoreError;
use crate::store::privacy::KeptText;

/// A card whose post shows what was erased.
#[derive(FromRow)]
pub struct CardToRedraw {
    pub request: String,
    pub notice: String,
    pub route: String,
}

/// A message of a request whose text is kept.
#[derive(FromRow)]
pub struct KeptTextRow {
    channel: String,
    thread: Option<String>,
    place: Option<String>,
    message: String,
    at: i64,
    text: String,
}

impl TryFrom<KeptTextRow> for KeptText {
    type Error = StoreError;

    fn try_from(row: KeptTextRow) -> Result<Self, StoreError> {
        let KeptTextRow { channel, thread, place, message, at, text } = row;
        let mut places: Vec<ChannelId> = Vec::new();
        for place in [place, thread, Some(channel.clone())].into_iter().flatten().map(ChannelId::new) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let (channel, message) = (ChannelId::new(channel), MessageId::new(message));
        Ok(Self { channel, places, message, at: moment(at)?, text })
    }
}

/// An entry of a log that may name a person.
#[derive(FromRow)]
pub struct NamingRow {
    pub request: String,
    pub seq: i64,
    #[sqlx(flatten)]
    pub event: EventRow,
}
