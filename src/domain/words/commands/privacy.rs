//! `/privacy` and `/forget`: what is kept of a member, and its erasure.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::UserId;
use crate::domain::settings::Language;
use crate::domain::time::Timestamp;

impl Words {
    /// What stands where somebody was named who was forgotten.
    #[must_use]
    pub const fn erased_person(self) -> &'static str {
        self.pick("(erased)", "(effacé)")
    }

    /// The line with words in place of those who were forgotten: no platform knows their markers.
    pub fn name_erased(self, line: &mut [Piece]) {
        for piece in line {
            if matches!(piece, Piece::Person(user) if user.is_erased()) {
                *piece = Piece::text(self.erased_person());
            }
        }
    }

    /// The headline of `/privacy`.
    #[must_use]
    pub const fn privacy_title(self) -> &'static str {
        self.pick("What Vigie holds of you here", "Ce que Vigie garde de vous ici")
    }

    /// How many requests and texts there are, and since when.
    #[must_use]
    pub fn kept_requests(self, requests: u64, texts: u64, oldest: Option<Timestamp>) -> Vec<Piece> {
        let Some(oldest) = oldest else {
            return vec![Piece::text(self.pick("No request of yours.", "Aucune demande de votre part."))];
        };
        let text = match (self.language, requests) {
            (Language::En, 1) => format!("1 request of yours, with the text of {texts} messages; from {{}}."),
            (Language::En, n) => {
                format!("{n} requests of yours, with the text of {texts} messages; the oldest from {{}}.")
            }
            (Language::Fr, 1) => format!("1 demande, avec le texte de {texts} messages ; elle date de {{}}."),
            (Language::Fr, n) => {
                format!("{n} demandes, avec le texte de {texts} messages ; la plus ancienne date de {{}}.")
            }
        };
        fill(&text, [Piece::Time(oldest)])
    }

    /// What is kept of messages that were no request.
    #[must_use]
    pub const fn kept_of_others(self) -> &'static str {
        self.pick(
            "Of your other messages in the watched channels: that there was one, when and where, and what it was taken for. Not what it said.",
            "De vos autres messages dans les salons surveillés : qu'il y en a eu un, quand et où, et pour quoi il a été pris. Pas ce qu'il disait.",
        )
    }

    /// What for, and who can see it.
    #[must_use]
    pub const fn kept_what_for(self) -> &'static str {
        self.pick(
            "What for: so that the right team answers you, and so that it is known how long answers take. Who sees it: the teams that answer, and the administrators of this server.",
            "Pour quoi : pour que la bonne équipe vous réponde, et pour savoir en combien de temps. Qui le voit : les équipes qui répondent et les administrateurs de ce serveur.",
        )
    }

    /// When it goes by itself.
    #[must_use]
    pub fn kept_until(self, days: u32, next: Option<Timestamp>) -> Vec<Piece> {
        let text = match self.language {
            Language::En => {
                format!(
                    "A text is erased {days} days after it was written, or as soon as you delete the message"
                )
            }
            Language::Fr => format!(
                "Un texte est effacé {days} jours après avoir été écrit, ou dès que vous supprimez le message"
            ),
        };
        let Some(next) = next else { return vec![Piece::text(text + ".")] };
        let next_one = self.pick("; the next one: {}.", " ; le prochain : {}.");
        fill(&(text + next_one), [Piece::Time(next)])
    }

    /// The button with which a member has it erased.
    #[must_use]
    pub const fn erase_my_data(self) -> &'static str {
        self.pick("Erase my data", "Effacer mes données")
    }

    /// Is it meant?
    #[must_use]
    pub const fn erasing_me_is_meant(self) -> &'static str {
        self.pick(
            "Your texts and your name are erased here, and everything that leads to you; counts and times stay without you. It cannot be undone, and a team that is about to answer you no longer sees what you asked. The messages themselves stay in their channels until you delete them. Sure?",
            "Vos textes et votre nom sont effacés ici, avec tout ce qui mène à vous ; les nombres et les délais restent, sans vous. C'est irréversible, et une équipe qui allait vous répondre ne verra plus votre question. Les messages eux-mêmes restent dans leurs salons tant que vous ne les supprimez pas. Confirmez-vous ?",
        )
    }

    /// The button that says yes.
    #[must_use]
    pub const fn yes_erase_it(self) -> &'static str {
        self.pick("Yes, erase it", "Oui, effacer")
    }

    /// It was erased.
    #[must_use]
    pub fn i_am_erased(self, texts: u64) -> String {
        match self.language {
            Language::En => format!("Done: erased, {texts} texts among it."),
            Language::Fr => format!("C'est fait : effacé, dont {texts} textes."),
        }
    }

    /// Only whose data it is may have it erased.
    #[must_use]
    pub const fn not_your_data(self) -> &'static str {
        self.pick(
            "This button belongs to somebody else. /privacy shows yours.",
            "Ce bouton est à quelqu'un d'autre. /confidentialité affiche le vôtre.",
        )
    }

    /// Is it meant?
    #[must_use]
    pub fn forgetting_is_meant(self, member: &UserId, requests: u64, texts: u64) -> Vec<Piece> {
        let text = match self.language {
            Language::En => format!(
                "Forget {{}}? {requests} requests lose their name, {texts} messages their text. Figures stay as they are, open requests stay with their desks. It cannot be undone."
            ),
            Language::Fr => format!(
                "Oublier {{}} ? {requests} demandes perdent leur nom, {texts} messages leur texte. Les chiffres ne changent pas, les demandes ouvertes restent chez leurs équipes. C'est irréversible."
            ),
        };
        fill(&text, [Piece::Person(member.clone())])
    }

    /// The headline of the question.
    #[must_use]
    pub const fn forget_title(self) -> &'static str {
        self.pick("Erase what is stored of a member", "Effacer ce qui est gardé d'un membre")
    }

    /// The button that says yes.
    #[must_use]
    pub const fn forget_them(self) -> &'static str {
        self.pick("Forget them", "Oublier")
    }

    /// They were forgotten.
    #[must_use]
    pub fn forgotten(self, requests: u64, texts: u64) -> String {
        match self.language {
            Language::En => {
                format!("Done: {requests} requests without a name now, {texts} texts erased.")
            }
            Language::Fr => {
                format!("C'est fait : {requests} demandes désormais sans nom, {texts} textes effacés.")
            }
        }
    }

    /// What else has to be done by people.
    #[must_use]
    pub const fn cards_follow(self) -> &'static str {
        self.pick(
            "Cards that show it are edited within minutes. Messages stay in their channels until somebody deletes them.",
            "Les fiches qui l'affichent sont modifiées dans les minutes qui viennent. Les messages restent dans leurs salons tant que personne ne les supprime.",
        )
    }
}
