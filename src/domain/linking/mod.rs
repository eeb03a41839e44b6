//! Who answered whom: whether an employee's message answers a waiting request, and whether a member's further message
//! joins the request they have open.
//!
//! What a platform says outright (a reply, a thread, a mention, a claim) decides; where nothing is said, order and
//! time of the talk and shared words are weighed against one threshold. Below it a message is left alone: a request
//! that waits too long in our books is seen and mended by a person, a false first response is not.

mod scene;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use self::scene::Scene;
use super::ids::{ChannelId, MessageId, RequestId, UserId};
use super::message::{IncomingMessage, Standing};
use super::request::LinkKind;
use super::time::{Span, Timestamp};

/// From this confidence on a message is linked: more likely than not.
const LINKED: f64 = 0.5;

/// The confidence of what is said outright but by a person's habit, not by the platform: a mention, a post in the
/// request's thread, the claimer's next message.
const PLAIN: f64 = 0.9;

/// What is left of a confidence after a circumstance that speaks against it. One alone is enough to leave alone
/// what only the order of messages speaks for.
const DOUBT: f64 = 0.3;

/// The share of what is missing to certainty that one sign in favour adds; two of them outweigh a doubt.
const SIGN: f64 = 0.3;

/// After this many messages of others a channel has moved on: a member who writes again starts anew.
const MOVED_ON: usize = 10;

/// With fewer words a member says "same here" rather than what to do.
const SHORTEST_HELP: usize = 4;

/// A message already heard in the same channel or thread. Texts are not kept of what is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Which message.
    pub id: MessageId,
    /// When, by the platform's clock.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: UserId,
    /// What the author is to the company.
    pub standing: Standing,
    /// The thread it was posted in.
    pub thread: Option<ChannelId>,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// Users that it mentions.
    pub mentions: Vec<UserId>,
}

/// A request that waits for its first response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which request.
    pub request: RequestId,
    /// The member who asked.
    pub author: UserId,
    /// What the member is called.
    pub author_name: String,
    /// The thread it was posted in.
    pub thread: Option<ChannelId>,
    /// Its messages and when they were posted.
    pub messages: Vec<(MessageId, Timestamp)>,
    /// All its texts so far; may be empty.
    pub text: String,
    /// The employee who has claimed it.
    pub claimed_by: Option<UserId>,
}

/// One answer found: this message is the first response to that request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The request that is answered.
    pub request: RequestId,
    /// What tells so.
    pub kind: LinkKind,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
}

impl Waiting {
    /// When its first message was posted.
    fn opened(&self) -> Option<Timestamp> {
        self.messages.iter().map(|(_, at)| *at).min()
    }

    /// When its last message was posted.
    fn last(&self) -> Option<Timestamp> {
        self.messages.iter().map(|(_, at)| *at).max()
    }

    fn has(&self, message: &MessageId) -> bool {
        self.messages.iter().any(|(id, _)| id == message)
    }

    /// Whether this thread grew out of one of its messages: platforms give such a thread the id of that message.
    fn grew_into(&self, thread: &ChannelId) -> bool {
        self.messages.iter().any(|(id, _)| id.as_str() == thread.as_str())
    }

    /// Whether a message there is in the request's own surroundings.
    fn is_near(&self, thread: Option<&ChannelId>) -> bool {
        self.thread.as_ref() == thread || thread.is_some_and(|thread| self.grew_into(thread))
    }

    /// Nobody answers themselves, and nothing is answered before it was asked.
    fn can_be_answered_by(&self, message: &IncomingMessage) -> bool {
        let was_asked = self.opened().is_some_and(|opened| opened <= message.at);
        was_asked && self.author != message.author && !self.has(&message.id)
    }

    fn link(&self, kind: LinkKind, confidence: f64) -> Link {
        Link { request: self.request.clone(), kind, confidence }
    }
}

/// The waiting requests that this message answers: none, one, or several when it names several members.
///
/// `talk` holds the last messages of the channel before this one, oldest first; about a hundred are enough.
#[must_use]
pub fn answers(message: &IncomingMessage, waiting: &[Waiting], talk: &[Heard]) -> Vec<Link> {
    match message.standing {
        Standing::Employee => {}
        Standing::Member | Standing::Bot => return Vec::new(),
    }
    let open: Vec<&Waiting> = waiting.iter().filter(|w| w.can_be_answered_by(message)).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let replied = message.reply_to.as_ref().and_then(|id| open.iter().copied().find(|w| w.has(id)));
    let scene = Scene::new(message, talk);
    let addressed = scene.addressed(waiting);
    let mut links: Vec<Link> = replied.map(|w| w.link(LinkKind::Reply, 1.0)).into_iter().collect();
    let thread = message.thread.as_ref();
    for request in open.iter().filter(|w| addressed.contains(&w.author)) {
        // Of several requests of one member the one of this thread is meant, else the newest.
        let closeness = |w: &Waiting| (thread.is_some_and(|t| w.grew_into(t)), w.is_near(thread), w.opened());
        let is_meant = open.iter().all(|w| w.author != request.author || closeness(w) <= closeness(request));
        let is_replied = replied.is_some_and(|w| w.author == request.author);
        if is_meant && !is_replied {
            let kind = if closeness(request).0 { LinkKind::Thread } else { LinkKind::Mention };
            links.push(request.link(kind, scene.named(request)));
        }
    }
    links.retain(|link| link.confidence >= LINKED);
    if addressed.is_empty() && message.reply_to.is_none() {
        links.extend(unaddressed(message, &open, &scene));
    }
    links
}

