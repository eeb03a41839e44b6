//! Notices about no single request: a desk's review list, the invitation to the weekly audit.
//!
//! The texts of the listed messages are read from the platform each time the list is drawn; nothing keeps them.

use super::{LONGEST_CALL, LONGEST_UPLOAD, Outbox};
use crate::commands::{File, Image};
use crate::communities::Known;
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, CommunityId, RoleId};
use crate::domain::judgement::{Judged, JudgedState};
use crate::domain::label::Route;
use crate::domain::lesson::Week;
use crate::domain::message::IncomingMessage;
use crate::domain::notice::QueuedNotice;
use crate::domain::request::Request;
use crate::domain::review::{self, Quoted, ReviewList};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::{MessagePlace, Note, NoteButton, Platform, PlatformError, read_burst};
use crate::stats;
use crate::store::judge::Settled;
use crate::store::{Decided, Delivery, PostedCard, StoreError};

/// The custom id of the button that begins an audit.
pub const BEGIN_AUDIT: &str = "vigie:audit:begin";

/// How many channels a note about missed messages names.
const NAMED: usize = 20;

/// One notice with all that is needed to send it.
pub(super) struct ListErrand<'a> {
    pub(super) outbox: &'a Outbox,
    pub(super) known: &'a Known,
    pub(super) platform: &'a dyn Platform,
    pub(super) notice: &'a QueuedNotice,
}

/// Why a list could not be shown.
enum NotShown {
    Store(StoreError),
    Platform(PlatformError),
}

impl From<StoreError> for NotShown {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PlatformError> for NotShown {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

impl ListErrand<'_> {
    /// Posts the list when there is none, shows it as it is now when there is one, takes it away when it is empty.
    pub(super) async fn review_list(&self, route: Route) -> Result<Delivery, StoreError> {
        if self.outbox.store.is_superseded(self.notice).await? {
            return Ok(Delivery::Done(None));
        }
        match self.shown(route).await {
            Ok(delivery) => Ok(delivery),
            Err(NotShown::Platform(error)) => Ok(self.outbox.outcome(self.notice, Err(error))),
            Err(NotShown::Store(error)) => Err(error),
        }
    }

