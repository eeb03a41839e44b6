//! `/queue`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::UserId;
use crate::domain::label::Route;
use crate::domain::time::{Span, Timestamp};

impl Words {
    /// The headline of `/queue`.
    #[must_use]
    pub fn requests_wait(self, n: usize) -> String {
        if n == 0 {
            return self.pick("No request waits", "Aucune demande en attente").to_owned();
        }
        self.many(
            n,
            ("1 request waits", "{n} requests wait"),
            ("{n} demande en attente", "{n} demandes en attente"),
        )
    }

    /// A desk and how many requests wait there.
    #[must_use]
    pub fn waiting_at(self, route: Route, n: usize) -> String {
        format!("{} · {}", self.desk(route), self.waiting(n))
    }

    /// So many wait.
    #[must_use]
    pub fn waiting(self, n: usize) -> String {
        format!("{n} {}", self.pick("waiting", "en attente"))
    }

    /// The desk is closed at the moment.
    #[must_use]
    pub fn closed_until(self, opens: Option<Timestamp>) -> Vec<Piece> {
        match opens {
            Some(at) => fill(self.pick(" · closed until {}", " · fermé jusqu'au {}"), [Piece::Time(at)]),
            None => vec![Piece::text(self.pick(" · closed", " · fermé"))],
        }
    }

    /// Requests wait for a desk that does not exist.
    #[must_use]
    pub const fn desk_is_missing(self) -> &'static str {
        self.pick(" · ⚠️ no such desk yet: /desk set", " · ⚠️ équipe absente : /desk set")
    }

    /// How long a request has waited, and whether its target has passed.
    #[must_use]
    pub fn waits(self, span: Span, is_late: bool) -> String {
        let late = if is_late { self.pick(" ⏰ past the target", " ⏰ objectif dépassé") } else { "" };
        format!("{}{late}", self.duration(span))
    }

    /// Who has claimed a request.
    #[must_use]
    pub fn is_claimed_by(self, by: &UserId) -> Vec<Piece> {
        fill(self.pick("claimed by {}", "prise en charge par {}"), [Piece::Person(by.clone())])
    }

    /// Nobody has claimed a request.
    #[must_use]
    pub const fn is_unclaimed(self) -> &'static str {
        self.pick("unclaimed", "libre")
    }

    /// There are more than are shown.
    #[must_use]
    pub fn and_more(self, n: usize) -> String {
        format!("{} {n} {}", self.pick("… and", "… et"), self.pick("more", "de plus"))
    }

    /// Requests that were answered and are not resolved.
    #[must_use]
    pub fn answered_unresolved(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 request is answered and not resolved yet.",
                "{n} requests are answered and not resolved yet.",
            ),
            (
                "{n} demande a une réponse mais n'est pas encore résolue.",
                "{n} demandes ont une réponse mais ne sont pas encore résolues.",
            ),
        )
    }

    /// Requests that were resolved and opened again by the member, or answered once and sent to another desk.
    #[must_use]
    pub fn open_again(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 request is open again after a first answer: the member came back, or it changed desks.",
                "{n} requests are open again after a first answer: the member came back, or they changed desks.",
            ),
            (
                "{n} demande est rouverte après une première réponse : le membre est revenu ou elle a changé d'équipe.",
                "{n} demandes sont rouvertes après une première réponse : le membre est revenu ou elles ont changé d'équipe.",
            ),
        )
    }
}
