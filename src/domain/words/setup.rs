//! The words of the set-up wizard.

use super::Words;
use crate::domain::label::Route;
use crate::domain::settings::Language;

/// The wizard's first page.
impl Words {
    /// Its headline.
    #[must_use]
    pub const fn setup_title(self) -> &'static str {
        self.pick("Setting Vigie up", "Configurer Vigie")
    }

    /// What there is to do on it.
    #[must_use]
    pub const fn setup_intro(self) -> &'static str {
        self.pick(
            "Choose the channels to watch, then give each desk a channel and a role. Each choice is stored at once.",
            "Choisissez les salons à surveiller, puis donnez à chaque équipe un salon et un rôle. Chaque choix est enregistré aussitôt.",
        )
    }

    /// Before the watched channels.
    #[must_use]
    pub const fn setup_watched(self) -> &'static str {
        self.pick("Watched: ", "Salons surveillés : ")
    }

    /// No channel is watched.
    #[must_use]
    pub const fn setup_nothing_watched(self) -> &'static str {
        self.pick("No channel is watched yet", "Aucun salon n'est encore surveillé")
    }

    /// So many channels more.
    #[must_use]
    pub fn setup_and_more(self, count: usize) -> String {
        match self.language {
            Language::En => format!(" and {count} more"),
            Language::Fr => format!(" et {count} de plus"),
        }
    }

    /// Between a name and what it is.
    #[must_use]
    pub const fn setup_colon(self) -> &'static str {
        self.pick(": ", " : ")
    }

    /// A desk without a channel and a role.
    #[must_use]
    pub const fn setup_not_set_up(self) -> &'static str {
        self.pick("not set up", "pas encore en place")
    }

    /// A desk without opening hours.
    #[must_use]
    pub const fn setup_always_open(self) -> &'static str {
        self.pick("always open", "toujours ouverte")
    }

    /// Before the staff roles.
    #[must_use]
    pub const fn setup_staff(self) -> &'static str {
        self.pick("Further employees' roles: ", "Autres rôles d'employés : ")
    }

    /// No staff role is set.
    #[must_use]
    pub const fn setup_no_staff(self) -> &'static str {
        self.pick(
            "Further employees' roles: none (optional; holders of a desk's role are employees anyway)",
            "Autres rôles d'employés : aucun (facultatif ; le rôle d'une équipe suffit)",
        )
    }

    /// Language and time zone, and how to change the latter.
    #[must_use]
    pub fn setup_language_and_zone(self, zone: &str) -> String {
        match self.language {
            Language::En => format!("English, time zone {zone} (change it with /language)"),
            Language::Fr => format!("Français, fuseau {zone} (à changer avec /langue)"),
        }
    }

    /// Before the permissions that are missing in a channel.
    #[must_use]
    pub const fn setup_lacks(self) -> &'static str {
        self.pick(": Vigie lacks ", " : il manque à Vigie ")
    }

    /// Cards wait; the reason follows.
    #[must_use]
    pub fn setup_waiting_cards(self, count: usize) -> String {
        match (self.language, count) {
            (Language::En, 1) => "1 card or tag waits: ".to_owned(),
            (Language::En, n) => format!("{n} cards or tags wait: "),
            (Language::Fr, 1) => "1 fiche ou marque attend : ".to_owned(),
            (Language::Fr, n) => format!("{n} fiches ou marques attendent : "),
        }
    }

    /// More channels are watched than a select can show.
    #[must_use]
    pub const fn setup_too_many_watched(self) -> &'static str {
        self.pick(
            "More than 25 channels are watched: use /watch add and /watch remove.",
            "Plus de 25 salons sont surveillés : utilisez /surveiller ajouter et /surveiller retirer.",
        )
    }

    /// What the select of watched channels says.
    #[must_use]
    pub const fn setup_choose_watched(self) -> &'static str {
        self.pick("Channels to watch…", "Salons à surveiller…")
    }

    /// What the select of desks says.
    #[must_use]
    pub const fn setup_choose_desk(self) -> &'static str {
        self.pick("Set up a desk…", "Mettre en place une équipe…")
    }

    /// The button that makes channels and roles.
    #[must_use]
    pub const fn setup_create(self) -> &'static str {
        self.pick("Create channels and roles for me", "Créer salons et rôles pour moi")
    }

    /// The button that leads to the staff roles.
    #[must_use]
    pub const fn setup_staff_button(self) -> &'static str {
        self.pick("Employees' roles", "Rôles des employés")
    }

    /// The button that changes to the other language, in that language.
    #[must_use]
    pub const fn setup_other_language(self) -> &'static str {
        self.pick("Français", "English")
    }

    /// The button that leads to the summary.
    #[must_use]
    pub const fn setup_done(self) -> &'static str {
        self.pick("Done", "Terminer")
    }

    /// The button that leads to the first page.
    #[must_use]
    pub const fn setup_back(self) -> &'static str {
        self.pick("Back", "Retour")
    }
}