    async fn shown(&self, route: Route) -> Result<Delivery, NotShown> {
        let Some(desk) = self.known.settings.desk(route) else {
            return Ok(Delivery::Done(None)); // Listed when the desk is there: its first message asks again.
        };
        let posted = self.outbox.store.live_card(self.community(), None, route).await?;
        let (found, count) = self.waiting(route).await?;
        let list = ReviewList::new(self.known.settings.community.language, route, found, count);
        match posted {
            None if list.lines.is_empty() => Ok(Delivery::Done(None)),
            None => self.post(&desk.channel, &list).await,
            // The desk has moved; its old channel may be gone.
            Some(posted) if posted.channel != desk.channel => {
                if let Err(error @ PlatformError::Retry { .. }) = self.take_away(&posted).await {
                    return Err(error.into());
                }
                if list.lines.is_empty() {
                    Ok(Delivery::Retired)
                } else {
                    self.post(&desk.channel, &list).await
                }
            }
            Some(posted) if list.lines.is_empty() => {
                self.take_away(&posted).await?;
                Ok(Delivery::Retired)
            }
            Some(posted) => {
                let PostedCard { channel, post } = posted;
                match self.platform.edit_review(self.community(), &channel, &post, &list).await {
                    Ok(()) => Ok(Delivery::Done(None)),
                    // Somebody has deleted it.
                    Err(PlatformError::Gone { .. }) => self.post(&desk.channel, &list).await,
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    async fn post(&self, channel: &ChannelId, list: &ReviewList) -> Result<Delivery, NotShown> {
        self.outbox.hold(self.notice, LONGEST_CALL).await?;
        let post = self.platform.post_review(self.community(), channel, &self.notice.id, list).await?;
        Ok(Delivery::Done(Some(PostedCard { channel: channel.clone(), post })))
    }

    async fn take_away(&self, posted: &PostedCard) -> Result<(), PlatformError> {
        self.platform.delete_post(self.community(), &posted.channel, &posted.post).await
    }

    /// The oldest messages that wait, as they read now, and how many wait in all. Those whose deletion was not heard
    /// leave the list for good, so that they do not stand in the way of the others.
    async fn waiting(&self, route: Route) -> Result<(Vec<(Judged, Quoted)>, usize), NotShown> {
        let (store, now) = (&self.outbox.store, self.outbox.clock.now());
        let since = now.as_millisecond() - review::WAITS.as_milliseconds();
        let since = Timestamp::from_millisecond(since).unwrap_or(Timestamp::MIN);
        let lines = u32::try_from(review::LINES).unwrap_or(u32::MAX);
        loop {
            let waiting = store.in_review(self.community(), route, since, lines).await?;
            let (mut found, mut gone, mut unreadable) = (Vec::new(), Vec::new(), None);
            for (judged, read) in self.read(waiting.oldest).await {
                match read {
                    Ok(Some(quoted)) => found.push((judged, quoted)),
                    Ok(None) => gone.push(deleted(&judged, now)),
                    Err(error @ PlatformError::Retry { .. }) => return Err(error.into()),
                    Err(error) => unreadable = Some(error),
                }
            }
            if !gone.is_empty() {
                let decided = Decided { settled: gone, ..Decided::default() };
                store.apply(self.community(), &decided, None, now).await?;
                continue;
            }
            return match unreadable {
                Some(error) if found.is_empty() => Err(error.into()),
                Some(_) | None => Ok((found, waiting.count)),
            };
        }
    }

    /// The messages as they are now.
    async fn read(&self, waiting: Vec<Judged>) -> Vec<(Judged, Result<Option<Quoted>, PlatformError>)> {
        let read = waiting.into_iter().map(|judged| async move {
            let link = self.platform.link(&judged.community, &MessagePlace::of(&judged));
            let burst = read_burst(self.platform, &judged).await;
            let quoted = |burst: Vec<IncomingMessage>| Quoted {
                author_name: burst.last().map(|message| message.author_name.clone()).unwrap_or_default(),
                text: IncomingMessage::text_of(&burst),
                link,
            };
            (judged, burst.map(|burst| burst.map(quoted)))
        });
        futures::future::join_all(read).await
    }

    /// Says that an audit can be done.
    pub(super) async fn invite_to_audit(&self, week: Week) -> Result<Delivery, StoreError> {
        let settings = &self.known.settings;
        let audit = self.outbox.store.last_audit(self.community()).await?;
        let Some(audit) = audit.filter(|audit| audit.week == week) else {
            return Ok(Delivery::Done(None));
        };
        let words = Words::new(settings.community.language);
        let button = NoteButton { label: words.begin_audit(), custom_id: BEGIN_AUDIT.to_owned() };
        let lines = vec![vec![Piece::text(words.audit_is_ready(audit.drawn.len()))]];
        self.tell_coordinator(Note { lines, button: Some(button), ..Note::default() }).await
    }

    /// Says how a week went.
    pub(super) async fn digest(&self, week: Week) -> Result<Delivery, StoreError> {
        let settings = &self.known.settings;
        let link =
            |request: &Request| self.platform.link(&request.community, &MessagePlace::of_request(request));
        let (store, now) = (self.outbox.store.as_ref(), self.outbox.clock.now());
        let Some(digest) = stats::digest::digest(store, settings, week, link, now).await? else {
            return Ok(Delivery::Done(None));
        };
        let mut lines = vec![vec![Piece::text(digest.title)]];
        lines.extend(digest.lines);
        let png = digest.chart.png();
        let image = Image { name: "vigie-week.png", png, alt: digest.chart.alt() };
        let image = Some(Box::new(File::Image(image)));
        let button = Some(NoteButton::figures(Words::new(settings.community.language)));
        self.tell_coordinator(Note { lines, button, image, ..Note::default() }).await
    }

    /// Says which messages may have been missed. Pings nobody: it cannot be hurried.
    pub(super) async fn missed(&self, told_at: Timestamp) -> Result<Delivery, StoreError> {
        let missed = self.outbox.store.missed(self.community(), told_at).await?;
        if missed.is_empty() {
            return Ok(Delivery::Done(None));
        }
        let community = &self.known.settings.community;
        let words = Words::new(community.language);
        let mut lines = vec![vec![Piece::text(words.missed_title())]];
        lines.extend(missed.iter().take(NAMED).map(|missed| words.missed(missed, &community.timezone)));
        if missed.len() > NAMED {
            lines.push(vec![Piece::text(words.and_more(missed.len() - NAMED))]);
        }
        lines.push(vec![Piece::text(words.missed_what_to_do())]);
        self.say(Note { lines, ..Note::default() }).await
    }

    /// Says something where the coordinator reads, and pings the coordinator.
    async fn tell_coordinator(&self, note: Note) -> Result<Delivery, StoreError> {
        self.say(Note { role: self.coordinator(), ..note }).await
    }

    /// The coordinator's role, to be pinged. Said twice it does no harm, pinged twice it does: what was perhaps sent
    /// before pings nobody any more.
    pub(super) fn coordinator(&self) -> Option<RoleId> {
        let is_first = !self.outbox.may_have_been_sent(self.notice);
        self.known.settings.community.coordinator.clone().filter(|_| is_first)
    }

    /// Says something where the coordinator reads: in the coordinator's channel, or that of the first desk that there
    /// is.
    async fn say(&self, note: Note) -> Result<Delivery, StoreError> {
        let Some(channel) = self.known.settings.coordinator_reads() else { return Ok(Delivery::Done(None)) };
        self.say_in(channel, note).await
    }

    pub(super) async fn say_in(&self, channel: &ChannelId, note: Note) -> Result<Delivery, StoreError> {
        let longest = if note.image.is_some() { LONGEST_UPLOAD } else { LONGEST_CALL };
        self.outbox.hold(self.notice, longest).await?;
        let posted = self
            .platform
            .post_note(self.community(), channel, &self.notice.id, &note)
            .await
            .map(|_| Delivery::Said { channel: channel.clone() });
        Ok(self.outbox.outcome(self.notice, posted))
    }

    pub(super) const fn community(&self) -> &CommunityId {
        &self.notice.community
    }
}

fn deleted(judged: &Judged, at: Timestamp) -> Settled {
    Settled { message: judged.message.clone(), state: JudgedState::Deleted, label: None, by: None, at }
}
