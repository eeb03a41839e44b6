//! The words of the page that `vigie replay --html` writes, beside those of the report.

use super::Words;
use crate::domain::settings::Language;
use crate::domain::time::Span;

impl Words {
    /// The language as a page names it.
    #[must_use]
    pub const fn language_tag(self) -> &'static str {
        self.pick("en", "fr")
    }

    /// What the page is about.
    #[must_use]
    pub const fn page_subject(self) -> &'static str {
        self.pick("What Vigie would have done", "Ce que Vigie aurait fait")
    }

    /// It ran on the desks that stand in for those of a community file.
    #[must_use]
    pub fn page_default_desks(self, target: Option<Span>) -> String {
        let target = target.map(|target| self.chart_target(target));
        let target = target.map_or_else(String::new, |target| format!(", {target}"));
        match self.language {
            Language::En => format!(
                "Assumed, as no community file was given: every channel is watched; three desks, always open{target}."
            ),
            Language::Fr => format!(
                "Hypothèses, faute de fichier de communauté : tous les salons sont surveillés ; trois équipes, toujours \
                 ouvertes{target}."
            ),
        }
    }

    /// It ran on a community file.
    #[must_use]
    pub fn page_configured(self, file: &str) -> String {
        match self.language {
            Language::En => format!("Desks, hours, targets and employees' roles are those of {file}."),
            Language::Fr => {
                format!("Équipes, horaires, objectifs et rôles des employés sont ceux de {file}.")
            }
        }
    }

    /// The export breaks off.
    #[must_use]
    pub const fn page_broken(self) -> &'static str {
        self.pick(
            "The export breaks off: the figures are about what comes before.",
            "L'export s'interrompt : les chiffres portent sur ce qui précède.",
        )
    }

    /// Nobody could answer.
    #[must_use]
    pub const fn page_no_employees(self) -> &'static str {
        self.pick(
            "Nobody in the export is known as an employee, so no request counts as answered.",
            "Personne dans l'export n'est connu comme employé : aucune demande ne compte donc comme répondue.",
        )
    }

    /// Messages that are in no request and no first response.
    #[must_use]
    pub fn page_ignored(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 message was neither part of a request nor a first response.",
                "{n} messages were neither part of a request nor a first response.",
            ),
            (
                "{n} message ne fait partie ni d'une demande ni d'une première réponse.",
                "{n} messages ne font partie ni d'une demande ni d'une première réponse.",
            ),
        )
    }

    /// Those of them of which the judge is not sure.
    #[must_use]
    pub fn page_in_review(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 of them would have been listed for review, without a ping.",
                "{n} of them would have been listed for review, without a ping.",
            ),
            (
                "{n} d'entre eux aurait été listé à regarder, sans alerte.",
                "{n} d'entre eux auraient été listés à regarder, sans alerte.",
            ),
        )
    }

    /// How long the oldest has waited.
    #[must_use]
    pub fn page_oldest(self, oldest: Span) -> String {
        format!("{} {}", self.pick("the oldest for", "la plus ancienne depuis"), self.duration(oldest))
    }

    /// So many of those whose target was kept or missed.
    #[must_use]
    pub fn page_of(self, part: usize, all: usize) -> String {
        format!("{part} {} {all}", self.pick("of", "sur"))
    }

    /// The card with the median first response.
    #[must_use]
    pub const fn page_median(self) -> &'static str {
        self.pick("First response, median", "Première réponse, médiane")
    }

    /// The card with the 90th percentile.
    #[must_use]
    pub const fn page_nine_in_ten(self) -> &'static str {
        self.pick("9 in 10 answered within", "9 réponses sur 10 en")
    }

    /// The card with the 95th percentile.
    #[must_use]
    pub const fn page_nineteen_in_twenty(self) -> &'static str {
        self.pick("19 in 20 answered within", "19 réponses sur 20 en")
    }

    /// Above the desks.
    #[must_use]
    pub const fn page_by_desk(self) -> &'static str {
        self.pick("By desk", "Par équipe")
    }

    /// Above those that wait at the export's end.
    #[must_use]
    pub const fn page_still_waiting(self) -> &'static str {
        self.pick("Longest waits without an answer", "Plus longues attentes sans réponse")
    }

    /// Above the answers that took longest.
    #[must_use]
    pub const fn page_slowest(self) -> &'static str {
        self.pick("Slowest answers", "Réponses les plus lentes")
    }

    /// Every request was answered.
    #[must_use]
    pub const fn page_none_waiting(self) -> &'static str {
        self.pick("No request waits for an answer.", "Aucune demande n'attend de réponse.")
    }

    /// No request was answered.
    #[must_use]
    pub const fn page_none_answered(self) -> &'static str {
        self.pick("No request was answered.", "Aucune demande n'a reçu de réponse.")
    }

    /// The column that says when it was answered.
    #[must_use]
    pub const fn page_answered_at(self) -> &'static str {
        self.pick("Answered at", "Répondu le")
    }

    /// Above the channels.
    #[must_use]
    pub const fn page_by_channel(self) -> &'static str {
        self.pick("By channel", "Par salon")
    }

    /// The column with the channel.
    #[must_use]
    pub const fn page_channel(self) -> &'static str {
        self.pick("Channel", "Salon")
    }

    /// The column with the number of messages.
    #[must_use]
    pub const fn page_messages(self) -> &'static str {
        "Messages"
    }

    /// Channels that are not listed.
    #[must_use]
    pub fn page_more_channels(self, n: usize) -> String {
        self.many(
            n,
            ("… and 1 more channel", "… and {n} more channels"),
            ("… et {n} autre salon", "… et {n} autres salons"),
        )
    }

    /// Opens the definitions.
    #[must_use]
    pub const fn page_definitions(self) -> &'static str {
        self.pick("What the figures mean", "Ce que signifient les chiffres")
    }

    /// Each figure with its meaning.
    #[must_use]
    pub const fn page_meanings(self) -> [(&'static str, &'static str); 7] {
        match self.language {
            Language::En => [
                (
                    "Request",
                    "One or more messages of one member that need an answer from one desk. Those that were withdrawn are not counted.",
                ),
                (
                    "First response",
                    "From the request's first message to the first message by an employee that answers it, by the platform's own time stamps. Never a bot, a reaction or a claim.",
                ),
                (
                    "Waiting",
                    "Without a first response at the export's end. Counted, never averaged in; its age is that from its first message to the export's last one.",
                ),
                (
                    "Median, 9 in 10, 19 in 20",
                    "The 50th, 90th and 95th percentile of the first responses, by the nearest rank: always the time of a real answer, on the calendar, nights and weekends included.",
                ),
                ("In opening hours", "The same time, counting only while the desk is open."),
                (
                    "In target",
                    "The share of requests answered within their desk's target, in opening hours. One that still waits past its target counts as missed; one that may still keep it is left out.",
                ),
                (
                    "Listed for review",
                    "Messages of which Vigie is not sure. They ping nobody and stand in a list in the desk's channel.",
                ),
            ],
            Language::Fr => [
                (
                    "Demande",
                    "Un ou plusieurs messages d'un membre qui attendent une réponse d'une équipe. Celles qui ont été retirées ne comptent pas.",
                ),
                (
                    "Première réponse",
                    "Du premier message de la demande au premier message d'un employé qui y répond, selon l'horodatage de la plateforme. Jamais un bot, une réaction ou une prise en charge.",
                ),
                (
                    "En attente",
                    "Sans première réponse à la fin de l'export. Comptée, jamais prise dans une moyenne ; son âge va de son premier message au dernier de l'export.",
                ),
                (
                    "Médiane, 9 sur 10, 19 sur 20",
                    "Les 50e, 90e et 95e centiles des premières réponses, au rang le plus proche : toujours le délai d'une vraie réponse, au calendrier, nuits et week-ends compris.",
                ),
                (
                    "En heures d'ouverture",
                    "Le même délai, en ne comptant que le temps où l'équipe est ouverte.",
                ),
                (
                    "Dans l'objectif",
                    "La part des demandes répondues dans l'objectif de leur équipe, en heures d'ouverture. Celle qui attend encore au-delà de l'objectif compte comme manquée ; celle qui peut encore le tenir n'est pas comptée.",
                ),
                (
                    "Listé à regarder",
                    "Des messages dont Vigie n'est pas sûre. Ils n'alertent personne et figurent dans une liste, dans le salon de l'équipe.",
                ),
            ],
        }
    }
}
