//! The words of the report that `vigie replay` prints.

use super::Words;
use crate::domain::request::LinkKind;
use crate::domain::settings::Language;
use crate::domain::time::Span;

impl Words {
    /// How much was read, and from when to when, in which time zone.
    #[must_use]
    pub fn report_read(self, messages: usize, from: &str, to: &str, zone: &str) -> String {
        let (s, until) = (self.plural(messages), self.pick("to", "au"));
        format!("{messages} message{s}, {from} {until} {to} ({zone})")
    }

    /// How many requests were found and answered, and what is left.
    #[must_use]
    pub fn report_found(self, requests: usize, answered: usize, ignored: usize) -> String {
        let waiting = requests - answered;
        let (s, also) = (self.plural(requests), self.plural(ignored));
        match self.language {
            Language::En => format!(
                "{requests} request{s}: {answered} answered, {waiting} waiting; {ignored} other message{also}"
            ),
            Language::Fr => format!(
                "{requests} demande{s} : {answered} avec réponse, {waiting} en attente ; {ignored} autre{also} \
                 message{also}"
            ),
        }
    }

    /// Messages of which the judge is not sure: they would stand in the review lists.
    #[must_use]
    pub fn report_in_review(self, count: u64) -> String {
        match self.language {
            Language::En => format!("{count} more would have been listed for review, without a ping"),
            Language::Fr => format!("{count} autres auraient été listés à regarder, sans alerte"),
        }
    }

    /// Nothing in the export needed an answer.
    #[must_use]
    pub const fn report_no_requests(self) -> &'static str {
        self.pick(
            "No message needed an answer from the company.",
            "Aucun message n'attendait de réponse de l'entreprise.",
        )
    }

    /// The column with the desks.
    #[must_use]
    pub const fn report_desk(self) -> &'static str {
        self.pick("Desk", "Équipe")
    }

    /// The row with all desks together.
    #[must_use]
    pub const fn report_all(self) -> &'static str {
        self.pick("All", "Toutes")
    }

    /// The column with the numbers of requests.
    #[must_use]
    pub const fn report_requests(self) -> &'static str {
        self.pick("Requests", "Demandes")
    }

    /// The column with the numbers of answered ones.
    #[must_use]
    pub const fn report_answered(self) -> &'static str {
        self.pick("Answered", "Répondues")
    }

    /// The column with the numbers of waiting ones.
    #[must_use]
    pub const fn report_waiting(self) -> &'static str {
        self.pick("Waiting", "En attente")
    }

    /// The column that says how long the oldest has waited.
    #[must_use]
    pub const fn report_oldest(self) -> &'static str {
        self.pick("Oldest for", "La plus ancienne")
    }

    /// The column with the share that kept the target.
    #[must_use]
    pub const fn report_in_target(self) -> &'static str {
        self.pick("In target", "Dans l'objectif")
    }

    /// A share in percent.
    #[must_use]
    pub fn report_percent(self, share: f64) -> String {
        format!("{:.0}{}%", share * 100.0, self.pick("", " "))
    }

    /// What a chart without a single point says.
    #[must_use]
    pub const fn nothing_to_draw(self) -> &'static str {
        self.pick("No data yet", "Pas encore de données")
    }

    /// The column with the greatest response time.
    #[must_use]
    pub const fn report_longest(self) -> &'static str {
        self.pick("Longest", "Maximum")
    }

    /// Above the response times.
    #[must_use]
    pub const fn report_first_response(self) -> &'static str {
        self.pick("Until the first response", "Jusqu'à la première réponse")
    }

    /// Behind a desk's name, in the row that counts its opening hours only.
    #[must_use]
    pub const fn report_in_hours(self) -> &'static str {
        self.pick("in opening hours", "en heures d'ouverture")
    }

    /// A bar's name: what took less than this.
    #[must_use]
    pub fn report_less_than(self, limit: Span) -> String {
        format!("< {}", self.limit(limit))
    }

    /// The name of the last answered ones' bar: what took longer.
    #[must_use]
    pub fn report_at_least(self, limit: Span) -> String {
        format!("≥ {}", self.limit(limit))
    }

    /// Above the longest waits.
    #[must_use]
    pub fn report_longest_waits(self, n: usize) -> String {
        if self.is_one(n) {
            return self.pick("The longest wait", "L'attente la plus longue").to_owned();
        }
        format!("{} {n} {}", self.pick("The", "Les"), self.pick("longest waits", "attentes les plus longues"))
    }

    /// The column that says how long.
    #[must_use]
    pub const fn report_waited(self) -> &'static str {
        self.pick("Waited", "Attente")
    }

    /// The column that says since when.
    #[must_use]
    pub const fn report_asked_at(self) -> &'static str {
        self.pick("Asked", "Demandé le")
    }

    /// The column with the author.
    #[must_use]
    pub const fn report_author(self) -> &'static str {
        self.pick("Author", "Auteur")
    }

    /// The column with the text.
    #[must_use]
    pub const fn report_text(self) -> &'static str {
        self.pick("Text", "Texte")
    }

    /// The column that says who answered.
    #[must_use]
    pub const fn report_answered_by(self) -> &'static str {
        self.pick("Answered by", "Réponse de")
    }

    /// Who answered, and how that was found out.
    #[must_use]
    pub fn report_answer(self, name: &str, link: LinkKind) -> String {
        let link = match link {
            LinkKind::Reply => self.pick("reply", "réponse directe"),
            LinkKind::Thread => self.pick("thread", "fil"),
            LinkKind::Mention => "mention",
            LinkKind::Claim => self.pick("claim", "prise en charge"),
            LinkKind::Context => self.pick("context", "contexte"),
            LinkKind::Button => self.pick("button", "bouton"),
        };
        format!("{name} ({link})")
    }

    /// Nobody has answered.
    #[must_use]
    pub const fn report_still_waiting(self) -> &'static str {
        self.pick("nobody yet", "personne encore")
    }

    /// French counts nothing as one.
    const fn is_one(self, n: usize) -> bool {
        match self.language {
            Language::En => n == 1,
            Language::Fr => n < 2,
        }
    }

    const fn plural(self, n: usize) -> &'static str {
        if self.is_one(n) { "" } else { "s" }
    }
}
