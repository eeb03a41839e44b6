//! The weekly digest.

use super::{Words, commands::fill};
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::Language;
use crate::domain::time::{Span, civil};
use crate::domain::timing::Summary;

/// How a figure stands against the week before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// More.
    Up,
    /// Less.
    Down,
    /// The same.
    Same,
}

impl Words {
    /// The headline of a digest.
    #[must_use]
    pub fn digest_title(self, monday: civil::Date, name: &str) -> String {
        match self.language {
            Language::En => format!("📬 {name} · the week of {monday}"),
            Language::Fr => {
                format!("📬 {name} · semaine du {:02}/{:02}/{}", monday.day(), monday.month(), monday.year())
            }
        }
    }

    /// How many requests came.
    #[must_use]
    pub fn digest_came(self, requests: usize, change: Option<Change>) -> String {
        let came =
            self.many(requests, ("1 request came", "{n} requests came"), ("{n} demande", "{n} demandes"));
        let than = match change {
            None => "",
            Some(Change::Up) => self.pick(", more than the week before", ", plus que la semaine précédente"),
            Some(Change::Down) => {
                self.pick(", fewer than the week before", ", moins que la semaine précédente")
            }
            Some(Change::Same) => {
                self.pick(", as many as the week before", ", autant que la semaine précédente")
            }
        };
        format!("{came}{than}.")
    }

    /// One desk's week.
    #[must_use]
    pub fn digest_desk(self, route: Route, requests: usize, share: Option<f64>) -> String {
        let share = share.map_or_else(String::new, |share| {
            format!(" · {:.0} % {}", share * 100.0, self.pick("in target", "dans l'objectif"))
        });
        format!("{} {} · {}{share}", Self::emoji(route), self.route(route), self.requests(requests))
    }

    /// How fast first responses were, in opening hours.
    #[must_use]
    pub fn digest_fast(
        self,
        times: &Summary,
        change: Option<Change>,
        share: Option<f64>,
        before: Option<f64>,
    ) -> String {
        let (p50, p90) = (self.duration(Span::seconds(times.p50)), self.duration(Span::seconds(times.p90)));
        let than = match change {
            None => "",
            Some(Change::Up) => {
                self.pick(" (slower than the week before)", " (plus lent que la semaine précédente)")
            }
            Some(Change::Down) => {
                self.pick(" (faster than the week before)", " (plus rapide que la semaine précédente)")
            }
            Some(Change::Same) => self.pick(" (as the week before)", " (comme la semaine précédente)"),
        };
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let target = match (share, before, self.language) {
            (None, _, _) => String::new(),
            (Some(share), Some(before), Language::En) => {
                format!(" In target: {} (before: {}).", percent(share), percent(before))
            }
            (Some(share), None, Language::En) => format!(" In target: {}.", percent(share)),
            (Some(share), Some(before), Language::Fr) => {
                format!(" Dans l'objectif : {} (avant : {}).", percent(share), percent(before))
            }
            (Some(share), None, Language::Fr) => format!(" Dans l'objectif : {}.", percent(share)),
        };
        match self.language {
            Language::En => {
                format!(
                    "First response in opening hours: half within {p50}{than}, 90 % within {p90}.{target}"
                )
            }
            Language::Fr => format!(
                "Première réponse en heures ouvrées : la moitié en {p50}{than}, 90 % en {p90}.{target}"
            ),
        }
    }

    /// What was missed.
    #[must_use]
    pub fn digest_missed(self, missed: usize, waiting: usize) -> String {
        let missed = match (missed, self.language) {
            (0, Language::En) => "No target was missed.".to_owned(),
            (0, Language::Fr) => "Aucun objectif manqué.".to_owned(),
            (n, _) => self.many(
                n,
                ("1 missed its target.", "{n} missed their target."),
                ("{n} hors objectif.", "{n} hors objectif."),
            ),
        };
        let waiting = match waiting {
            0 => String::new(),
            n => self.many(
                n,
                (" 1 of that week still waits.", " {n} of that week still wait."),
                (" {n} de cette semaine attend encore.", " {n} de cette semaine attendent encore."),
            ),
        };
        missed + &waiting
    }

    /// What came back or changed desks.
    #[must_use]
    pub fn digest_moved(self, reopened: usize, rerouted: usize) -> String {
        let reopened = self.many(reopened, ("1 reopened", "{n} reopened"), ("{n} rouverte", "{n} rouvertes"));
        let rerouted =
            self.many(rerouted, ("1 re-routed", "{n} re-routed"), ("{n} réorientée", "{n} réorientées"));
        format!("{reopened} · {rerouted}.")
    }

    /// A request that still waits.
    #[must_use]
    pub fn still_waits(self, route: Route, waited: Span) -> String {
        format!("{} · {}", self.route(route), self.duration(waited))
    }

    /// Nothing came in a week.
    #[must_use]
    pub const fn quiet_week(self) -> &'static str {
        self.pick("Nothing came last week, and nothing waits.", "Rien la semaine passée, et rien n'attend.")
    }

    /// Where the digest goes from now on.
    #[must_use]
    pub fn digest_goes_to(self, channel: Option<&ChannelId>, role: Option<&RoleId>) -> Vec<Vec<Piece>> {
        let channel = match channel {
            Some(channel) => fill(
                self.pick("It is posted in {}.", "Il est publié dans {}."),
                [Piece::Channel(channel.clone())],
            ),
            None => vec![Piece::text(self.pick(
                "It is posted in the first desk's channel.",
                "Il est publié dans le salon de la première équipe.",
            ))],
        };
        let role = match role {
            Some(role) => fill(
                self.pick(
                    "It pings {}, who is told of escalations too.",
                    "Il prévient {}, comme les escalades.",
                ),
                [Piece::Role(role.clone())],
            ),
            None => vec![Piece::text(self.pick("It pings nobody.", "Il ne prévient personne."))],
        };
        vec![channel, role]
    }

    /// The digest's settings were kept.
    #[must_use]
    pub const fn digest_is_set(self) -> &'static str {
        self.pick("The digest comes every Monday at nine", "Le bilan arrive chaque lundi à neuf heures")
    }
}
