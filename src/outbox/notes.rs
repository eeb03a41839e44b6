//! Notes about a request: in the desk's channel or to who is above it, when something fell due or is urgent; to the
//! member, when to expect an answer.

use super::errand::Errand;
use super::{LONGEST_CALL, Outbox, earlier};
use crate::communities::Known;
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::request::{Deadline, Event, EventKind, Request};
use crate::domain::settings::{Acknowledge, Desk, Language};
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::Lang;
use crate::domain::words::Words;
use crate::platform::{MessagePlace, Note, NoteButton, Platform, PlatformError};
use crate::store::{Delivery, PostedCard, StoreError};

/// The time in which pings are counted.
pub(super) const BUDGET_TIME: Span = Span::minutes(60);

/// Whether a role may be pinged for a desk at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayPing {
    /// At once.
    Now,
    /// With all that is held back, at the earliest then.
    Later(Timestamp),
}

/// Whom a note about a request pings.
#[derive(Debug, Default)]
struct Addressee {
    role: Option<RoleId>,
    person: Option<UserId>,
    /// It is said where the coordinator reads.
    is_coordinator: bool,
    /// Neither hours nor budget count.
    cannot_wait: bool,
}

/// The role above a desk that is told of this deadline, and whether it is the coordinator's; the desk's own where
/// nobody is above it. Of [`Deadline::EscalateFurther`] the coordinator alone is told.
pub(super) fn above(known: &Known, desk: &Desk, deadline: Deadline) -> Option<(RoleId, bool)> {
    let coordinator = known.settings.community.coordinator.clone().map(|role| (role, true));
    if deadline == Deadline::EscalateFurther {
        return coordinator;
    }
    let chief = desk.escalate_to.clone().map(|role| (role, false));
    Some(chief.or(coordinator).unwrap_or_else(|| (desk.role.clone(), false)))
}

/// Where it is said.
pub(super) fn channel_of<'a>(known: &'a Known, desk: &'a Desk, is_coordinator: bool) -> &'a ChannelId {
    let coordinators = known.settings.community.coordinator_channel.as_ref();
    coordinators.filter(|_| is_coordinator).unwrap_or(&desk.channel)
}

impl Outbox {
    /// While a desk is closed nobody is pinged for it before it opens, also for what was posted while it was open and
    /// heard of late; a role that was pinged often in the last hour is pinged with one post for all.
    pub(super) async fn may_ping(
        &self,
        known: &Known,
        desk: &Desk,
        role: &RoleId,
    ) -> Result<MayPing, StoreError> {
        let (settings, now) = (&known.settings, self.clock.now());
        let clock = settings.clock(desk.route);
        if !clock.is_open(now) {
            // Who never opens is never pinged; the card is there all the same.
            return Ok(MayPing::Later(clock.next_opening(now).unwrap_or(Timestamp::MAX)));
        }
        let lately = earlier(now, BUDGET_TIME);
        let pings = self.store.pings_since(&settings.community.id, role, lately).await?;
        let is_spent = pings >= u64::from(desk.max_pings_per_hour);
        Ok(if is_spent { MayPing::Later(now) } else { MayPing::Now })
    }
}

