//! The words of the review list and of the audit's invitation.

use super::Words;
use crate::domain::label::{Label, Route};

impl Words {
    /// What is written on a button that says what a message is.
    #[must_use]
    pub const fn choice(self, label: Label) -> &'static str {
        match label.route() {
            Some(route) => self.route(route),
            None => self.pick("Nobody", "Personne"),
        }
    }

    /// The headline of a desk's review list.
    #[must_use]
    pub fn review_title(self, route: Route, count: usize) -> String {
        format!("{} {} · {}", Self::emoji(route), self.route(route), self.review_count(count))
    }

    /// How many messages a review list holds.
    #[must_use]
    pub fn review_count(self, count: usize) -> String {
        self.many(
            count,
            ("1 message to look at", "{n} messages to look at"),
            ("{n} message à regarder", "{n} messages à regarder"),
        )
    }

    /// What to do with a review list.
    #[must_use]
    pub const fn review_hint(self) -> &'static str {
        self.pick(
            "Vigie is not sure about these, so it pinged nobody. One tap says who has to answer; Vigie learns from it.",
            "Vigie n'est pas sûre pour ceux-ci et n'a prévenu personne. Un clic dit qui doit répondre ; Vigie en tire des leçons.",
        )
    }

    /// Messages that the list has no room for.
    #[must_use]
    pub fn review_more(self, count: usize) -> String {
        self.many(
            count,
            ("… and 1 more, shown as these are settled", "… and {n} more, shown as these are settled"),
            ("… et {n} autre, affiché ensuite", "… et {n} autres, affichés ensuite"),
        )
    }

    /// Somebody has said already what a listed message is.
    #[must_use]
    pub const fn is_settled_already(self) -> &'static str {
        self.pick(
            "Somebody was faster: this message is settled already.",
            "Quelqu'un a été plus rapide : ce message est déjà réglé.",
        )
    }

    /// A listed message is gone.
    #[must_use]
    pub const fn message_is_gone(self) -> &'static str {
        self.pick(
            "The member has deleted this message: there is nothing left to decide.",
            "Le membre a supprimé ce message : il n'y a plus rien à décider.",
        )
    }

    /// A message is in no list of this community.
    #[must_use]
    pub const fn is_not_listed(self) -> &'static str {
        self.pick("Vigie has this message in no list.", "Vigie n'a ce message dans aucune liste.")
    }

    /// The audit of a week can be done.
    #[must_use]
    pub fn audit_is_ready(self, drawn: usize) -> String {
        self.many(
            drawn,
            (
                "Weekly audit: 1 message of last week for which nobody was pinged. Was it missed? One tap.",
                "Weekly audit: {n} messages of last week for which nobody was pinged. Was one missed? Two minutes, one tap each.",
            ),
            (
                "Audit de la semaine : {n} message de la semaine passée pour lequel personne n'a été prévenu. L'a-t-on manqué ? Un clic.",
                "Audit de la semaine : {n} messages de la semaine passée pour lesquels personne n'a été prévenu. En a-t-on manqué un ? Deux minutes, un clic par message.",
            ),
        )
    }

    /// The button that begins an audit.
    #[must_use]
    pub const fn begin_audit(self) -> &'static str {
        self.pick("Begin", "Commencer")
    }
}
