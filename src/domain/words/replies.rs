//! What somebody who pressed a button is told.

use super::Words;
use crate::domain::request::Refusal;
use crate::domain::settings::Language;

impl Words {
    /// Why a step is not possible. `person` turns a user's id into what the platform shows as a name.
    #[must_use]
    pub fn refusal(
        self,
        refusal: &Refusal,
        person: impl Fn(&crate::domain::ids::UserId) -> String,
    ) -> String {
        match (refusal, self.language) {
            (Refusal::AlreadyYours, Language::En) => "This request is already yours.".to_owned(),
            (Refusal::AlreadyYours, Language::Fr) => "Cette demande est déjà la vôtre.".to_owned(),
            (Refusal::ClaimedBy { by, .. }, Language::En) => format!("{} has already claimed it.", person(by)),
            (Refusal::ClaimedBy { by, .. }, Language::Fr) => format!("{} s'en charge déjà.", person(by)),
            (Refusal::AlreadyAnswered { by }, Language::En) => format!("{} has already answered it.", person(by)),
            (Refusal::AlreadyAnswered { by }, Language::Fr) => format!("{} y a déjà répondu.", person(by)),
            (Refusal::NotAnswered, Language::En) => {
                "Nobody has answered it yet. Answer the member, or press “Answered” if you did so elsewhere.".to_owned()
            }
            (Refusal::NotAnswered, Language::Fr) => {
                "Personne n'y a encore répondu. Répondez au membre, ou cliquez « J'ai répondu » si c'est fait ailleurs.".to_owned()
            }
            (Refusal::AlreadyResolved { by }, Language::En) => format!("{} has already resolved it.", person(by)),
            (Refusal::AlreadyResolved { by }, Language::Fr) => format!("{} l'a déjà marquée résolue.", person(by)),
            (Refusal::AlreadyDismissed { by: Some(by) }, Language::En) => {
                format!("{} has already dismissed it.", person(by))
            }
            (Refusal::AlreadyDismissed { by: Some(by) }, Language::Fr) => format!("{} l'a déjà écartée.", person(by)),
            (Refusal::AlreadyDismissed { by: None }, _) => self.withdrawn().to_owned(),
            (Refusal::SameDesk, Language::En) => "It is at that desk already.".to_owned(),
            (Refusal::SameDesk, Language::Fr) => "Elle est déjà chez cette équipe.".to_owned(),
            (Refusal::NothingToChange, Language::En) => "There is nothing to change.".to_owned(),
            (Refusal::NothingToChange, Language::Fr) => "Il n'y a rien à changer.".to_owned(),
            (Refusal::OwnRequest, Language::En) => "This is your own request: a colleague has to answer it.".to_owned(),
            (Refusal::OwnRequest, Language::Fr) => "C'est votre propre demande : un collègue doit y répondre.".to_owned(),
            (Refusal::BeforeTheRequest, Language::En) => "That message is older than the request.".to_owned(),
            (Refusal::BeforeTheRequest, Language::Fr) => "Ce message est plus ancien que la demande.".to_owned(),
            (Refusal::NothingToTakeBack, Language::En) => {
                "There is no first response that could be taken back: right-click the message that did answer → Apps → This answers….".to_owned()
            }
            (Refusal::NothingToTakeBack, Language::Fr) => {
                "Aucune première réponse à retirer : clic droit sur le message qui a répondu → Applications → Ceci répond à….".to_owned()
            }
            (Refusal::NotTheirs, Language::En) => "The claim has changed hands in the meantime.".to_owned(),
            (Refusal::NotTheirs, Language::Fr) => "La prise en charge a changé de mains entre-temps.".to_owned(),
            (Refusal::NoSuchTime, Language::En) => "That time has passed, or is more than a week away.".to_owned(),
            (Refusal::NoSuchTime, Language::Fr) => "Ce moment est passé, ou dans plus d'une semaine.".to_owned(),
        }
    }

    /// Somebody who is no employee pressed a card's button or ran an employee's command.
    #[must_use]
    pub const fn employees_only(self) -> &'static str {
        self.pick(
            "Only employees can do this: holders of a desk's role or of a staff role (an administrator sets them with /desk and /staff).",
            "Réservé aux employés : il faut le rôle d'une équipe ou un rôle du personnel (un administrateur les définit avec /desk et /staff).",
        )
    }

    /// Somebody who does not belong to the press office marked a request urgent.
    #[must_use]
    pub const fn press_office_only(self) -> &'static str {
        self.pick(
            "Only the press office can mark a request urgent: it pings desks outside their hours.",
            "Seule l'équipe communication peut marquer une demande urgente : cela prévient les équipes hors horaires.",
        )
    }

    /// Somebody without *Manage Server* ran an administrator's command.
    #[must_use]
    pub const fn administrators_only(self) -> &'static str {
        self.pick(
            "Only administrators can do this: it needs the permission “Manage Server”.",
            "Réservé aux administrateurs : il faut la permission « Gérer le serveur ».",
        )
    }

    /// A card's request is not in the database (any more).
    #[must_use]
    pub const fn no_such_request(self) -> &'static str {
        self.pick("Vigie does not know this request.", "Vigie ne connaît pas cette demande.")
    }

    /// Something went wrong that the presser cannot mend.
    #[must_use]
    pub const fn try_again(self) -> &'static str {
        self.pick(
            "That could not be stored just now. Nothing was changed: please try again in a moment.",
            "Impossible d'enregistrer pour l'instant. Rien n'a été modifié : réessayez dans un instant.",
        )
    }
}
