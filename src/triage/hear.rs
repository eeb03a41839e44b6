//! What each thing that was heard means: a member asks or goes on, an employee answers, a message changes.

use super::answers::waiting;
use super::{TALK, Triage};
use crate::classify::context::Context;
use crate::clock::Ids;
use crate::communities::Known;
use crate::domain::ids::{CommunityId, MessageId};
use crate::domain::judgement::{Judged, JudgedState, Judgement, Zone};
use crate::domain::linking::{self, Heard, Waiting};
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::notice::Notice;
use crate::domain::request::{Change, Opening, Request, RequestMessage, Status, Step};
use crate::domain::settings::{Acknowledge, Settings};
use crate::domain::time::{Span, Timestamp};
use crate::store::judge::Settled;
use crate::store::{Decided, InboxItem, Incoming, Page, RequestFilter, StoreError};

/// How long after an employee spoke to a member what comes back is taken for the answer to it.
const COMES_BACK: Span = Span::minutes(30);

/// A message with what belongs to it, as it is read.
struct Heading<'a> {
    message: &'a IncomingMessage,
    /// The first messages of the burst that it ends, if it is read together with them.
    before: Vec<IncomingMessage>,
    judgement: Judgement,
    /// It was judged before, and changed since.
    is_edited: bool,
    /// Since when it says what it says.
    said_at: Timestamp,
    /// When Vigie heard of it, by its own clock.
    heard_at: Timestamp,
}

impl Triage {
    /// What something that was heard changes; `None` when a second reading has to come first.
    pub(super) async fn decide(
        &self,
        item: &InboxItem,
        now: Timestamp,
    ) -> Result<Option<Decided>, StoreError> {
        match &item.incoming {
            Incoming::Posted(message) => match message.standing {
                Standing::Bot => Ok(Some(Decided::default())),
                Standing::Employee => self.answers(message).await.map(Some),
                Standing::Member => self.asked(item, message, now).await,
            },
            Incoming::Edited { message, at } => self.edited(item, message, *at, now).await,
            Incoming::Deleted { community, message, at, .. } => {
                let mut decided = Decided::default();
                if let Some(request) = self.store.request_of(community, message).await? {
                    let step = Step::Delete { message: message.clone() };
                    let settings = self.settings_of(community).await?;
                    decided.changes.extend(request.apply(step, *at, &settings).ok());
                }
                self.settle(&mut decided, community, message, JudgedState::Deleted, *at).await?;
                Ok(Some(decided))
            }
        }
    }

    /// A member wrote: does it go on with a request of theirs, or does it need an answer of its own?
    async fn asked(
        &self,
        item: &InboxItem,
        message: &IncomingMessage,
        now: Timestamp,
    ) -> Result<Option<Decided>, StoreError> {
        let Some(known) = self.communities.of(&message.community).await? else {
            return Ok(Some(Decided::default()));
        };
        let own = self.own_requests(message).await?;
        let waiting: Vec<Waiting> = own.iter().filter(|r| r.is_waiting()).map(waiting).collect();
        // Whom somebody is talking to is looked up where something hangs on it.
        let talk = if own.is_empty() && message.reply_to.is_none() && message.mentions.is_empty() {
            Vec::new()
        } else {
            self.talk_before(message).await?
        };
        let window = known.settings.community.merge_window;
        let is_edited = matches!(item.incoming, Incoming::Edited { .. });
        let joined = linking::joins(message, &waiting, &talk, window);
        if let Some(request) = joined.and_then(|id| own.iter().find(|r| r.id == id)) {
            return self.appended(message, request, true, &known, is_edited).await.map(Some);
        }
        let Some(heading) = self.read(item, &known, message, &talk, now).await? else { return Ok(None) };
        if heading.judgement.zone == Zone::Ping {
            return self.requested(heading, &own, &known, now).await.map(Some);
        }
        if let Some(request) = own.iter().find(|request| comes_back(message, request, &talk)) {
            // Thanks need no answer; what might need one keeps the member waiting until a person has looked.
            let asks = heading.judgement.zone == Zone::Review;
            return self.appended(message, request, asks, &known, is_edited).await.map(Some);
        }
        let helped = self.community_answer(message, &talk, &known).await?;
        let mut decided = self.left_alone(heading).await?;
        decided.changes.extend(helped);
        Ok(Some(decided))
    }

