//! What is said when something falls due, to members who write while nobody is there, and to a desk that was spared
//! pings.

use super::{Words, commands::fill};
use crate::domain::card::Piece;
use crate::domain::ids::UserId;
use crate::domain::label::Route;
use crate::domain::request::Deadline;
use crate::domain::settings::Language;
use crate::domain::time::{Span, Timestamp};

impl Words {
    /// What fell due, in a word or two: an entry of the log.
    #[must_use]
    pub const fn deadline(self, deadline: Deadline) -> &'static str {
        match deadline {
            Deadline::Remind => self.pick("reminded the desk", "rappel à l'équipe"),
            Deadline::Return => self.pick(
                "back to the desk, the claimer was silent",
                "rendue à l'équipe, prise en charge sans réponse",
            ),
            Deadline::Warn => self.pick("warned: the target is near", "alerte : objectif bientôt dépassé"),
            Deadline::Escalate => {
                self.pick("escalated: the target has passed", "escalade : objectif dépassé")
            }
            Deadline::EscalateFurther => self.pick(
                "escalated to the coordinator: the target has passed twice over",
                "escalade à la coordination : deux fois l'objectif",
            ),
            Deadline::WarnResolution => self.pick(
                "warned: the resolution target is near",
                "alerte : objectif de résolution bientôt dépassé",
            ),
            Deadline::EscalateResolution => self.pick(
                "escalated: the resolution target has passed",
                "escalade : objectif de résolution dépassé",
            ),
            Deadline::SnoozeOver => self.pick("the pause is over", "fin de la pause"),
        }
    }

    /// What the desk is told when something falls due; `waited` in its opening hours.
    #[must_use]
    pub fn ring(self, deadline: Deadline, waited: Span) -> String {
        let waited = self.duration(waited);
        match (deadline, self.language) {
            (Deadline::Remind, Language::En) => format!("⏰ Nobody is on this one ({waited})."),
            (Deadline::Remind, Language::Fr) => format!("⏰ Personne ne s'en occupe ({waited})."),
            (Deadline::Return, Language::En) => {
                format!("↩️ Back to the desk: claimed, and no answer yet ({waited}).")
            }
            (Deadline::Return, Language::Fr) => {
                format!("↩️ Rendue à l'équipe : prise en charge, mais toujours sans réponse ({waited}).")
            }
            (Deadline::Warn, Language::En) => {
                format!("⏳ The target for the first answer is near ({waited}).")
            }
            (Deadline::Warn, Language::Fr) => {
                format!("⏳ L'objectif de première réponse approche ({waited}).")
            }
            (Deadline::Escalate, Language::En) => {
                format!("🚨 The target for the first answer has passed ({waited}).")
            }
            (Deadline::Escalate, Language::Fr) => {
                format!("🚨 L'objectif de première réponse est dépassé ({waited}).")
            }
            (Deadline::EscalateFurther, Language::En) => {
                format!("🚨 Still no answer after twice the target ({waited}).")
            }
            (Deadline::EscalateFurther, Language::Fr) => {
                format!("🚨 Toujours sans réponse après deux fois l'objectif ({waited}).")
            }
            (Deadline::WarnResolution, Language::En) => {
                format!("⏳ The target for the resolution is near ({waited}).")
            }
            (Deadline::WarnResolution, Language::Fr) => {
                format!("⏳ L'objectif de résolution approche ({waited}).")
            }
            (Deadline::EscalateResolution, Language::En) => {
                format!("🚨 The target for the resolution has passed ({waited}).")
            }
            (Deadline::EscalateResolution, Language::Fr) => {
                format!("🚨 L'objectif de résolution est dépassé ({waited}).")
            }
            (Deadline::SnoozeOver, Language::En) => {
                format!("🔔 The pause is over, the member still waits ({waited}).")
            }
            (Deadline::SnoozeOver, Language::Fr) => {
                format!("🔔 Fin de la pause, le membre attend toujours ({waited}).")
            }
        }
    }

    /// The press office says that a request cannot wait.
    #[must_use]
    pub fn urged(self, by: &UserId) -> Vec<Piece> {
        let text = self.pick("🔴 Urgent, says {}.", "🔴 Urgent, selon {}.");
        fill(text, [Piece::Person(by.clone())])
    }

    /// The link from a note to the member's message.
    #[must_use]
    pub const fn open_it(self) -> &'static str {
        self.pick("Go to the message", "Voir le message")
    }

    /// One post for all requests whose cards appeared without a ping.
    #[must_use]
    pub fn bundle(self, route: Route, count: usize, after_hours: bool) -> String {
        let waiting = self.many(
            count,
            ("1 request waits", "{n} requests wait"),
            ("{n} demande attend", "{n} demandes attendent"),
        );
        let why = if after_hours {
            self.pick("since the desk was closed", "depuis la fermeture")
        } else {
            self.pick("in one ping, as many came at once", "en une seule notification, vu l'affluence")
        };
        format!("{} {} · {waiting}, {why}", Self::emoji(route), self.route(route))
    }

    /// One post for all requests of which somebody above the desk was told without a ping.
    #[must_use]
    pub fn bundle_of_late(self, route: Route, count: usize) -> String {
        let late = self.many(
            count,
            ("1 request is past its target", "{n} requests are past their target"),
            ("{n} demande a dépassé son objectif", "{n} demandes ont dépassé leur objectif"),
        );
        let why = self.pick("in one ping, as they are many", "en une seule notification, vu leur nombre");
        format!("🚨 {} · {late}, {why}", self.route(route))
    }

    /// Tells a member when to expect an answer. `usual` is the median of the desk's response times, `opens` when it
    /// opens again if it is closed.
    #[must_use]
    pub fn acknowledgement(self, opens: Option<Timestamp>, usual: Option<Span>) -> Vec<Piece> {
        let mut line = match opens {
            Some(at) => fill(
                self.pick(
                    "Thanks, your message has been passed on. The team is closed right now and opens {}.",
                    "Merci, votre message est transmis. L'équipe est fermée pour le moment et rouvre {}.",
                ),
                [Piece::Time(at)],
            ),
            None => vec![Piece::text(self.pick(
                "Thanks, your message has been passed on to the team.",
                "Merci, votre message est transmis à l'équipe.",
            ))],
        };
        if let Some(usual) = usual {
            let usual = self.duration(usual);
            let within = match (self.language, opens) {
                (Language::En, Some(_)) => format!(" Usually answered within {usual} of opening time."),
                (Language::En, None) => format!(" Usually answered within {usual}."),
                (Language::Fr, Some(_)) => format!(" Réponse le plus souvent en {usual} d'ouverture."),
                (Language::Fr, None) => format!(" Réponse le plus souvent en {usual}."),
            };
            line.push(Piece::text(within));
        }
        line
    }

    /// Another member has answered: a line of the card.
    #[must_use]
    pub fn member_answered(self, by: &UserId, at: Timestamp) -> Vec<Piece> {
        let text =
            self.pick("{} {}: is an answer of ours still needed?", "{} {} : faut-il encore répondre ?");
        fill(text, [Piece::Person(by.clone()), Piece::Time(at)])
    }

    /// The name of that line.
    #[must_use]
    pub const fn member_answered_name(self) -> &'static str {
        self.pick("A member answered", "Un membre a répondu")
    }

    /// The member has written again after the answer.
    #[must_use]
    pub const fn asks_again(self) -> &'static str {
        self.pick("Waits again", "Attend à nouveau")
    }

    /// A request is left alone until then.
    #[must_use]
    pub const fn paused(self) -> &'static str {
        self.pick("Paused until", "En pause jusqu'au")
    }

    /// The press office has marked it urgent.
    #[must_use]
    pub const fn urgent(self) -> &'static str {
        self.pick("Urgent", "Urgent")
    }

    /// The point at which the target passes.
    #[must_use]
    pub const fn target(self) -> &'static str {
        self.pick("Target", "Objectif")
    }

    /// The ping is held back while the desk is closed.
    #[must_use]
    pub const fn pinged_when_open(self) -> &'static str {
        self.pick("Desk closed: it is pinged", "Équipe fermée : notification")
    }
}
