//! `/request`, `/history`, `/why`.

use super::{Words, fill, percent};
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::label::Route;
use crate::domain::request::{EventKind, FirstResponse, LinkKind, Status};
use crate::domain::settings::Language;
use crate::domain::time::Span;
use crate::domain::verdict::{Stage, Verdict};

impl Words {
    /// No request has that id, or that message.
    #[must_use]
    pub const fn request_not_found(self) -> &'static str {
        self.pick(
            "Vigie knows no such request. Give its id or the last six characters of it, as cards and /queue show them.",
            "Vigie ne connaît pas cette demande. Indiquez son identifiant ou ses six derniers caractères, comme sur /queue.",
        )
    }

    /// A message belongs to no request.
    #[must_use]
    pub const fn message_is_no_request(self) -> &'static str {
        self.pick(
            "This message belongs to no request: it was judged to need no answer from the company, or it was written where or when Vigie was not watching.",
            "Ce message n'appartient à aucune demande : il a été jugé sans réponse à donner par l'entreprise, ou écrit là où Vigie ne suivait pas, ou avant.",
        )
    }

    /// Where and by whom a request was opened.
    #[must_use]
    pub fn asked_in(self, author: &UserId, channel: &ChannelId) -> Vec<Piece> {
        let text = self.pick("{} in {}", "{} dans {}");
        fill(text, [Piece::Person(author.clone()), Piece::Channel(channel.clone())])
    }

    /// How a request's first response came about.
    #[must_use]
    pub fn first_response(self, first: &FirstResponse) -> Vec<Piece> {
        let text = self.pick("First response by {} ", "Première réponse de {} ");
        let mut line = fill(text, [Piece::Person(first.by.clone())]);
        line.push(Piece::text(format!(
            "{} ({} {}) · {}",
            self.after(first.response_time),
            self.duration(first.business_time),
            self.pick("in opening hours", "en heures ouvrées"),
            self.link(first.link, first.confidence),
        )));
        line
    }

    /// How long a request has waited for its first response.
    #[must_use]
    pub fn no_response_yet(self, waited: Span) -> String {
        match self.language {
            Language::En => format!("No response yet, for {}", self.duration(waited)),
            Language::Fr => format!("Sans réponse depuis {}", self.duration(waited)),
        }
    }

    /// How an answer was found.
    #[must_use]
    pub fn link(self, link: LinkKind, confidence: f64) -> String {
        let how = match link {
            LinkKind::Reply => self.pick("a reply to it", "réponse au message"),
            LinkKind::Thread => self.pick("written in its thread", "écrite dans son fil"),
            LinkKind::Mention => self.pick("mentions the member", "mentionne le membre"),
            LinkKind::Claim => self.pick("written after claiming it", "écrite après la prise en charge"),
            LinkKind::Context => {
                self.pick("found by order, time and words", "déduite de l'ordre, de l'heure et des mots")
            }
            LinkKind::Button => self.pick("said so by an employee", "indiquée par un employé"),
        };
        if confidence < 1.0 {
            format!("{how}, {} {}", percent(confidence), self.pick("sure", "de certitude"))
        } else {
            how.to_owned()
        }
    }

    /// What stands above the log.
    #[must_use]
    pub const fn log(self) -> &'static str {
        self.pick("What happened:", "Ce qui s'est passé :")
    }

    /// Entries of the log that are not shown.
    #[must_use]
    pub fn earlier_entries(self, n: usize) -> String {
        self.many(
            n,
            ("… 1 entry left out …", "… {n} entries left out …"),
            ("… {n} entrée omise …", "… {n} entrées omises …"),
        )
    }

    /// An entry of the log, after its time; `by` is Vigie itself when absent.
    #[must_use]
    pub fn event(self, kind: &EventKind, by: Option<&UserId>) -> Vec<Piece> {
        let who = by.map_or_else(|| Piece::text("Vigie"), |user| Piece::Person(user.clone()));
        let mut line = fill(self.event_text(kind), [who]);
        match kind {
            EventKind::Opened { route, verdict, .. } => {
                line.push(Piece::text(format!("{} ({})", self.desk(*route), self.judged_by(verdict))));
            }
            EventKind::Answered { link, confidence, .. } => {
                line.push(Piece::text(format!(" ({})", self.link(*link, *confidence))));
            }
            EventKind::Rerouted { from, to } => {
                line.push(Piece::text(format!("{} → {}", self.desk(*from), self.desk(*to))));
            }
            EventKind::HandedOver { from, to } => {
                let people = [Piece::Person(from.clone()), Piece::Person(to.clone())];
                line.extend(fill(self.pick("{} → {}", "{} → {}"), people));
            }
            EventKind::Corrected { answered_by, .. } => line.push(Piece::Person(answered_by.clone())),
            EventKind::Rung { deadline, .. } => line.push(Piece::text(self.deadline(*deadline))),
            EventKind::Snoozed { until } => line.push(Piece::Time(*until)),
            EventKind::Appended { .. }
            | EventKind::Edited { .. }
            | EventKind::Deleted { .. }
            | EventKind::Claimed
            | EventKind::Unanswered
            | EventKind::CommunityAnswered { .. }
            | EventKind::Resolved
            | EventKind::Dismissed
            | EventKind::Withdrawn
            | EventKind::Reopened { .. }
            | EventKind::Urged => {}
        }
        line
    }

    const fn event_text(self, kind: &EventKind) -> &'static str {
        match kind {
            EventKind::Opened { .. } => self.pick("{} opened it for ", "{} l'a ouverte pour "),
            EventKind::Appended { .. } => self.pick("{} wrote on", "{} a continué d'écrire"),
            EventKind::Edited { .. } => self.pick("{} edited a message", "{} a modifié un message"),
            EventKind::Deleted { .. } => self.pick("{} deleted a message", "{} a supprimé un message"),
            EventKind::Claimed => self.pick("{} claimed it", "{} s'en est chargé"),
            EventKind::HandedOver { .. } => {
                self.pick("{} handed the claim over: ", "{} a transmis la prise en charge : ")
            }
            EventKind::Answered { .. } => self.pick("{} answered", "{} a répondu"),
            EventKind::Corrected { .. } => self.pick(
                "{} said whose message was the first response: ",
                "{} a indiqué de qui est la première réponse : ",
            ),
            EventKind::Unanswered => {
                self.pick("{} said that this was no answer", "{} a indiqué que ce n'était pas une réponse")
            }
            EventKind::CommunityAnswered { .. } => {
                self.pick("{}, another member, answered", "{}, un autre membre, a répondu")
            }
            EventKind::Resolved => self.pick("{} resolved it", "{} l'a marquée résolue"),
            EventKind::Dismissed => {
                self.pick("{} dismissed it: not a request", "{} l'a écartée : pas une demande")
            }
            EventKind::Withdrawn => {
                self.pick("Withdrawn: {} deleted all of it", "Retirée : {} a tout supprimé")
            }
            EventKind::Rerouted { .. } => self.pick("{} sent it on: ", "{} l'a transmise : "),
            EventKind::Reopened { .. } => {
                self.pick("{} came back on it: open again", "{} est revenu dessus : rouverte")
            }
            EventKind::Rung { .. } => self.pick("{}: ", "{} : "),
            EventKind::Snoozed { .. } => self.pick("{} put it off until ", "{} l'a mise en pause jusqu'au "),
            EventKind::Urged => self.pick("{} marked it urgent", "{} l'a marquée urgente"),
        }
    }

    /// The judgement with its words: `86 % · local model: “invoice”, “twice”`.
    fn judged_by(self, verdict: &Verdict) -> String {
        match verdict.stage {
            Stage::Given => self.judged(verdict),
            Stage::Rule | Stage::Model | Stage::Llm if verdict.why.is_empty() => self.judged(verdict),
            Stage::Rule | Stage::Model | Stage::Llm => {
                format!(
                    "{}{}{}",
                    self.judged(verdict),
                    self.pick(": ", " : "),
                    self.words_found(&verdict.why)
                )
            }
        }
    }

    fn words_found(self, why: &[String]) -> String {
        why.iter().map(|word| self.quoted(word)).collect::<Vec<_>>().join(", ")
    }

    /// How many requests a member has made; the headline of `/history`.
    #[must_use]
    pub fn requests_of_member(self, n: usize) -> String {
        if n == 0 {
            return self.pick("No request of this member", "Aucune demande de ce membre").to_owned();
        }
        self.many(
            n,
            ("1 request of this member", "{n} requests of this member"),
            ("{n} demande de ce membre", "{n} demandes de ce membre"),
        )
    }

    /// How many of a member's requests were dismissed.
    #[must_use]
    pub fn dismissed_among_them(self, n: usize) -> String {
        self.many(
            n,
            ("1 of them dismissed", "{n} of them dismissed"),
            ("dont {n} écartée", "dont {n} écartées"),
        )
    }

    /// A request's desk and state.
    #[must_use]
    pub fn desk_and_status(self, route: Route, status: Status) -> String {
        format!("{} · {}", self.desk(route), self.status(status))
    }

    /// Why the message was taken for a request of this kind; `rule` is the number of the rule that still says so.
    #[must_use]
    pub fn because(self, verdict: &Verdict, rule: Option<usize>, by: Option<&UserId>) -> Vec<Piece> {
        let label = self.label(verdict.label);
        let found = self.words_found(&verdict.why);
        let text = match (verdict.stage, self.language) {
            (Stage::Given, _) => match by {
                Some(by) => {
                    let text = self.pick(", because {} sent it there.", ", car {} l'y a envoyée.");
                    let mut line = vec![Piece::text(label)];
                    line.extend(fill(text, [Piece::Person(by.clone())]));
                    return line;
                }
                None => format!(
                    "{label}{}",
                    self.pick(
                        ", because the message came with that label.",
                        ", car le message est arrivé avec cette étiquette."
                    )
                ),
            },
            (Stage::Rule, Language::En) => {
                let rule =
                    rule.map_or_else(|| "a rule that has changed since".to_owned(), |n| format!("rule {n}"));
                format!("{label}, because {rule} found {found}. Rules come before the model.")
            }
            (Stage::Rule, Language::Fr) => {
                let rule =
                    rule.map_or_else(|| "une règle modifiée depuis".to_owned(), |n| format!("la règle {n}"));
                format!("{label}, car {rule} a trouvé {found}. Les règles passent avant le modèle.")
            }
            (Stage::Model | Stage::Llm, _) if verdict.why.is_empty() => {
                format!(
                    "{label}{}",
                    self.pick(
                        ", by the message as a whole: no single word decided.",
                        ", d'après l'ensemble du message : aucun mot n'a décidé seul."
                    )
                )
            }
            (Stage::Model | Stage::Llm, Language::En) => format!("{label}, because of {found}."),
            (Stage::Model | Stage::Llm, Language::Fr) => format!("{label}, à cause de {found}."),
        };
        vec![Piece::text(text)]
    }

    /// How sure the judge was, in a sentence; `None` where nothing was guessed.
    #[must_use]
    pub fn how_sure(self, verdict: &Verdict) -> Option<String> {
        let who = match (verdict.stage, self.language) {
            (Stage::Rule | Stage::Given, _) => return None,
            (Stage::Model, Language::En) => "The local model",
            (Stage::Model, Language::Fr) => "Le modèle local",
            (Stage::Llm, Language::En) => "The second reader (a language model)",
            (Stage::Llm, Language::Fr) => "Le second lecteur (un modèle de langue)",
        };
        let by = verdict.second.as_ref().filter(|second| second.no_answer.is_none());
        let by = by.map_or_else(String::new, |second| format!(" {} · {}.", second.model, second.prompt));
        let sure = percent(verdict.confidence);
        let text = match self.language {
            Language::En => format!("{who} was {sure} sure."),
            Language::Fr => format!("{who} en était sûr à {sure}."),
        };
        let unsure = self.pick(
            " That is little: rather one ping too many than a member without an answer.",
            " C'est peu : mieux vaut une notification de trop qu'un membre sans réponse.",
        );
        let no_second = verdict.second.as_ref().and_then(|second| second.no_answer);
        let no_second = no_second.map_or_else(String::new, |why| {
            format!(
                "{}{}.",
                self.pick(" It was not read a second time: ", " Pas de seconde lecture : "),
                self.no_reading(why)
            )
        });
        let text = text + &by;
        Some(if verdict.unsure { text + unsure + &no_second } else { text + &no_second })
    }

    /// The second desk that the judge thought of.
    #[must_use]
    pub fn second_guess(self, also: Route) -> String {
        match self.language {
            Language::En => format!("Second guess: {}.", self.route(also)),
            Language::Fr => format!("Seconde hypothèse : {}.", self.route(also)),
        }
    }

    /// It is not at the desk that the judge chose.
    #[must_use]
    pub fn is_now_at(self, route: Route) -> String {
        match self.language {
            Language::En => format!("It is now at {}:", self.desk(route)),
            Language::Fr => format!("Elle est maintenant chez {} :", self.desk(route)),
        }
    }

    /// What to do when the desk is the wrong one.
    #[must_use]
    pub const fn wrong_desk(self) -> &'static str {
        self.pick(
            "Wrong desk? The select on its card sends it to another one; its clock and its history stay.",
            "Mauvaise équipe ? Le menu de sa fiche l'envoie à une autre ; son chronomètre et son historique restent.",
        )
    }
}