    /// Reads a message, together with what its author wrote just before where that makes it clearer; `None` when the
    /// second reader has yet to answer.
    async fn read<'a>(
        &self,
        item: &InboxItem,
        known: &Known,
        message: &'a IncomingMessage,
        talk: &[Heard],
        now: Timestamp,
    ) -> Result<Option<Heading<'a>>, StoreError> {
        let context = context(message, talk);
        let mut judgement = known.judge.judge(message, &message.text, context);
        let mut before = Vec::new();
        let mut text = message.text.clone();
        if judgement.zone != Zone::Ping && message.label.is_none() {
            let said = self.bursts.before(message);
            if !said.is_empty() {
                let whole = IncomingMessage::text_of(said.iter().chain([message]));
                let together = known.judge.judge(message, &whole, context);
                if together.zone < judgement.zone {
                    (judgement, before, text) = (together, said, whole);
                }
            }
        }
        let read = self.second_reading(&item.id, known, &message.community, judgement, &text, now).await?;
        let (is_edited, said_at) = match &item.incoming {
            Incoming::Edited { at, .. } => (true, *at),
            Incoming::Posted(_) | Incoming::Deleted { .. } => (false, message.at),
        };
        let heard_at = Ids::made_at(&item.id).unwrap_or(now);
        Ok(read.map(|judgement| Heading { message, before, judgement, is_edited, said_at, heard_at }))
    }

    /// The member goes on with a request; `asks` says whether that needs an answer of its own.
    async fn appended(
        &self,
        message: &IncomingMessage,
        request: &Request,
        asks: bool,
        known: &Known,
        is_edited: bool,
    ) -> Result<Decided, StoreError> {
        let mut decided = self.joined(&[], is_edited.then_some(message)).await?;
        let further = Step::Append { message: RequestMessage::of(message), asks };
        decided.changes.extend(request.apply(further, message.at, &known.settings).ok());
        Ok(decided)
    }

    /// A message needs an answer: it opens a request, or goes on with one that was answered.
    async fn requested(
        &self,
        heading: Heading<'_>,
        own: &[Request],
        known: &Known,
        now: Timestamp,
    ) -> Result<Decided, StoreError> {
        let Heading { message, mut before, judgement, is_edited, said_at, heard_at } = heading;
        // Somebody who comes back on what was answered goes on with that request, so that its history stays whole.
        let answered = own.iter().find(|r| !r.is_waiting() && goes_on(message, r));
        let further = Step::Append { message: RequestMessage::of(message), asks: true };
        let appended = answered.and_then(|r| r.apply(further, message.at, &known.settings).ok());
        let mut decided = self.joined(&before, is_edited.then_some(message)).await?;
        if let Some(change) = appended {
            decided.changes.push(change);
            return Ok(decided);
        }
        let id = self.ids.request(now);
        before.push(message.clone());
        let (first, further) = before.split_first().expect("the message itself is in it");
        let (route, verdict) = (judgement.route, judgement.verdict);
        let opening = Opening { id, route, verdict, by: None, heard_at };
        let opened = Request::open(opening, first, further, &known.settings);
        let mut change = self.with_answer_before(opened, said_at, &known.settings).await?;
        change.notices.extend(acknowledgement(&change.request, &known.settings));
        decided.changes.push(change);
        Ok(decided)
    }

    /// A message needs no ping: it is listed for review, or only remembered for the audit.
    async fn left_alone(&self, heading: Heading<'_>) -> Result<Decided, StoreError> {
        let Heading { message, before, judgement, is_edited, said_at: _, heard_at: _ } = heading;
        // Judged anew after an edit, it may leave the list of another desk; what is kept of it is overwritten below.
        let mut decided = self.joined(&before, is_edited.then_some(message)).await?;
        if judgement.zone == Zone::Review {
            show(&mut decided, Notice::ReviewList { route: judgement.route });
        }
        let earlier = before.iter().map(|message| message.id.clone()).collect();
        decided.judged = Some(Judged::of(message, Judgement { earlier, ..judgement }));
        Ok(decided)
    }

    /// These messages, which had opened no request, are part of something now.
    async fn joined(
        &self,
        before: &[IncomingMessage],
        edited: Option<&IncomingMessage>,
    ) -> Result<Decided, StoreError> {
        let mut decided = Decided::default();
        for message in before.iter().chain(edited) {
            self.settle(&mut decided, &message.community, &message.id, JudgedState::Joined, message.at)
                .await?;
        }
        Ok(decided)
    }

    async fn edited(
        &self,
        item: &InboxItem,
        message: &IncomingMessage,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Decided>, StoreError> {
        match self.store.request_of(&message.community, &message.id).await? {
            Some(request) => {
                let step = Step::Edit { message: message.id.clone(), text: message.text.clone() };
                let settings = self.settings_of(&message.community).await?;
                let changes: Vec<Change> = request.apply(step, at, &settings).into_iter().collect();
                Ok(Some(changes.into()))
            }
            None if message.standing == Standing::Member => self.asked(item, message, now).await,
            None => Ok(Some(Decided::default())),
        }
    }

    /// Keeps what became of a message that had opened no request, and has the list drawn anew in which it stood.
    pub(super) async fn settle(
        &self,
        decided: &mut Decided,
        community: &CommunityId,
        message: &MessageId,
        state: JudgedState,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(known) = self.store.judged(community, message).await? else { return Ok(()) };
        if known.state != JudgedState::Open {
            return Ok(());
        }
        decided.settled.push(Settled { message: message.clone(), state, label: None, by: None, at });
        let Judgement { zone, route, .. } = known.judged.judgement;
        if zone == Zone::Review {
            show(decided, Notice::ReviewList { route });
        }
        Ok(())
    }

    /// The author's requests in this channel, newest first.
    async fn own_requests(&self, message: &IncomingMessage) -> Result<Vec<Request>, StoreError> {
        let filter = RequestFilter {
            channel: Some(message.channel.clone()),
            author: Some(message.author.clone()),
            statuses: vec![Status::Open, Status::Claimed, Status::Answered, Status::Resolved],
            ..RequestFilter::default()
        };
        self.store.requests(&message.community, &filter, Page::NewestFirst { limit: 10 }).await
    }

    /// What was said before in the same place; the message itself is in the inbox too, and is left out.
    pub(super) async fn talk_before(&self, message: &IncomingMessage) -> Result<Vec<Heard>, StoreError> {
        let place = message.thread.as_ref().unwrap_or(&message.channel);
        let mut talk = self.store.talk(&message.community, place, message.at, TALK + 1).await?;
        talk.retain(|heard| heard.id != message.id);
        Ok(talk)
    }
}

