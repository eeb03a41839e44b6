//! `/queue`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::UserId;
use crate::domain::label::Route;
use crate::domain::settings::Language;
use crate::domain::time::{Span, Timestamp};

/// How far a target is, in the desk's opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// So much is left.
    Until(Span),
    /// It passed so long ago.
    Past(Span),
}

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

    /// How long a request has waited, and how far its target is.
    #[must_use]
    pub fn waits(self, span: Span, left: Option<Left>) -> String {
        let waited = self.duration(span);
        match (left, self.language) {
            (None, _) => waited,
            (Some(Left::Until(left)), Language::En) => format!("{waited} ⏳ {} left", self.duration(left)),
            (Some(Left::Until(left)), Language::Fr) => format!("{waited} ⏳ reste {}", self.duration(left)),
            (Some(Left::Past(by)), Language::En) => {
                format!("{waited} ⏰ {} past the target", self.duration(by))
            }
            (Some(Left::Past(by)), Language::Fr) => {
                format!("{waited} ⏰ objectif dépassé de {}", self.duration(by))
            }
        }
    }

    /// A request that was answered and whose member has asked again.
    #[must_use]
    pub const fn waits_again(self) -> &'static str {
        self.pick("asked again", "nouvelle question")
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
}
