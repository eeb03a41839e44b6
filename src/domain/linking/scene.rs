//! What the last messages of a channel say about the one that is judged now.
//!
//! Built once a message from the talk; afterwards each waiting request is scored in one more pass over it. Bots, and
//! whatever was posted later than the message (messages can arrive out of order), are not part of the scene.

use std::collections::HashSet;

use super::words::{self, Word};
use super::{DOUBT, Heard, PLAIN, SIGN, Waiting};
use crate::domain::ids::UserId;
use crate::domain::message::{IncomingMessage, Standing};
use crate::domain::time::Span;

/// How probably the next unaddressed message of an employee after a request answers it, when nobody else spoke in
/// between. Most do; some go on with what was before.
const NEXT: f64 = 0.8;

/// How much of [`NEXT`] is lost where employees always name whom they answer: one that names nobody is then rather
/// a remark.
const HABIT: f64 = 0.7;

/// Within how many messages an employee is still in the talk they were in: about one screen's half.
const BUSY_MESSAGES: usize = 6;

/// Within how long an employee is still in the talk they were in: people take one or two minutes to write on.
const BUSY_TIME: Span = Span::seconds(90);

/// The message and the talk before it.
pub(super) struct Scene<'a> {
    message: &'a IncomingMessage,
    /// The talk, oldest first, without bots and what is later than the message.
    talk: Vec<&'a Heard>,
    /// What each person said last.
    last_words: Vec<&'a Heard>,
    words: Vec<Word>,
    rare: HashSet<String>,
    /// Who was in talk with this employee a moment ago: themselves, or one who mentioned them.
    busy_with: Vec<&'a UserId>,
    /// The last message in which somebody turned to this employee, when the employee has said nothing since. What
    /// others say meanwhile does not part two who talk to each other.
    turned: Option<&'a Heard>,
    /// How often this employee names whom they speak to, 0 to 1.
    habit: f64,
}

impl<'a> Scene<'a> {
    pub fn new(message: &'a IncomingMessage, talk: &'a [Heard]) -> Self {
        let talk: Vec<&Heard> =
            talk.iter().filter(|h| h.standing != Standing::Bot && h.at <= message.at).collect();
        let me = &message.author;
        let last_own = talk.iter().rposition(|h| h.author == *me);
        let last_to_me = talk.iter().rposition(|h| h.mentions.contains(me));
        let is_recent = |place: &usize| {
            talk.len() - place <= BUSY_MESSAGES && Span::between(talk[*place].at, message.at) <= BUSY_TIME
        };
        let busy_with =
            [last_own, last_to_me].into_iter().flatten().filter(is_recent).map(|i| &talk[i].author).collect();
        let turned =
            last_to_me.filter(|place| last_own.is_none_or(|own| own < *place)).map(|place| talk[place]);
        let mut people = HashSet::new();
        let last_words = talk.iter().rev().filter(|h| people.insert(&h.author)).copied().collect();
        let words = words::words(&message.text).collect();
        let rare = words::rare(&message.text);
        let habit = habit(&talk, me);
        Self { message, talk, last_words, words, rare, busy_with, turned, habit }
    }

    /// Whether its author asks on their own behalf.
    pub fn asks(&self) -> bool {
        words::asks_for_themself(&self.message.text, &self.words)
    }

    /// How many words it has.
    pub const fn length(&self) -> usize {
        self.words.len()
    }

