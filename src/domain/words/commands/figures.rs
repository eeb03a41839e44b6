//! `/stats`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::ChannelId;
use crate::domain::settings::Language;
use crate::domain::time::{Span, civil};
use crate::domain::timing::Summary;

/// What is counted beside the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Resolved ones.
    pub resolved: usize,
    /// Those that were opened again.
    pub reopened: usize,
    /// Those that changed desks.
    pub rerouted: usize,
    /// Those opened while their desk was closed.
    pub outside_hours: usize,
    /// Those that a member answered before any employee.
    pub community_answered: usize,
    /// Answered ones whose member waits again.
    pub waiting_again: usize,
}

impl Words {
    /// The headline of figures: from a day until today.
    #[must_use]
    pub fn figures_since(self, first: civil::Date, last: civil::Date) -> String {
        match self.language {
            Language::En if first == last => format!("Figures of {first}"),
            Language::Fr if first == last => format!("Chiffres du {}", french(first)),
            Language::En => format!("Figures from {first} to {last}"),
            Language::Fr => format!("Chiffres du {} au {}", french(first), french(last)),
        }
    }

    /// The headline of figures of all that is stored.
    #[must_use]
    pub const fn figures_of_all(self) -> &'static str {
        self.pick("Figures of all requests so far", "Chiffres de toutes les demandes")
    }

    /// The figures are one channel's.
    #[must_use]
    pub fn only_in(self, channel: &ChannelId) -> Vec<Piece> {
        fill(
            self.pick("Only requests from {}.", "Seulement les demandes de {}."),
            [Piece::Channel(channel.clone())],
        )
    }

    /// There is no request in this time.
    #[must_use]
    pub const fn no_requests(self) -> &'static str {
        self.pick("No request in this time.", "Aucune demande sur cette période.")
    }

    /// So many requests.
    #[must_use]
    pub fn requests(self, n: usize) -> String {
        self.many(n, ("1 request", "{n} requests"), ("{n} demande", "{n} demandes"))
    }

    /// So many were answered.
    #[must_use]
    pub fn answered(self, n: usize) -> String {
        self.many(n, ("1 answered", "{n} answered"), ("{n} répondue", "{n} répondues"))
    }

    /// So many wait, and the oldest for so long.
    #[must_use]
    pub fn waiting_since(self, n: usize, oldest: Option<Span>) -> String {
        let waiting = self.waiting(n);
        match (oldest, self.language, n) {
            (None, _, _) => waiting,
            (Some(oldest), Language::En, 1) => format!("{waiting} (for {})", self.duration(oldest)),
            (Some(oldest), Language::Fr, 1) => format!("{waiting} (depuis {})", self.duration(oldest)),
            (Some(oldest), Language::En, _) => {
                format!("{waiting} (the oldest for {})", self.duration(oldest))
            }
            (Some(oldest), Language::Fr, _) => {
                format!("{waiting} (la plus ancienne depuis {})", self.duration(oldest))
            }
        }
    }

    /// Response times in words.
    #[must_use]
    pub fn percentiles(self, summary: &Summary) -> String {
        let say = |seconds| self.duration(Span::seconds(seconds));
        let (p50, p90, p95, max) = (say(summary.p50), say(summary.p90), say(summary.p95), say(summary.max));
        match self.language {
            Language::En => {
                format!("half within {p50} · 90 % within {p90} · 95 % within {p95} · longest {max}")
            }
            Language::Fr => format!("la moitié en {p50} · 90 % en {p90} · 95 % en {p95} · au plus {max}"),
        }
    }

    /// Name of the figure: time until the first response.
    #[must_use]
    pub const fn first_response_figure(self) -> &'static str {
        self.pick("First response", "Première réponse")
    }

    /// Name of the figure: the same in opening hours.
    #[must_use]
    pub const fn business_figure(self) -> &'static str {
        self.pick("In opening hours", "En heures ouvrées")
    }

    /// Name of the figure: time until the first claim.
    #[must_use]
    pub const fn claim_figure(self) -> &'static str {
        self.pick("First claim", "Prise en charge")
    }

    /// Name of the figure: time until later questions are answered.
    #[must_use]
    pub const fn next_response_figure(self) -> &'static str {
        self.pick("Next responses", "Réponses suivantes")
    }

    /// Name of the figure: how long members waited until the first resolution.
    #[must_use]
    pub const fn resolution_figure(self) -> &'static str {
        self.pick("Resolution", "Résolution")
    }

    /// Name of the figure: the same until the last resolution.
    #[must_use]
    pub const fn total_resolution_figure(self) -> &'static str {
        self.pick("Resolution, reopened time included", "Résolution, réouvertures comprises")
    }

    /// Name of the figure: who answered.
    #[must_use]
    pub const fn answered_by_figure(self) -> &'static str {
        self.pick("Answered by", "Réponses de")
    }

    /// What is counted beside the times, in one line; `None` when there is nothing of it.
    #[must_use]
    pub fn counted(self, counts: Counts) -> Option<String> {
        let Counts { resolved, reopened, rerouted, outside_hours, community_answered, waiting_again } =
            counts;
        let parts = [
            (resolved, ("{n} resolved", "{n} resolved"), ("{n} résolue", "{n} résolues")),
            (reopened, ("{n} reopened", "{n} reopened"), ("{n} rouverte", "{n} rouvertes")),
            (rerouted, ("{n} re-routed", "{n} re-routed"), ("{n} réorientée", "{n} réorientées")),
            (
                outside_hours,
                ("{n} outside opening hours", "{n} outside opening hours"),
                ("{n} hors horaires", "{n} hors horaires"),
            ),
            (
                community_answered,
                ("{n} answered by a member first", "{n} answered by a member first"),
                ("{n} avec d'abord la réponse d'un membre", "{n} avec d'abord la réponse d'un membre"),
            ),
            (
                waiting_again,
                ("{n} answered and waiting again", "{n} answered and waiting again"),
                ("{n} répondue et de nouveau en attente", "{n} répondues et de nouveau en attente"),
            ),
        ];
        let said: Vec<String> =
            parts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, en, fr)| self.many(n, en, fr)).collect();
        (!said.is_empty()).then(|| said.join(" · "))
    }

    /// Nobody has answered.
    #[must_use]
    pub const fn no_answer_yet(self) -> &'static str {
        self.pick("no answer yet", "pas encore de réponse")
    }

    /// How many kept their target.
    #[must_use]
    pub fn in_target(self, in_target: usize, judged: usize, share: f64) -> String {
        let share = format!("{:.0} %", share * 100.0);
        match self.language {
            Language::En => format!("{share} in target ({in_target} of {judged})"),
            Language::Fr => format!("{share} dans l'objectif ({in_target} sur {judged})"),
        }
    }

    /// How many were dismissed.
    #[must_use]
    pub fn dismissed_apart(self, n: usize) -> String {
        self.many(
            n,
            ("1 dismissed, in no figure above.", "{n} dismissed, in no figure above."),
            ("{n} écartée, hors de tous ces chiffres.", "{n} écartées, hors de tous ces chiffres."),
        )
    }

    /// The button and the headline for what each figure means.
    #[must_use]
    pub const fn what_figures_mean(self) -> &'static str {
        self.pick("What do these figures mean?", "Que veulent dire ces chiffres ?")
    }

    /// The same button where there is little room.
    #[must_use]
    pub const fn figures_button(self) -> &'static str {
        self.pick("Figures?", "Chiffres ?")
    }

    /// Each figure and what it means, as in `docs/figures.md`.
    #[must_use]
    pub const fn figure_definitions(self) -> [(&'static str, &'static str); 12] {
        [
            (self.first_response_figure(), self.first_response_means()),
            (
                self.business_figure(),
                self.pick(
                    "Only the desk's opening hours count, holidays left out, by the hours that it had at that moment.",
                    "Seules comptent les heures d'ouverture de l'équipe, jours fériés exclus, telles qu'elles étaient à ce moment-là.",
                ),
            ),
            (
                self.pick("Still waiting", "En attente"),
                self.pick(
                    "No first response yet; counted with the age of the oldest, and never averaged in.",
                    "Sans première réponse ; comptées avec l'âge de la plus ancienne, jamais dans une moyenne.",
                ),
            ),
            (
                self.pick("In target", "Dans l'objectif"),
                self.pick(
                    "First responses within the desk's target, of all that were answered or whose target has passed: who waits past it counts as missed.",
                    "Les premières réponses dans l'objectif de l'équipe, sur toutes celles données ou dont l'objectif est dépassé : attendre au-delà compte comme manqué.",
                ),
            ),
            (
                self.pick("Counted as well", "Comptées aussi"),
                self.pick(
                    "Reopened: resolved, and the member came back. Re-routed: sent on to another desk. Outside opening hours: asked while the desk was closed. Answered by a member first: kept apart, it stops no clock.",
                    "Rouvertes : résolues, puis le membre est revenu. Réorientées : passées à une autre équipe. Hors horaires : posées quand l'équipe était fermée. D'abord la réponse d'un membre : à part, elle n'arrête aucun chronomètre.",
                ),
            ),
            (
                self.claim_figure(),
                self.pick(
                    "From the member's first message to the first claim.",
                    "Du premier message du membre à la première prise en charge.",
                ),
            ),
            (
                self.next_response_figure(),
                self.pick(
                    "From each later question of the member to the employee's message that answers it; thanks are no question.",
                    "De chaque nouvelle question du membre au message d'un employé qui y répond ; un merci n'est pas une question.",
                ),
            ),
            (
                self.resolution_figure(),
                self.pick(
                    "How long the member waited for the company until “Resolve”; while the company waits for the member, the clock stands still.",
                    "Le temps pendant lequel le membre a attendu l'entreprise jusqu'à « Résolue » ; tant que l'entreprise attend le membre, le chronomètre est arrêté.",
                ),
            ),
            (
                self.total_resolution_figure(),
                self.pick(
                    "The same until the last “Resolve”; the time between a resolution and the member's coming back does not count.",
                    "De même jusqu'à la dernière résolution ; le temps entre une résolution et le retour du membre ne compte pas.",
                ),
            ),
            (
                self.answered_by_figure(),
                self.pick(
                    "First responses by who wrote them, not by who had claimed.",
                    "Les premières réponses de chaque personne qui les a écrites, pas de celle qui avait pris en charge.",
                ),
            ),
            (
                self.pick("Period", "Période"),
                self.pick(
                    "Requests that were opened in it, whenever they were answered; those dismissed are counted apart.",
                    "Les demandes ouvertes pendant la période, quelle que soit la date de réponse ; les écartées sont comptées à part.",
                ),
            ),
            (
                self.pick("Percentiles", "Percentiles"),
                self.pick(
                    "“90 % within 1 h”: nine in ten took no longer. Always a time that really occurred (nearest rank).",
                    "« 90 % en 1 h » : neuf sur dix n'ont pas été plus longues. Toujours une durée réelle (rang le plus proche).",
                ),
            ),
        ]
    }

    /// The button and the headline for what *usually* means.
    #[must_use]
    pub const fn what_usually_means(self) -> &'static str {
        self.pick("What does “usually” mean?", "Que veut dire « le plus souvent » ?")
    }

    /// What a member is told of the usual time.
    #[must_use]
    pub const fn usual_definition(self) -> &'static str {
        self.pick(
            "Of the questions that this team answered in the last 30 days, half had their first answer from a person within that time, counted in its opening hours. It is no promise.",
            "Parmi les questions auxquelles cette équipe a répondu ces 30 derniers jours, la moitié ont reçu une première réponse d'une personne dans ce délai, compté en heures d'ouverture. Ce n'est pas une promesse.",
        )
    }

    /// What the first response is, and what it leaves out.
    #[must_use]
    pub const fn first_response_means(self) -> &'static str {
        self.pick(
            "From the member's first message to the first employee's message that answers it; never a bot, a reaction or a claim. Waiting requests are in no percentile; past their target they count as missed. Targets are in opening hours.",
            "Du premier message du membre au premier message d'un employé qui y répond ; jamais un bot, une réaction ou une prise en charge. Les demandes en attente n'entrent dans aucun percentile ; objectif dépassé, elles comptent comme manquées. Objectifs en heures ouvrées.",
        )
    }
}

/// `02/03/2026`.
pub(super) fn french(date: civil::Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}
