//! One notice about a request: its card at a desk, its tag on the member's message.

use super::notes::MayPing;
use super::{LONGEST_CALL, Outbox, perhaps_sent_since};
use crate::communities::Known;
use crate::domain::card::{self, Card, Past};
use crate::domain::label::Route;
use crate::domain::notice::QueuedNotice;
use crate::domain::request::{Request, Status};
use crate::domain::settings::{Desk, Tag};
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::Stage;
use crate::domain::words::Words;
use crate::metrics;
use crate::platform::{FoundCard, MessagePlace, Ping, Platform, PlatformError};
use crate::store::{Delivery, PostedCard, StoreError};

/// One notice with all that is needed to send it.
pub(super) struct Errand<'a> {
    pub(super) outbox: &'a Outbox,
    pub(super) known: &'a Known,
    pub(super) request: &'a Request,
    pub(super) past: Past,
    pub(super) platform: &'a dyn Platform,
    pub(super) notice: &'a QueuedNotice,
}

impl Errand<'_> {
    pub(super) async fn post_card(&self, route: Route) -> Result<Delivery, StoreError> {
        let is_pointless = self.request.route != route || self.request.state.status() == Status::Dismissed;
        if is_pointless {
            return Ok(Delivery::Done(None));
        }
        let Some(desk) = self.known.settings.desk(route) else {
            let reason =
                format!("no desk answers {route}: set one up with /desk set or in the community file");
            return Ok(self
                .outbox
                .outcome(self.notice, Err(PlatformError::Blocked { channel: None, reason })));
        };
        let card = self.card();
        if perhaps_sent_since(self.notice).is_some() {
            let found =
                self.platform.find_card(&self.request.community, &desk.channel, &self.request.id).await;
            match found {
                Ok(None) => {}
                Ok(Some(card)) => return self.found(desk, card).await,
                Err(error) => return Ok(self.outbox.outcome(self.notice, Err(error))),
            }
        }
        let (community, channel) = (&self.request.community, &self.request.channel);
        if self.outbox.store.may_be_answered(community, channel, self.request.opened_at()).await? {
            // After a time away the question and its answer are heard in one breath.
            let reason = "an employee's message there has still to be read".to_owned();
            let not_yet = PlatformError::Retry { after: None, reason, perhaps_posted: false };
            return Ok(self.outbox.outcome(self.notice, Err(not_yet)));
        }
        // What has been answered by now gets its card for the record, and nobody is called for it.
        let needs_somebody = self.request.needs_answer();
        let bundle_at = if needs_somebody { self.held_until(desk).await? } else { None };
        let ping = (bundle_at.is_none() && needs_somebody).then(|| self.ping(desk));
        self.outbox.hold(self.notice, LONGEST_CALL).await?;
        let posted = self
            .platform
            .post_card(&self.request.community, &desk.channel, &self.notice.id, &card, ping.as_ref())
            .await
            .map(|post| {
                let card = PostedCard { channel: desk.channel.clone(), post };
                Delivery::Posted { card, pinged: ping.map(|ping| ping.role), bundle_at }
            });
        if posted.is_ok() {
            self.count_lag();
        }
        Ok(self.outbox.outcome(self.notice, posted))
    }

    /// The card is there already. Whether the desk was pinged with it, it shows itself.
    async fn found(&self, desk: &Desk, found: FoundCard) -> Result<Delivery, StoreError> {
        let card = PostedCard { channel: desk.channel.clone(), post: found.post };
        if found.has_pinged {
            return Ok(Delivery::Posted { card, pinged: Some(desk.role.clone()), bundle_at: None });
        }
        let now = self.outbox.clock.now();
        let bundle_at = Some(self.held_until(desk).await?.unwrap_or(now));
        Ok(Delivery::Posted { card, pinged: None, bundle_at })
    }

    /// Until when the card's ping has to wait, if it has to.
    async fn held_until(&self, desk: &Desk) -> Result<Option<Timestamp>, StoreError> {
        Ok(match self.outbox.may_ping(self.known, desk, &desk.role).await? {
            MayPing::Later(at) if !self.request.course.is_urgent => Some(at),
            MayPing::Later(_) | MayPing::Now => None,
        })
    }

    pub(super) async fn edit_card(&self, route: Route) -> Result<Delivery, StoreError> {
        let Some(posted) = self.live_card(route).await? else {
            return Ok(Delivery::Done(None));
        };
        if self.outbox.store.is_superseded(self.notice).await? {
            return Ok(Delivery::Done(None));
        }
        let card = self.card();
        let ping = self.known.settings.desk(route).map(|desk| self.ping(desk));
        let edited = self
            .platform
            .edit_card(&self.request.community, &posted.channel, &posted.post, &card, ping.as_ref())
            .await
            .map(|()| Delivery::Done(None))
            .map_err(|error| self.unless_moved(route, &posted, error));
        Ok(self.outbox.outcome(self.notice, edited))
    }

    pub(super) async fn retire_card(&self, route: Route, to: Route) -> Result<Delivery, StoreError> {
        let Some(posted) = self.live_card(route).await? else {
            return Ok(Delivery::Done(None));
        };
        let card = self.card();
        let line = card::retired_line(self.known.settings.community.language, route, to);
        let retired = self
            .platform
            .retire_card(&self.request.community, &posted.channel, &posted.post, &card, &line)
            .await
            .map(|()| Delivery::Retired)
            .map_err(|error| self.unless_moved(route, &posted, error));
        Ok(self.outbox.outcome(self.notice, retired))
    }

    /// The desk reads elsewhere now: what waits for it goes along, and then what was opened before it.
    pub(super) async fn move_along(&self, route: Route, older: bool) -> Result<Delivery, StoreError> {
        let moved = self.move_card(route).await?;
        let goes_on = older && !matches!(moved, Delivery::Later { .. });
        if let Some(desk) = self.known.settings.desk(route).filter(|_| goes_on) {
            // Before it is recorded: what is queued twice, when that fails, finds itself moved.
            self.outbox.store.let_older_follow(self.request, desk, self.outbox.clock.now()).await?;
        }
        Ok(moved)
    }

    /// Posts the card where the desk reads now, and retires the old one. Nobody is pinged, as everybody has been.
    async fn move_card(&self, route: Route) -> Result<Delivery, StoreError> {
        let (Some(old), Some(desk)) = (self.live_card(route).await?, self.known.settings.desk(route)) else {
            return Ok(Delivery::Done(None));
        };
        let is_pointless = self.request.route != route || !self.request.needs_answer();
        if is_pointless || old.channel == desk.channel {
            return Ok(Delivery::Done(None));
        }
        let (community, id) = (&self.request.community, &self.request.id);
        let found = match perhaps_sent_since(self.notice) {
            Some(_) => self.platform.find_card(community, &desk.channel, id).await,
            None => Ok(None),
        };
        let card = self.card();
        let posted = match found {
            Ok(Some(found)) => Ok(found.post),
            Ok(None) => {
                self.outbox.hold(self.notice, LONGEST_CALL).await?;
                self.platform.post_card(community, &desk.channel, &self.notice.id, &card, None).await
            }
            Err(error) => Err(error),
        };
        let moved = posted.map(|post| Delivery::Moved(PostedCard { channel: desk.channel.clone(), post }));
        if moved.is_ok() {
            let line = Words::new(self.known.settings.community.language).moved_along();
            let retired = self.platform.retire_card(community, &old.channel, &old.post, &card, line).await;
            if let Err(error) = retired {
                // Its channel is gone, or closed: often the reason why the desk has moved.
                tracing::debug!(request = %id, %error, "outbox.moved: the old card stays as it is");
            }
        }
        Ok(self.outbox.outcome(self.notice, moved))
    }

    /// A card in a channel that the desk has left is not waited for: it would hold up the cards in the new one.
    fn unless_moved(&self, route: Route, posted: &PostedCard, error: PlatformError) -> PlatformError {
        let has_moved = self.known.settings.desk(route).is_none_or(|desk| desk.channel != posted.channel);
        match error {
            PlatformError::Blocked { reason, .. } if has_moved => PlatformError::Permanent { reason },
            error => error,
        }
    }

    pub(super) async fn tag(&self, route: Route) -> Result<Delivery, StoreError> {
        let is_pointless = self.request.route != route || self.request.state.status() == Status::Dismissed;
        let Some(tag) = self.public_tag(route).filter(|_| !is_pointless) else {
            return Ok(Delivery::Done(None));
        };
        let language = self.known.settings.community.language;
        let tagged = self.platform.tag(&self.request.community, &self.place(), tag, route, language).await;
        Ok(self.outbox.outcome(self.notice, tagged.map(|()| Delivery::Done(None))))
    }

    pub(super) async fn untag(&self, route: Route) -> Result<Delivery, StoreError> {
        let Some(tag) = self.public_tag(route) else {
            return Ok(Delivery::Done(None));
        };
        let language = self.known.settings.community.language;
        let untagged =
            self.platform.untag(&self.request.community, &self.place(), tag, route, language).await;
        Ok(self.outbox.outcome(self.notice, untagged.map(|()| Delivery::Done(None))))
    }

    /// How long it took to the first card; what a person sent here, or what came back, has no such time.
    fn count_lag(&self) {
        let Request { verdict, course, reroutes, .. } = self.request;
        if *reroutes == 0 && course.reopened == 0 && verdict.stage != Stage::Given {
            let until_now = |since| Span::between(since, self.outbox.clock.now());
            metrics::card_posted(until_now(self.request.opened_at()), until_now(course.heard_at));
        }
    }

    fn card(&self) -> Card {
        let link = self.platform.link(&self.request.community, &self.place());
        let settings = &self.known.settings;
        let can_draft = self.outbox.can_draft && settings.community.second_readings_per_day > 0;
        Card::of(self.request, settings, &self.past, link, can_draft)
    }

    async fn live_card(&self, route: Route) -> Result<Option<PostedCard>, StoreError> {
        self.outbox.store.live_card(&self.request.community, Some(&self.request.id), route).await
    }

    fn ping(&self, desk: &Desk) -> Ping {
        let words = Words::new(self.known.settings.community.language);
        Ping { role: desk.role.clone(), words: words.ping(desk.route) }
    }

    fn place(&self) -> MessagePlace {
        MessagePlace::of_request(self.request)
    }

    /// How the member's message is tagged for everybody to see, if it is.
    fn public_tag(&self, route: Route) -> Option<Tag> {
        if self.known.settings.desk(route).is_some_and(|desk| desk.discreet) {
            return None;
        }
        let tag = self.known.settings.watch(&self.request.channel).map(|watch| watch.tag)?;
        (tag != Tag::None).then_some(tag)
    }
}