    /// Whom the message is for, as far as it says: users it mentions, the author of what it replies to, and those
    /// in the talk or among `waiting` whom its text calls by name. Its own author never.
    pub fn addressed(&self, waiting: &'a [Waiting]) -> HashSet<&'a UserId> {
        let replied = self.message.reply_to.as_ref().and_then(|id| self.talk.iter().find(|h| h.id == *id));
        let mut addressed: HashSet<&UserId> = self.message.mentions.iter().collect();
        addressed.extend(self.message.reply_to_author.as_ref().or(replied.map(|h| &h.author)));
        // An id is called by a raw mention (`<@id>`), and where a person's name is their id by the name.
        let ids = self.last_words.iter().map(|h| &h.author).map(|id| (id, id.as_str()));
        let names =
            waiting.iter().flat_map(|w| [(&w.author, w.author.as_str()), (&w.author, &w.author_name)]);
        addressed
            .extend(ids.chain(names).filter(|(id, name)| self.calls(name, id, waiting)).map(|(id, _)| id));
        addressed.remove(&self.message.author);
        addressed
    }

    /// Whether the text calls the one who is named so. A name that others use in their questions, or its bearer in
    /// another case, is a word of the trade there, and calls nobody.
    fn calls(&self, name: &str, who: &UserId, waiting: &[Waiting]) -> bool {
        let Some(name) = words::words(name).next() else { return false };
        let is_a_topic = || {
            waiting.iter().any(|w| {
                words::words(&w.text).any(|word| {
                    word.lower == name.lower && (w.author != *who || word.written != name.written)
                })
            })
        };
        words::calls(&self.words, &name) && !is_a_topic()
    }

    /// How probably a message that names the author of this request answers it.
    pub fn named(&self, request: &Waiting) -> f64 {
        if !request.is_near(self.message.thread.as_ref()) || self.was_spoken_to(request) {
            return with_signs(PLAIN * DOUBT, self.shared(request));
        }
        PLAIN
    }

    /// Whether an employee has mentioned the member after this request: what was said then answered another of
    /// theirs (this one still waits), and the talk went on from there.
    fn was_spoken_to(&self, request: &Waiting) -> bool {
        self.since(request).any(|h| h.standing == Standing::Employee && h.mentions.contains(&request.author))
    }

    /// How probably a message that names nobody answers this request.
    pub fn context(&self, request: &Waiting) -> f64 {
        let author = &request.author;
        let has_turned = self
            .turned
            .is_some_and(|h| h.author == *author && request.opened().is_some_and(|opened| h.at >= opened));
        let nearness = if has_turned { 1.0 } else { self.nearness(request) };
        let doubts = [
            self.busy_with.iter().any(|who| *who != author),
            self.asks(),
            words::begins_like_an_address(&self.message.text),
            // They have let it pass once.
            self.since(request).any(|h| h.author == self.message.author),
            request.claimed_by.as_ref().is_some_and(|by| *by != self.message.author),
        ];
        let doubts = doubts.into_iter().filter(|doubt| *doubt).count();
        let mut score = NEXT * nearness * (1.0 - HABIT * self.habit);
        (0..doubts).for_each(|_| score *= DOUBT);
        // The further away, the more a shared word is what the whole channel talks about.
        with_signs(score, self.shared(request) * nearness.sqrt())
    }

    /// 1 for a request after which nobody else spoke, less for each person who did. They count in full where
    /// employees always name whom they answer (a message without a name then follows on what is right before it),
    /// and half where they never do.
    fn nearness(&self, request: &Waiting) -> f64 {
        let last = request.last();
        let others = self
            .last_words
            .iter()
            .filter(|h| Some(h.at) > last && h.author != request.author && h.author != self.message.author);
        1.0 / (1.0 + count(others.count()) * f64::midpoint(1.0, self.habit))
    }

    /// What was posted after the request's last message.
    pub fn since<'s>(&'s self, request: &Waiting) -> impl Iterator<Item = &'a Heard> + use<'s, 'a> {
        let last = request.last();
        self.talk.iter().filter(move |h| Some(h.at) > last).copied()
    }

    /// How many rare words the message shares with the request.
    pub fn shared(&self, request: &Waiting) -> f64 {
        count(words::shared(&self.rare, &request.text))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a talk is a hundred messages, a message some hundred words")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Share of this employee's messages that mention somebody; what all employees do counts like one more of them.
fn habit(talk: &[&Heard], employee: &UserId) -> f64 {
    let share = |of: &dyn Fn(&Heard) -> bool, before: f64| {
        let (mut all, mut naming) = (1.0, before);
        for heard in talk.iter().filter(|h| of(h)) {
            all += 1.0;
            naming += if heard.mentions.is_empty() { 0.0 } else { 1.0 };
        }
        naming / all
    };
    share(&|h| h.author == *employee, share(&|h| h.standing == Standing::Employee, 0.0))
}

/// Each sign takes away its share of what is missing to certainty.
fn with_signs(score: f64, signs: f64) -> f64 {
    1.0 - (1.0 - score) * (1.0 - SIGN).powf(signs)
}
