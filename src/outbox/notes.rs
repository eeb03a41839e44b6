//! Notes about a request, in the desk's channel or to the member: something fell due, it is urgent, when to expect an
//! answer; and the one ping for all requests whose cards appeared without one.

use super::Outbox;
use super::errand::Errand;
use crate::communities::Known;
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RequestId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::notice::QueuedNotice;
use crate::domain::request::{Deadline, Event, EventKind, Request};
use crate::domain::settings::{Desk, Language};
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::Lang;
use crate::domain::words::Words;
use crate::platform::{MessagePlace, Note, Platform, PlatformError};
use crate::stats::{self, Question};
use crate::store::{Bundle, Delivery, PostedCard, StoreError};

/// How much of what the member wrote a note shows.
const QUOTE: usize = 80;
/// How many requests a bundle names.
const NAMED: usize = 20;
/// The time in which pings are counted.
pub(super) const BUDGET_TIME: Span = Span::minutes(60);
/// Usual times are those of the last so many days …
const USUAL_DAYS: i64 = 30;
/// … and said only when so many were answered.
const USUAL_FROM: usize = 5;

/// Whether a desk may be pinged at this moment.
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
    /// It is the desk's own role, whose hours and budget count.
    is_desk: bool,
    /// It is said where the coordinator reads.
    is_coordinator: bool,
}

impl Outbox {
    /// A desk that is closed is pinged when it opens, and one that was pinged often in the last hour with one post for
    /// all. What happened while it was open, at `since` by the platform's clock, is told however late it was heard.
    pub(super) async fn may_ping(
        &self,
        known: &Known,
        desk: &Desk,
        since: Timestamp,
    ) -> Result<MayPing, StoreError> {
        let (settings, now) = (&known.settings, self.clock.now());
        let clock = settings.clock(desk.route);
        if !clock.is_open(now) && !clock.is_open(since) {
            // Who never opens is never pinged; the card is there all the same.
            return Ok(MayPing::Later(clock.next_opening(now).unwrap_or(Timestamp::MAX)));
        }
        let lately = earlier(now, BUDGET_TIME);
        let pings = self.store.pings_since(&settings.community.id, &desk.role, lately).await?;
        let is_spent = pings.count >= u64::from(desk.max_pings_per_hour);
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
        self.say(desk, addressee, words).await
    }

    /// Pings the desk at once, whatever its hours and its budget.
    pub(super) async fn urge(&self, route: Route) -> Result<Delivery, StoreError> {
        let Some(desk) = self.desk_of(route).filter(|_| self.request.needs_answer()) else {
            return Ok(Delivery::Done(None));
        };
        let log = self.outbox.store.events(&self.request.community, &self.request.id).await?;
        let by = log.iter().rev().find(|event| event.kind == EventKind::Urged).and_then(|e| e.by.clone());
        let words = by.map_or_else(|| vec![Piece::text(self.words().urgent())], |by| self.words().urged(&by));
        let addressee = Addressee { role: Some(desk.role.clone()), ..Addressee::default() };
        self.say(desk, addressee, words).await
    }

    /// Tells the member when to expect an answer; not when somebody has answered, and never twice.
    pub(super) async fn acknowledge(&self) -> Result<Delivery, StoreError> {
        if !self.request.is_waiting() || self.outbox.may_have_been_sent(self.notice) {
            return Ok(Delivery::Done(None));
        }
        let clock = self.known.settings.clock(self.request.route);
        let opened_at = self.request.opened_at();
        let opens = clock.next_opening(opened_at).filter(|at| *at > opened_at);
        let words = Words::new(self.language_of_the_member());
        let note = Note {
            lines: vec![words.acknowledgement(opens, self.usual_time().await?)],
            reply_to: Some(self.request.opener().id.clone()),
            ..Note::default()
        };
        let posted = self.post(self.request.place(), &note).await;
        Ok(self.outbox.outcome(self.notice, posted.map(|_| Delivery::Done(None))))
    }

