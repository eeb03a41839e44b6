//! The words of a message's context menu, and of presses that cannot be answered.

use super::Words;
use crate::domain::label::Route;

/// Context menus, and presses that cannot be answered.
impl Words {
    /// A command or a button that this Vigie does not have.
    #[must_use]
    pub const fn unknown_interaction(self) -> &'static str {
        self.pick(
            "Vigie does not know this command or button (any more). Reload Discord, or ask for it again.",
            "Vigie ne connaît pas (ou plus) cette commande ou ce bouton. Rechargez Discord, ou recommencez.",
        )
    }

    /// A command was run in a private conversation.
    #[must_use]
    pub const fn only_in_a_server(self) -> &'static str {
        self.pick("Vigie only works on a server.", "Vigie ne fonctionne que sur un serveur.")
    }

    /// A community for which nothing was ever set.
    #[must_use]
    pub const fn nothing_is_set_up(self) -> &'static str {
        self.pick(
            "Vigie is not set up on this server yet: an administrator does it with /setup.",
            "Vigie n'est pas encore configurée sur ce serveur : un administrateur le fait avec /configurer.",
        )
    }

    /// Something was done, nothing more is to be said.
    #[must_use]
    pub const fn done(self) -> &'static str {
        self.pick("Done.", "C'est fait.")
    }

    /// Which desk should a message go to?
    #[must_use]
    pub const fn which_desk(self) -> &'static str {
        self.pick("Which desk should answer this message?", "Quelle équipe doit répondre à ce message ?")
    }

    /// What the select of desks says before one is chosen.
    #[must_use]
    pub const fn choose_desk(self) -> &'static str {
        self.pick("Choose a desk…", "Choisir une équipe…")
    }

    /// A desk that can be chosen although nobody sees its cards yet.
    #[must_use]
    pub const fn desk_waits_for_setup(self) -> &'static str {
        self.pick("Not set up yet: the card will wait", "Pas encore en place : la fiche attendra")
    }

    /// A message went to a desk.
    #[must_use]
    pub fn sent_to(self, route: Route) -> String {
        format!("{} {} {}", self.pick("Sent to", "Envoyé à :"), Self::emoji(route), self.route(route))
    }

    /// A program's message cannot be a request.
    #[must_use]
    pub const fn bots_ask_nothing(self) -> &'static str {
        self.pick(
            "A program wrote this message: it cannot be a request.",
            "Ce message vient d'un programme : ce ne peut pas être une demande.",
        )
    }

    /// The message was deleted, or Vigie may not read it.
    #[must_use]
    pub const fn message_is_unreadable(self) -> &'static str {
        self.pick(
            "Vigie cannot read this message: it was deleted, or Vigie may not see the channel.",
            "Vigie ne peut pas lire ce message : il a été supprimé, ou Vigie n'a pas accès au salon.",
        )
    }

    /// *This answers…* on a message that is not by an employee.
    #[must_use]
    pub const fn not_by_an_employee(self) -> &'static str {
        self.pick(
            "Only an employee's message can answer a request, and this one is not by an employee.",
            "Seul le message d'un employé peut répondre à une demande, et celui-ci n'en vient pas.",
        )
    }

    /// *This answers…*, and there is nothing that it could answer.
    #[must_use]
    pub const fn nothing_waits_here(self) -> &'static str {
        self.pick(
            "No request from before this message waits for an answer in this channel.",
            "Aucune demande antérieure à ce message n'attend de réponse dans ce salon.",
        )
    }

    /// Which request does a message answer?
    #[must_use]
    pub const fn which_request(self) -> &'static str {
        self.pick("Which request does this message answer?", "À quelle demande ce message répond-il ?")
    }

    /// More requests wait than a select can offer.
    #[must_use]
    pub const fn more_than_offered(self) -> &'static str {
        self.pick(
            "More wait than can be listed. For one that is missing, press Answered on its card.",
            "Toutes ne tiennent pas dans la liste. Pour une autre, cliquez sur « Répondu » de sa fiche.",
        )
    }

    /// What the select of requests says before one is chosen.
    #[must_use]
    pub const fn choose_request(self) -> &'static str {
        self.pick("Choose a request…", "Choisir une demande…")
    }

    /// The message now counts as the answer.
    #[must_use]
    pub const fn answer_is_kept(self) -> &'static str {
        self.pick("Noted: this message answers the request.", "C'est noté : ce message répond à la demande.")
    }
}