impl Errand<'_> {
    /// Tells that something fell due, unless it was settled meanwhile.
    pub(super) async fn ring(&self, route: Route, deadline: Deadline) -> Result<Delivery, StoreError> {
        let Some(desk) = self.desk_of(route).filter(|_| deadline.is_still_true(self.request)) else {
            return Ok(Delivery::Done(None));
        };
        let log = self.outbox.store.events(&self.request.community, &self.request.id).await?;
        let addressee = self.addressee(desk, deadline, &log);
        if addressee.role.is_none() && addressee.person.is_none() {
            return Ok(Delivery::Done(None));
        }
        let clock = self.known.settings.clock(route);
        let waited = clock.between(self.waiting_since(), self.outbox.clock.now());
        let words = vec![Piece::text(self.words().ring(deadline, waited))];
        self.say(desk, addressee, words, Some(NoteButton::figures(self.words()))).await
    }

    /// Pings the desk at once, whatever its hours and its budget.
    pub(super) async fn urge(&self, route: Route) -> Result<Delivery, StoreError> {
        let Some(desk) = self.desk_of(route).filter(|_| self.request.needs_answer()) else {
            return Ok(Delivery::Done(None));
        };
        let log = self.outbox.store.events(&self.request.community, &self.request.id).await?;
        let by = log.iter().rev().find(|event| event.kind == EventKind::Urged).and_then(|e| e.by.clone());
        let words = by.map_or_else(|| vec![Piece::text(self.words().urgent())], |by| self.words().urged(&by));
        let role = Some(desk.role.clone());
        let addressee = Addressee { role, cannot_wait: true, ..Addressee::default() };
        self.say(desk, addressee, words, None).await
    }

    /// Tells the member when to expect an answer; not when somebody has answered, and never twice. What is said is true
    /// when it is said: a desk that has opened meanwhile is not called closed.
    pub(super) async fn acknowledge(&self) -> Result<Delivery, StoreError> {
        if !self.request.is_waiting() || self.outbox.may_have_been_sent(self.notice) {
            return Ok(Delivery::Done(None));
        }
        let (settings, route, now) = (&self.known.settings, self.request.route, self.outbox.clock.now());
        let clock = settings.clock(route);
        let is_open = clock.is_open(now);
        let is_for_closed_desks =
            settings.watch(&self.request.channel).is_some_and(|w| w.acknowledge == Acknowledge::OffHours);
        if is_open && is_for_closed_desks {
            return Ok(Delivery::Done(None));
        }
        let opens = clock.next_opening(now).filter(|_| !is_open);
        let usual = if is_open || opens.is_some() {
            self.outbox.usual.of(self.outbox.store.as_ref(), settings, route, now).await?
        } else {
            None // Nobody knows when it will open, so no time can be promised.
        };
        let words = Words::new(self.language_of_the_member());
        let note = Note {
            lines: vec![words.acknowledgement(opens, usual)],
            reply_to: Some(self.request.opener().id.clone()),
            button: usual.map(|_| NoteButton::usual(words)),
            ..Note::default()
        };
        self.outbox.hold(self.notice, LONGEST_CALL).await?;
        let posted = self.post(self.request.place(), &note).await;
        Ok(self.outbox.outcome(self.notice, posted.map(|_| Delivery::Done(None))))
    }

    /// What is said in the desk's channel, with the request that it is about and what explains it.
    async fn say(
        &self,
        desk: &Desk,
        mut addressee: Addressee,
        words: Vec<Piece>,
        button: Option<NoteButton>,
    ) -> Result<Delivery, StoreError> {
        let mut held_until = None;
        if self.outbox.may_have_been_sent(self.notice) {
            // Said twice it does no harm, pinged twice it does.
            (addressee.role, addressee.person) = (None, None);
        } else if let Some(role) = addressee.role.as_ref().filter(|_| !addressee.cannot_wait)
            && let MayPing::Later(at) = self.outbox.may_ping(self.known, desk, role).await?
        {
            (addressee.role, held_until) = (None, Some(at));
        }
        let channel = channel_of(self.known, desk, addressee.is_coordinator);
        let mut line = words;
        line.push(Piece::text(" "));
        line.extend(named(self.request, self.platform, self.words()));
        self.words().name_erased(&mut line);
        let role = addressee.role.clone();
        let note = Note {
            role: addressee.role,
            person: addressee.person,
            lines: vec![line],
            button,
            ..Note::default()
        };
        self.outbox.hold(self.notice, LONGEST_CALL).await?;
        let posted = self.post(channel, &note).await.map(|_| match (held_until, role) {
            (Some(at), _) => Delivery::Held { bundle_at: at },
            (None, Some(role)) => Delivery::Pinged { role, channel: channel.clone() },
            (None, None) => Delivery::Said { channel: channel.clone() },
        });
        Ok(self.outbox.outcome(self.notice, posted))
    }

    async fn post(&self, channel: &ChannelId, note: &Note) -> Result<PostedCard, PlatformError> {
        let post = self.platform.post_note(&self.request.community, channel, &self.notice.id, note).await?;
        Ok(PostedCard { channel: channel.clone(), post })
    }

    /// Whom it concerns: who has it in hand, otherwise the desk; whoever is above them once a target has passed.
    fn addressee(&self, desk: &Desk, deadline: Deadline, log: &[Event]) -> Addressee {
        let desk_role = || Addressee { role: Some(desk.role.clone()), ..Addressee::default() };
        let is_known = |person: &UserId| !person.is_erased();
        let claimer = self.request.claimer().cloned().filter(is_known);
        match deadline {
            Deadline::Remind => desk_role(),
            Deadline::Return => Addressee { person: last_claimer(log).filter(is_known), ..desk_role() },
            Deadline::Warn | Deadline::WarnResolution | Deadline::SnoozeOver => match claimer {
                Some(person) => Addressee { person: Some(person), ..Addressee::default() },
                None => desk_role(),
            },
            Deadline::Escalate | Deadline::EscalateResolution | Deadline::EscalateFurther => {
                above(self.known, desk, deadline).map_or_else(Addressee::default, |(role, is_coordinator)| {
                    Addressee { role: Some(role), is_coordinator, ..Addressee::default() }
                })
            }
        }
    }

    fn language_of_the_member(&self) -> Language {
        match self.request.verdict.lang {
            Lang::En => Language::En,
            Lang::Fr => Language::Fr,
            Lang::Other => self.known.settings.community.language,
        }
    }

    fn waiting_since(&self) -> Timestamp {
        self.request.course.waiting_since.unwrap_or_else(|| self.request.opened_at())
    }

    fn desk_of(&self, route: Route) -> Option<&Desk> {
        self.known.settings.desk(route).filter(|_| self.request.route == route)
    }

    const fn words(&self) -> Words {
        Words::new(self.known.settings.community.language)
    }
}

/// A request in a line: who asked, when, its id, and the way to the message. What was asked stands on the card alone, which
/// follows what becomes of the text.
pub(super) fn named(request: &Request, platform: &dyn Platform, words: Words) -> Vec<Piece> {
    let place = MessagePlace::of_request(request);
    vec![
        Piece::Person(request.author.clone()),
        Piece::text(" · "),
        Piece::Time(request.opened_at()),
        Piece::text(format!(" · {} · ", request.id.short())),
        Piece::Link { words: words.open_it().to_owned(), address: platform.link(&request.community, &place) },
    ]
}

/// Who claimed it last.
fn last_claimer(log: &[Event]) -> Option<UserId> {
    log.iter().rev().find_map(|event| match &event.kind {
        EventKind::Claimed => event.by.clone(),
        EventKind::HandedOver { to, .. } => Some(to.clone()),
        EventKind::Opened { .. }
        | EventKind::Appended { .. }
        | EventKind::Edited { .. }
        | EventKind::Deleted { .. }
        | EventKind::Answered { .. }
        | EventKind::Corrected { .. }
        | EventKind::Unanswered
        | EventKind::CommunityAnswered { .. }
        | EventKind::Resolved
        | EventKind::Dismissed
        | EventKind::Withdrawn
        | EventKind::Rerouted { .. }
        | EventKind::Reopened { .. }
        | EventKind::Rung { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Urged => None,
    })
}