    /// What is said in the desk's channel, with the request that it is about.
    async fn say(
        &self,
        desk: &Desk,
        mut addressee: Addressee,
        words: Vec<Piece>,
    ) -> Result<Delivery, StoreError> {
        let mut held_until = None;
        if self.outbox.may_have_been_sent(self.notice) {
            // Said twice it does no harm, pinged twice it does.
            (addressee.role, addressee.person) = (None, None);
        } else if addressee.is_desk
            && let MayPing::Later(at) =
                self.outbox.may_ping(self.known, desk, self.outbox.clock.now()).await?
        {
            (addressee.role, held_until) = (None, Some(at));
        }
        let coordinators = &self.known.settings.community.coordinator_channel;
        let channel = coordinators.as_ref().filter(|_| addressee.is_coordinator).unwrap_or(&desk.channel);
        let mut line = words;
        line.push(Piece::text(" "));
        line.extend(named(self.request, self.platform, self.words()));
        self.words().name_erased(&mut line);
        let role = addressee.role.clone();
        let note =
            Note { role: addressee.role, person: addressee.person, lines: vec![line], ..Note::default() };
        let posted = self.post(channel, &note).await.map(|_| match (held_until, role) {
            (Some(at), _) => Delivery::Held { bundle_at: at },
            (None, Some(role)) => Delivery::Pinged { role, channel: channel.clone() },
            (None, None) => Delivery::Done(None),
        });
        Ok(self.outbox.outcome(self.notice, posted))
    }

    async fn post(&self, channel: &ChannelId, note: &Note) -> Result<PostedCard, PlatformError> {
        let post = self.platform.post_note(&self.request.community, channel, &self.notice.id, note).await?;
        Ok(PostedCard { channel: channel.clone(), post })
    }

    /// Whom it concerns: who has it in hand, otherwise the desk; whoever is above them once a target has passed.
    fn addressee(&self, desk: &Desk, deadline: Deadline, log: &[Event]) -> Addressee {
        let settings = &self.known.settings;
        let coordinator = settings.community.coordinator.clone();
        let desk_role = || Addressee { role: Some(desk.role.clone()), is_desk: true, ..Addressee::default() };
        let is_known = |person: &UserId| !person.is_erased();
        let claimer = self.request.claimer().cloned().filter(is_known);
        match deadline {
            Deadline::Remind => desk_role(),
            Deadline::Return => Addressee { person: last_claimer(log).filter(is_known), ..desk_role() },
            Deadline::Warn | Deadline::WarnResolution | Deadline::SnoozeOver => match claimer {
                Some(person) => Addressee { person: Some(person), ..Addressee::default() },
                None => desk_role(),
            },
            Deadline::Escalate | Deadline::EscalateResolution => match (&desk.escalate_to, coordinator) {
                (Some(role), _) => Addressee { role: Some(role.clone()), ..Addressee::default() },
                (None, Some(role)) => {
                    Addressee { role: Some(role), is_coordinator: true, ..Addressee::default() }
                }
                (None, None) => desk_role(),
            },
            Deadline::EscalateFurther => {
                Addressee { role: coordinator, is_coordinator: true, ..Addressee::default() }
            }
        }
    }

    /// The median of the desk's response times, in its opening hours.
    async fn usual_time(&self) -> Result<Option<Span>, StoreError> {
        let now = self.outbox.clock.now();
        let question = Question {
            from: Some(earlier(now, Span::minutes(USUAL_DAYS * 24 * 60))),
            route: Some(self.request.route),
            ..Question::default()
        };
        let figures = stats::answer(self.outbox.store.as_ref(), &self.known.settings, &question, now).await?;
        let usual = figures.total.first_response.business.filter(|summary| summary.count >= USUAL_FROM);
        Ok(usual.map(|summary| Span::seconds(summary.p50.max(60))))
    }