/// The link of a message that was heard before the request that it answers. Its text is gone by then, so only what the
/// platform says outright counts: a reply to the request, or a post in the thread that grew out of it.
#[must_use]
pub fn answered_already(heard: &Heard, request: &Waiting) -> Option<Link> {
    match heard.standing {
        Standing::Employee => {}
        Standing::Member | Standing::Bot => return None,
    }
    let is_after = request.last().is_some_and(|last| last <= heard.at);
    if !is_after || heard.author == request.author {
        return None;
    }
    if heard.reply_to.as_ref().is_some_and(|id| request.has(id)) {
        return Some(request.link(LinkKind::Reply, 1.0));
    }
    let in_its_thread = heard.thread.as_ref().is_some_and(|thread| request.grew_into(thread));
    in_its_thread.then(|| request.link(LinkKind::Thread, PLAIN))
}

/// What a message answers that names nobody: what its thread belongs to, what its author has claimed, or what the
/// context speaks for. Of several it is the one that shares most words with the message, then the likeliest.
fn unaddressed(message: &IncomingMessage, open: &[&Waiting], scene: &Scene) -> Option<Link> {
    let best = |at_least: f64, among: &dyn Fn(&Waiting) -> bool| {
        let scored = open.iter().filter(|w| among(w)).map(|w| (*w, scene.context(w)));
        scored
            .filter(|(_, score)| *score >= at_least)
            .map(|(w, score)| (w, scene.shared(w), score))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)))
    };
    let thread = message.thread.as_ref();
    if thread.is_some() {
        let own = best(0.0, &|w| thread.is_some_and(|thread| w.grew_into(thread)));
        if let Some((request, ..)) = own.or_else(|| best(0.0, &|w| w.thread.as_ref() == thread)) {
            return Some(request.link(LinkKind::Thread, PLAIN));
        }
    }
    let claimed = best(0.0, &|w| w.claimed_by.as_ref() == Some(&message.author) && w.is_near(thread));
    if let Some((request, ..)) = claimed {
        return Some(request.link(LinkKind::Claim, PLAIN));
    }
    let (request, _, confidence) = best(LINKED, &|w| w.is_near(thread))?;
    Some(request.link(LinkKind::Context, confidence))
}

/// The waiting request of another member that this member's message answers: a reply to it, a post in the thread that
/// grew out of it, or a message that addresses its author, and asks nothing itself. Kept apart from what employees
/// answer: it is told to the desk, and stops no clock.
#[must_use]
pub fn helps(message: &IncomingMessage, waiting: &[Waiting], talk: &[Heard]) -> Option<RequestId> {
    match message.standing {
        Standing::Member => {}
        Standing::Employee | Standing::Bot => return None,
    }
    let scene = Scene::new(message, talk);
    if scene.asks() || scene.length() < SHORTEST_HELP {
        return None;
    }
    let open = || waiting.iter().filter(|w| w.can_be_answered_by(message));
    let thread = message.thread.as_ref();
    let is_outright = |w: &&Waiting| {
        message.reply_to.as_ref().is_some_and(|id| w.has(id)) || thread.is_some_and(|t| w.grew_into(t))
    };
    let addressed = scene.addressed(waiting);
    let is_addressed =
        |w: &&Waiting| message.reply_to.is_none() && w.is_near(thread) && addressed.contains(&w.author);
    let found = open().find(is_outright);
    found.or_else(|| open().filter(is_addressed).max_by_key(|w| w.opened())).map(|w| w.request.clone())
}

/// The waiting request of the same member that this message goes on with, if it does: a reply to it or a post in
/// the thread that grew out of it always; otherwise within `window` after its last message, when it addresses
/// nobody and the channel has not moved on in between.
#[must_use]
pub fn joins(message: &IncomingMessage, own: &[Waiting], talk: &[Heard], window: Span) -> Option<RequestId> {
    match message.standing {
        Standing::Member => {}
        Standing::Employee | Standing::Bot => return None,
    }
    let own = || {
        own.iter()
            .filter(|w| w.author == message.author && w.opened().is_some_and(|opened| opened <= message.at))
    };
    let is_outright = |w: &&Waiting| {
        message.reply_to.as_ref().is_some_and(|id| w.has(id))
            || message.thread.as_ref().is_some_and(|thread| w.grew_into(thread))
    };
    if let Some(request) = own().find(is_outright) {
        return Some(request.request.clone());
    }
    let (request, last) = own()
        .filter(|w| w.thread == message.thread)
        .filter_map(|w| w.last().map(|last| (w, last)))
        .max_by_key(|(_, last)| *last)?;
    let is_to_others =
        message.reply_to.is_some() && message.reply_to_author.as_ref() != Some(&message.author);
    let scene = Scene::new(message, talk);
    let others = scene.since(request).filter(|h| h.author != message.author).count();
    let goes_on = Span::between(last, message.at) <= window
        && others < MOVED_ON
        && !is_to_others
        && scene.addressed(std::slice::from_ref(request)).is_empty();
    goes_on.then(|| request.request.clone())
}