/// The other pages.
impl Words {
    /// What a desk needs.
    #[must_use]
    pub const fn setup_desk_intro(self) -> &'static str {
        self.pick(
            "Its cards appear in a channel that only employees see, and ping its role. Hours and targets: /desk set.",
            "Ses fiches apparaissent dans un salon réservé aux employés et préviennent son rôle. Horaires et délais : /équipe définir.",
        )
    }

    /// A desk's channel is chosen; its role is not.
    #[must_use]
    pub const fn setup_now_the_role(self) -> &'static str {
        self.pick("Now choose the role.", "Choisissez maintenant le rôle.")
    }

    /// A desk's role is chosen; its channel is not.
    #[must_use]
    pub const fn setup_now_the_channel(self) -> &'static str {
        self.pick("Now choose the channel.", "Choisissez maintenant le salon.")
    }

    /// What the select of a desk's channel says.
    #[must_use]
    pub const fn setup_choose_channel(self) -> &'static str {
        self.pick("The desk's channel…", "Le salon de l'équipe…")
    }

    /// What the select of a desk's role says.
    #[must_use]
    pub const fn setup_choose_role(self) -> &'static str {
        self.pick("The role to ping…", "Le rôle à prévenir…")
    }

    /// What staff roles are for.
    #[must_use]
    pub const fn setup_staff_intro(self) -> &'static str {
        self.pick(
            "Holders of these roles are employees too: their messages are answers and never requests.",
            "Les membres de ces rôles sont aussi des employés : leurs messages sont des réponses, jamais des demandes.",
        )
    }

    /// What the select of staff roles says.
    #[must_use]
    pub const fn setup_choose_staff(self) -> &'static str {
        self.pick("Roles of employees…", "Rôles d'employés…")
    }

    /// A choice was stored.
    #[must_use]
    pub const fn setup_saved(self) -> &'static str {
        self.pick("Saved.", "Enregistré.")
    }

    /// A channel cannot be both; the channel follows.
    #[must_use]
    pub const fn setup_watched_and_desk(self) -> &'static str {
        self.pick(
            "Nothing was changed: a channel cannot be both watched and a desk's, since members must not see the cards: ",
            "Rien n'a été modifié : un salon ne peut pas être à la fois surveillé et celui d'une équipe, car les membres ne doivent pas voir les fiches : ",
        )
    }

    /// @everyone was chosen as a role of employees.
    #[must_use]
    pub const fn setup_not_everyone(self) -> &'static str {
        self.pick(
            "Nothing was changed: @everyone would make every member an employee. Choose a role of its own.",
            "Rien n'a été modifié : avec @everyone, chaque membre serait un employé. Choisissez un rôle à part.",
        )
    }

    /// There is nothing left to create.
    #[must_use]
    pub const fn setup_nothing_to_create(self) -> &'static str {
        self.pick(
            "Every desk has its channel and its role already.",
            "Chaque équipe a déjà son salon et son rôle.",
        )
    }

    /// Channels and roles were made.
    #[must_use]
    pub const fn setup_created(self) -> &'static str {
        self.pick(
            "Created. Now give the roles to those who answer.",
            "C'est créé. Donnez maintenant les rôles à celles et ceux qui répondent.",
        )
    }

    /// Channels and roles cannot be made; the permissions follow.
    #[must_use]
    pub fn setup_create_lacks(self, permissions: &[&str]) -> String {
        let permissions = permissions.join(", ");
        match self.language {
            Language::En => format!(
                "To create channels and roles, Vigie's role lacks: {permissions}. Give it these permissions in the server's settings, or choose channels and roles yourself."
            ),
            Language::Fr => format!(
                "Pour créer salons et rôles, il manque au rôle de Vigie : {permissions}. Donnez-lui ces permissions dans les paramètres du serveur, ou choisissez vous-même salons et rôles."
            ),
        }
    }

    /// Making channels and roles stopped; Discord's reason follows.
    #[must_use]
    pub const fn setup_create_failed(self) -> &'static str {
        self.pick(
            "Not everything could be created; press again once it is mended. Discord says: ",
            "Tout n'a pas pu être créé ; recommencez une fois le problème réglé. Discord répond : ",
        )
    }

    /// The name of the channel that is made for a desk; only characters that Discord takes in a channel's name.
    #[must_use]
    pub const fn setup_channel_name(self, route: Route) -> &'static str {
        match route {
            Route::CustomerService => self.pick("desk-customer-service", "desk-service-client"),
            Route::ProductExpert => self.pick("desk-product-expert", "desk-expert-produit"),
            Route::Pr => self.pick("desk-pr", "desk-communication"),
        }
    }

    /// The name of the role that is made for a desk.
    #[must_use]
    pub fn setup_role_name(self, route: Route) -> String {
        format!("Desk · {}", self.route(route))
    }

    /// The summary's headline when nothing is missing.
    #[must_use]
    pub const fn setup_ready(self) -> &'static str {
        self.pick("Vigie is on the lookout", "Vigie est à son poste")
    }

    /// The summary's headline when something is missing.
    #[must_use]
    pub const fn setup_not_ready(self) -> &'static str {
        self.pick("Something is still missing", "Il manque encore quelque chose")
    }

    /// First step after the set-up; the roles follow.
    #[must_use]
    pub const fn setup_next_roles(self) -> &'static str {
        self.pick(
            "Give these roles to those who answer: ",
            "Donnez ces rôles à celles et ceux qui répondent : ",
        )
    }

    /// Second step after the set-up.
    #[must_use]
    pub const fn setup_next_hours(self) -> &'static str {
        self.pick(
            "Set opening hours and targets with /desk set, your time zone with /language.",
            "Réglez horaires et délais avec /équipe définir, le fuseau horaire avec /langue.",
        )
    }

    /// Third step after the set-up; the channel follows.
    #[must_use]
    pub const fn setup_next_try(self) -> &'static str {
        self.pick(
            "Try it: let somebody without these roles ask a question in ",
            "Essayez : faites poser une question, par quelqu'un sans ces rôles, dans ",
        )
    }
}
