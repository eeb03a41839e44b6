//! A channel in which nothing can be posted: who can mend it is told, elsewhere.

use super::lists::ListErrand;
use crate::domain::ids::ChannelId;
use crate::domain::label::Route;
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::Note;
use crate::store::{Delivery, StoreError};

impl ListErrand<'_> {
    /// Says that nothing can be posted in a channel, unless that is over.
    pub(super) async fn trouble(&self, told_at: Timestamp) -> Result<Delivery, StoreError> {
        let settings = &self.known.settings;
        let troubles = self.outbox.store.troubles(self.community()).await?;
        let is_it = |channel: &ChannelId| settings.employees_read(channel);
        let Some(trouble) = troubles.iter().find(|one| one.told_at == told_at && is_it(&one.channel)) else {
            return Ok(Delivery::Done(None));
        };
        let is_closed = |channel: &ChannelId| troubles.iter().any(|one| one.channel == *channel);
        let desks: Vec<Route> = Route::ALL
            .into_iter()
            .filter(|route| settings.desk(*route).is_some_and(|desk| desk.channel == trouble.channel))
            .collect();
        let mut waiting = 0;
        for route in &desks {
            waiting += self.outbox.store.cards_waiting(self.community(), *route).await?;
        }
        let lines = Words::new(settings.community.language).trouble(
            &trouble.channel,
            &trouble.reason,
            &desks,
            waiting,
        );
        let note = Note { role: self.coordinator(), lines, ..Note::default() };
        // Where every channel is closed, the first one is tried until it is open again.
        let places = settings.where_employees_read();
        let open = places.iter().find(|channel| !is_closed(channel)).or(places.first());
        match open {
            Some(channel) => self.say_in(channel, note).await,
            None => Ok(Delivery::Done(None)),
        }
    }
}