/// Whether the member is told when to expect an answer.
fn acknowledgement(request: &Request, settings: &Settings) -> Option<Notice> {
    if !request.needs_answer() {
        return None;
    }
    let is_wanted = match settings.watch(&request.channel)?.acknowledge {
        Acknowledge::Never => false,
        Acknowledge::OffHours => request.course.is_outside_hours,
        Acknowledge::Always => true,
    };
    is_wanted.then_some(Notice::Acknowledge)
}

/// Has something shown, once.
pub(super) fn show(decided: &mut Decided, notice: Notice) {
    if !decided.notices.contains(&notice) {
        decided.notices.push(notice);
    }
}

/// What surrounds a message.
fn context(message: &IncomingMessage, talk: &[Heard]) -> Context {
    let standing_of =
        |is_it: &dyn Fn(&Heard) -> bool| talk.iter().rev().find(|h| is_it(h)).map(|h| h.standing);
    let replied = message.reply_to.as_ref().and_then(|id| standing_of(&|heard| &heard.id == id));
    let named = message
        .mentions
        .iter()
        .filter(|user| **user != message.author)
        .filter_map(|user| standing_of(&|heard| &heard.author == user));
    let addressed: Vec<Standing> = replied.into_iter().chain(named).collect();
    let is_own = message.reply_to_author.as_ref() == Some(&message.author);
    Context {
        is_to_member: addressed.contains(&Standing::Member) && !is_own,
        is_to_employee: addressed.contains(&Standing::Employee),
        // The first message of a forum post bears the post's own id.
        opens_thread: message.thread.as_ref().is_some_and(|thread| thread.as_str() == message.id.as_str()),
    }
}

/// Whether a member's message is what comes back after an employee, who has answered this request, spoke to them:
/// "yes, order 4412".
fn comes_back(message: &IncomingMessage, request: &Request, talk: &[Heard]) -> bool {
    let is_answered = request.state.status() == Status::Answered && request.author == message.author;
    let is_to_others = message.reply_to.is_some() || !message.mentions.is_empty();
    if !is_answered || is_to_others || request.place() != message.thread.as_ref().unwrap_or(&message.channel)
    {
        return false;
    }
    let spoke_to_them = |heard: &&Heard| {
        heard.standing == Standing::Employee
            && (heard.mentions.contains(&message.author)
                || heard.reply_to.as_ref().is_some_and(|to| request.messages.iter().any(|m| &m.id == to)))
    };
    talk.iter()
        .rev()
        .find(spoke_to_them)
        .is_some_and(|heard| Span::between(heard.at, message.at) <= COMES_BACK)
}

/// Whether a member's message clearly goes on with a request that was answered: a reply to it, to its answer, or a
/// message in its thread.
fn goes_on(message: &IncomingMessage, request: &Request) -> bool {
    let in_its_thread = message.thread.is_some() && message.thread == request.thread;
    let answer = request.first_response.as_ref().and_then(|first| first.message.as_ref());
    let replies = message
        .reply_to
        .as_ref()
        .is_some_and(|to| Some(to) == answer || request.messages.iter().any(|m| &m.id == to));
    in_its_thread || replies
}