    fn language_of_the_member(&self) -> Language {
        match self.request.verdict.lang {
            Lang::En => Language::En,
            Lang::Fr => Language::Fr,
            Lang::Other => self.known.settings.community.language,
        }
    }

    fn waiting_since(&self) -> Timestamp {
        self.request.course.waiting_since.map_or_else(|| self.request.opened_at(), |since| since.at)
    }

    fn desk_of(&self, route: Route) -> Option<&Desk> {
        self.known.settings.desk(route).filter(|_| self.request.route == route)
    }

    const fn words(&self) -> Words {
        Words::new(self.known.settings.community.language)
    }
}

/// One ping for all requests of a desk whose cards appeared without one: a post, or the post of this hour with what
/// came since.
pub(super) async fn bundle(
    outbox: &Outbox,
    known: &Known,
    platform: &dyn Platform,
    notice: &QueuedNotice,
    route: Route,
) -> Result<Delivery, StoreError> {
    let (community, now) = (&notice.community, outbox.clock.now());
    let Some(desk) = known.settings.desk(route) else { return Ok(Delivery::Done(None)) };
    let clock = known.settings.clock(route);
    if !clock.is_open(now) {
        return Ok(Delivery::Held { bundle_at: clock.next_opening(now).unwrap_or(Timestamp::MAX) });
    }
    let pings = outbox.store.pings_since(community, &desk.role, earlier(now, BUDGET_TIME)).await?;
    let bundle = pings.bundle.filter(|bundle| bundle.post.channel == desk.channel);
    let waiting = outbox.store.held(community, route, bundle.as_ref().map(|bundle| &bundle.notice)).await?;
    if waiting.is_empty() {
        return Ok(Delivery::Done(None));
    }
    let is_after_hours = bundle.is_none() && pings.count < u64::from(desk.max_pings_per_hour);
    let mut note = listed(&waiting, known, platform, route, is_after_hours);
    let requests: Vec<RequestId> = waiting.into_iter().map(|request| request.id).collect();
    let role = desk.role.clone();
    let shown = if let Some(Bundle { notice: by, post }) = bundle {
        let edited = platform.edit_note(community, &post.channel, &post.post, &note).await;
        edited.map(|()| Delivery::Bundled { by, post: None, role, requests })
    } else {
        let is_first = !outbox.may_have_been_sent(notice);
        note.role = Some(role.clone()).filter(|_| is_first);
        let posted = platform.post_note(community, &desk.channel, &notice.id, &note).await;
        posted.map(|post| {
            let post = Some(PostedCard { channel: desk.channel.clone(), post });
            Delivery::Bundled { by: notice.id.clone(), post, role, requests }
        })
    };
    Ok(outbox.outcome(notice, shown))
}

/// What a bundle says of the requests in it.
fn listed(
    waiting: &[Request],
    known: &Known,
    platform: &dyn Platform,
    route: Route,
    is_after_hours: bool,
) -> Note {
    let words = Words::new(known.settings.community.language);
    let mut lines = vec![vec![Piece::text(words.bundle(route, waiting.len(), is_after_hours))]];
    for request in waiting.iter().take(NAMED) {
        let mut line = vec![Piece::text("• ")];
        line.extend(named(request, platform, words));
        lines.push(line);
    }
    if waiting.len() > NAMED {
        lines.push(vec![Piece::text(words.and_more(waiting.len() - NAMED))]);
    }
    Note { lines, ..Note::default() }
}

/// A request in a line: the member's first words, its id, and the way to the message.
fn named(request: &Request, platform: &dyn Platform, words: Words) -> Vec<Piece> {
    let place = MessagePlace::of_request(request);
    let text = request.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = text.chars().take(QUOTE).collect();
    let ellipsis = if short.len() < text.len() { "…" } else { "" };
    vec![
        Piece::Person(request.author.clone()),
        Piece::text(format!(" “{short}{ellipsis}” · {} · ", request.id.short())),
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

fn earlier(now: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond() - span.as_milliseconds()).unwrap_or(Timestamp::MIN)
}
