//! Notices about no single request: a desk's review list, the invitation to the weekly audit.
//!
//! The texts of the listed messages are read from the platform each time the list is drawn; nothing keeps them.

use super::Outbox;
use crate::communities::Known;
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::judgement::Judged;
use crate::domain::label::Route;
use crate::domain::lesson::Week;
use crate::domain::notice::QueuedNotice;
use crate::domain::review::{self, Quoted, ReviewList};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::{Invitation, MessagePlace, Ping, Platform, PlatformError};
use crate::store::{Delivery, PostedCard, StoreError};

/// The custom id of the button that begins an audit.
pub const BEGIN_AUDIT: &str = "vigie:audit:begin";

/// One notice with all that is needed to send it.
pub(super) struct ListErrand<'a> {
    pub(super) outbox: &'a Outbox,
    pub(super) known: &'a Known,
    pub(super) platform: &'a dyn Platform,
    pub(super) notice: &'a QueuedNotice,
}

impl ListErrand<'_> {
    /// Posts the list when there is none, shows it as it is now when there is one, takes it away when it is empty.
    pub(super) async fn review_list(&self, route: Route) -> Result<Delivery, StoreError> {
        let store = &self.outbox.store;
        if store.is_superseded(self.notice).await? {
            return Ok(Delivery::Done(None));
        }
        let Some(desk) = self.known.settings.desk(route) else {
            return Ok(Delivery::Done(None)); // Listed when the desk is there: its first message asks again.
        };
        let now = self.outbox.clock.now();
        let since = now.as_millisecond() - review::WAITS.as_milliseconds();
        let since = Timestamp::from_millisecond(since).unwrap_or(Timestamp::MIN);
        let lines = u32::try_from(review::LINES).unwrap_or(u32::MAX);
        let waiting = store.in_review(self.community(), route, since, lines).await?;
        let posted = store.live_card(self.community(), None, route).await?;
        let found = match self.read(waiting.oldest).await {
            Ok(found) => found,
            Err(error) => return Ok(self.outbox.outcome(self.notice, Err(error))),
        };
        let language = self.known.settings.community.language;
        let list = ReviewList::new(language, route, found, waiting.count);
        let shown = match posted {
            Some(posted) if list.lines.is_empty() => self
                .platform
                .delete_post(self.community(), &posted.channel, &posted.post)
                .await
                .map(|()| Delivery::Retired),
            Some(posted) => {
                let edited =
                    self.platform.edit_review(self.community(), &posted.channel, &posted.post, &list).await;
                match edited {
                    Ok(()) => Ok(Delivery::Done(None)),
                    // Somebody has deleted it.
                    Err(PlatformError::Permanent { .. }) => self.post(&desk.channel, &list).await,
                    Err(error) => Err(error),
                }
            }
            None if list.lines.is_empty() => Ok(Delivery::Done(None)),
            None => self.post(&desk.channel, &list).await,
        };
        Ok(self.outbox.outcome(self.notice, shown))
    }

    async fn post(&self, channel: &ChannelId, list: &ReviewList) -> Result<Delivery, PlatformError> {
        let post = self.platform.post_review(self.community(), channel, &self.notice.id, list).await?;
        Ok(Delivery::Done(Some(PostedCard { channel: channel.clone(), post })))
    }

    /// The messages as they are now; those that are gone are left out.
    async fn read(&self, waiting: Vec<Judged>) -> Result<Vec<(Judged, Quoted)>, PlatformError> {
        let read = waiting.into_iter().map(|judged| async move {
            let place = MessagePlace::of(&judged);
            let link = self.platform.link(&judged.community, &place);
            let message = self.platform.read(&judged.community, &place).await?;
            let quoted =
                message.map(|message| Quoted { author_name: message.author_name, text: message.text, link });
            Ok(quoted.map(|quoted| (judged, quoted)))
        });
        let read: Vec<Result<Option<_>, PlatformError>> = futures::future::join_all(read).await;
        read.into_iter().filter_map(Result::transpose).collect()
    }

    /// Says that an audit can be done, in the channel of the first desk that there is.
    pub(super) async fn invite_to_audit(&self, week: Week) -> Result<Delivery, StoreError> {
        let settings = &self.known.settings;
        let audit = self.outbox.store.last_audit(self.community()).await?;
        let Some(audit) = audit.filter(|audit| audit.week == week) else {
            return Ok(Delivery::Done(None));
        };
        let Some(desk) = Route::ALL.into_iter().find_map(|route| settings.desk(route)) else {
            return Ok(Delivery::Done(None));
        };
        let words = Words::new(settings.community.language);
        let invitation = Invitation {
            words: words.audit_is_ready(audit.drawn.len()),
            button: words.begin_audit(),
            custom_id: BEGIN_AUDIT.to_owned(),
        };
        let role = settings.community.coordinator.clone();
        let ping = role.map(|role| Ping { role, words: String::new() });
        let posted = self
            .platform
            .post_invitation(self.community(), &desk.channel, &self.notice.id, &invitation, ping.as_ref())
            .await
            .map(|_| Delivery::Done(None));
        Ok(self.outbox.outcome(self.notice, posted))
    }

    const fn community(&self) -> &CommunityId {
        &self.notice.community
    }
}
