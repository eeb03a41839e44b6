//! `/handover`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::label::Route;
use crate::domain::time::Timestamp;

impl Words {
    /// Somebody's claims, offered to a colleague.
    #[must_use]
    pub fn handover_title(self, count: usize) -> String {
        self.many(
            count,
            ("1 claim to hand over", "{n} claims to hand over"),
            ("{n} prise en charge à transmettre", "{n} prises en charge à transmettre"),
        )
    }

    /// From whom to whom.
    #[must_use]
    pub fn handover(self, from: &UserId, to: &UserId) -> Vec<Piece> {
        let text = self.pick("{} → {}: press the button to accept them.", "{} → {} : cliquez pour accepter.");
        fill(text, [Piece::Person(from.clone()), Piece::Person(to.clone())])
    }

    /// What was said last, and by when an answer is expected.
    #[must_use]
    pub fn last_word(self, at: Timestamp, due: Option<Timestamp>) -> Vec<Piece> {
        let mut line = fill(self.pick("last word {}", "dernier mot {}"), [Piece::Time(at)]);
        if let Some(due) = due {
            line.extend(fill(self.pick(" · due {}", " · attendue {}"), [Piece::Time(due)]));
        }
        line
    }

    /// The button with which a colleague accepts.
    #[must_use]
    pub const fn accept(self) -> &'static str {
        self.pick("Accept", "Accepter")
    }

    /// The button that shows what members wrote last, and the title of what it shows.
    #[must_use]
    pub const fn last_messages(self) -> &'static str {
        self.pick("Last messages", "Derniers messages")
    }

    /// There is nothing to hand over.
    #[must_use]
    pub const fn nothing_to_hand_over(self) -> &'static str {
        self.pick("There is no open claim to hand over.", "Aucune prise en charge à transmettre.")
    }

    /// The offer stands in the channel.
    #[must_use]
    pub fn handover_offered(self, count: usize) -> String {
        self.many(
            count,
            ("1 claim is offered below", "{n} claims are offered below"),
            ("{n} prise en charge proposée ci-dessous", "{n} prises en charge proposées ci-dessous"),
        )
    }

    /// Claims at another desk, and the channel where they can be offered.
    #[must_use]
    pub fn claims_elsewhere(self, route: Route, count: usize, channel: Option<&ChannelId>) -> Vec<Piece> {
        let mut line = vec![Piece::text(format!("{} · {count}", self.desk(route)))];
        if let Some(channel) = channel {
            let text = self.pick(" more: /handover in {}", " de plus : /handover dans {}");
            line.extend(fill(text, [Piece::Channel(channel.clone())]));
        }
        line
    }

    /// An offer is made where a desk reads.
    #[must_use]
    pub const fn hand_over_at_a_desk(self) -> &'static str {
        self.pick(
            "Others would read along here. Use /handover in the desk's channel.",
            "D'autres liraient ici. Utilisez /handover dans le salon de l'équipe.",
        )
    }

    /// Nobody hands over to themselves.
    #[must_use]
    pub const fn hand_over_to_somebody_else(self) -> &'static str {
        self.pick(
            "Name a colleague: these claims are theirs already.",
            "Nommez un collègue : ces demandes sont déjà les siennes.",
        )
    }

    /// Only the named colleague may accept.
    #[must_use]
    pub const fn not_offered_to_you(self) -> &'static str {
        self.pick("These were offered to somebody else.", "Elles ont été proposées à quelqu'un d'autre.")
    }

    /// So many claims have changed hands.
    #[must_use]
    pub fn handed_over(self, count: usize) -> String {
        self.many(
            count,
            ("1 claim handed over", "{n} claims handed over"),
            ("{n} prise en charge transmise", "{n} prises en charge transmises"),
        )
    }
}
