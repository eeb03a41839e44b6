//! `/watch`, `/rule`, `/staff`, `/expert`, `/language`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::label::{Label, Route};
use crate::domain::settings::{Acknowledge, Language, Rule, Tag};

impl Words {
    /// A channel is watched from now on.
    #[must_use]
    pub const fn watch_added(self) -> &'static str {
        self.pick("Channel watched", "Salon suivi")
    }

    /// What it means that a channel is watched.
    #[must_use]
    pub fn watching(self, channel: &ChannelId) -> Vec<Piece> {
        let text = self.pick(
            "Watching {}: its new messages, and those of its threads and forum posts too.",
            "{} est suivi : ses nouveaux messages, et ceux de ses fils et publications de forum.",
        );
        fill(text, [Piece::Channel(channel.clone())])
    }

    /// A channel is watched in another way from now on.
    #[must_use]
    pub const fn watch_changed(self) -> &'static str {
        self.pick("Watched differently from now on", "Suivi modifié")
    }

    /// The channel is not watched.
    #[must_use]
    pub const fn not_watched(self) -> &'static str {
        self.pick(
            "This channel is not watched. /watch list shows those that are.",
            "Ce salon n'est pas suivi. /watch list montre ceux qui le sont.",
        )
    }

    /// A desk's own channel cannot be watched.
    #[must_use]
    pub fn is_a_desks_channel(self, route: Route) -> String {
        let desk = self.desk(route);
        match self.language {
            Language::En => format!(
                "This channel shows the cards of {desk}, so it cannot be watched: every card would be judged."
            ),
            Language::Fr => format!(
                "Ce salon affiche les fiches de {desk} : il ne peut pas être suivi, chaque fiche serait examinée."
            ),
        }
    }

    /// A channel is not watched any more.
    #[must_use]
    pub const fn watch_removed(self) -> &'static str {
        self.pick("Channel no longer watched", "Salon plus suivi")
    }

    /// What it means that a channel is not watched any more.
    #[must_use]
    pub fn not_watching(self, channel: &ChannelId) -> Vec<Piece> {
        let text = self.pick(
            "{}: new messages there are no longer read. Its requests and figures stay.",
            "{} : ses nouveaux messages ne sont plus lus. Ses demandes et ses chiffres restent.",
        );
        fill(text, [Piece::Channel(channel.clone())])
    }

    /// What becomes of requests that still wait in a channel that is not watched any more.
    #[must_use]
    pub fn waiting_unwatched(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 request from there still waits. Vigie will not see the answer to it: press “Answered” on its card.",
                "{n} requests from there still wait. Vigie will not see the answers to them: press “Answered” on their cards.",
            ),
            (
                "{n} demande de ce salon attend encore. Vigie ne verra pas la réponse : cliquez « J'ai répondu » sur sa fiche.",
                "{n} demandes de ce salon attendent encore. Vigie ne verra pas les réponses : cliquez « J'ai répondu » sur leurs fiches.",
            ),
        )
    }

    /// The headline of `/watch list`.
    #[must_use]
    pub fn watched_channels(self, n: usize) -> String {
        self.many(n, ("1 watched channel", "{n} watched channels"), ("{n} salon suivi", "{n} salons suivis"))
    }

    /// No channel is watched.
    #[must_use]
    pub const fn no_watch(self) -> &'static str {
        self.pick(
            "No channel is watched yet: choose one with /watch add.",
            "Aucun salon n'est encore suivi : choisissez-en un avec /watch add.",
        )
    }

    /// Name of the setting: how a request is tagged.
    #[must_use]
    pub const fn tag_name(self) -> &'static str {
        self.pick("Tag on a request", "Marque sur une demande")
    }

    /// How a request is tagged.
    #[must_use]
    pub const fn tag(self, tag: Tag) -> &'static str {
        match tag {
            Tag::Reaction => self.pick("a reaction", "une réaction"),
            Tag::ForumTag => self.pick("a forum tag", "une étiquette de forum"),
            Tag::None => self.pick("none", "aucune"),
        }
    }

    /// Name of the setting: when a member is told when to expect an answer.
    #[must_use]
    pub const fn acknowledge_name(self) -> &'static str {
        self.pick("Tell the member when to expect an answer", "Annoncer au membre quand il aura une réponse")
    }

    /// When a member is told when to expect an answer.
    #[must_use]
    pub const fn acknowledge(self, acknowledge: Acknowledge) -> &'static str {
        match acknowledge {
            Acknowledge::Never => self.pick("never", "jamais"),
            Acknowledge::OffHours => self.pick("while the desk is closed", "quand l'équipe est fermée"),
            Acknowledge::Always => self.pick("always", "toujours"),
        }
    }

    /// A rule was added.
    #[must_use]
    pub fn rule_added(self, number: usize) -> String {
        format!("{} {number} {}", self.pick("Rule", "Règle"), self.pick("added", "ajoutée"))
    }

    /// A rule in a line.
    #[must_use]
    pub fn rule(self, number: usize, rule: &Rule) -> Vec<Piece> {
        let label = match rule.label.route() {
            Some(route) => self.desk(route),
            None => self.pick("never a request", "jamais une demande").to_owned(),
        };
        let mut line = vec![Piece::text(format!("{number}. {} → {label}", rule.pattern.as_str()))];
        if let Some(channel) = &rule.channel {
            line.extend(fill(
                self.pick(" (only in {})", " (seulement dans {})"),
                [Piece::Channel(channel.clone())],
            ));
        }
        line
    }

    /// When a new rule is tried.
    #[must_use]
    pub fn rule_order(self, number: usize) -> String {
        if number == 1 {
            return self
                .pick(
                    "It is tried on new messages, before the model.",
                    "Elle est essayée sur les nouveaux messages, avant le modèle.",
                )
                .to_owned();
        }
        let before = number - 1;
        self.many(
            before,
            (
                "It is tried on new messages after rule 1 and before the model: the first match wins.",
                "It is tried on new messages after rules 1 to {n} and before the model: the first match wins.",
            ),
            (
                "Elle est essayée sur les nouveaux messages après la règle {n} et avant le modèle : la première qui correspond l'emporte.",
                "Elle est essayée sur les nouveaux messages après les règles 1 à {n} et avant le modèle : la première qui correspond l'emporte.",
            ),
        )
    }

    /// The same rule is there.
    #[must_use]
    pub fn same_rule(self, number: usize) -> String {
        match self.language {
            Language::En => format!("That is rule {number} already."),
            Language::Fr => format!("C'est déjà la règle {number}."),
        }
    }

    /// There is no rule of that number.
    #[must_use]
    pub fn no_such_rule(self, number: usize, count: usize) -> String {
        match (self.language, count) {
            (_, 0) => self.no_rule().to_owned(),
            (Language::En, _) => {
                format!("There is no rule {number}. /rule list shows them, numbered from 1 to {count}.")
            }
            (Language::Fr, _) => {
                format!("Il n'y a pas de règle {number}. /rule list les montre, numérotées de 1 à {count}.")
            }
        }
    }

    /// A rule was removed.
    #[must_use]
    pub fn rule_removed(self, number: usize) -> String {
        match self.language {
            Language::En => format!("Rule {number} removed"),
            Language::Fr => format!("Règle {number} supprimée"),
        }
    }

    /// The rules after the one that was removed have other numbers now.
    #[must_use]
    pub const fn rules_moved_up(self) -> &'static str {
        self.pick(
            "The rules after it have moved up by one number.",
            "Les règles suivantes remontent d'un numéro.",
        )
    }

    /// The headline of `/rule list`.
    #[must_use]
    pub fn rules(self, n: usize) -> String {
        self.many(
            n,
            ("1 rule", "{n} rules: the first match wins"),
            ("{n} règle", "{n} règles : la première qui correspond l'emporte"),
        )
    }

    /// There is no rule.
    #[must_use]
    pub const fn no_rule(self) -> &'static str {
        self.pick(
            "There is no rule: the model judges every message. Add one with /rule add.",
            "Il n'y a pas de règle : le modèle examine chaque message. Ajoutez-en une avec /rule add.",
        )
    }

    /// A role belongs to the staff from now on.
    #[must_use]
    pub const fn staff_added(self) -> &'static str {
        self.pick("Staff role added", "Rôle du personnel ajouté")
    }

    /// What it means that a role is an employee's.
    #[must_use]
    pub fn are_employees(self, role: &RoleId) -> Vec<Piece> {
        let text = self.pick(
            "Holders of {} are employees: their new messages can answer requests and are never requests, and they may use the cards.",
            "Les titulaires de {} sont des employés : leurs nouveaux messages peuvent répondre aux demandes sans jamais en être, et ils peuvent utiliser les fiches.",
        );
        fill(text, [Piece::Role(role.clone())])
    }

    /// The role is on the list.
    #[must_use]
    pub const fn is_staff_already(self) -> &'static str {
        self.pick("That role is a staff role already.", "Ce rôle est déjà un rôle du personnel.")
    }

    /// The role that everybody has cannot make an employee.
    #[must_use]
    pub const fn everyone_is_no_role(self) -> &'static str {
        self.pick(
            "Everybody has that role: every member would count as an employee. Choose a role that only employees have.",
            "Tout le monde a ce rôle : chaque membre passerait pour un employé. Choisissez un rôle réservé aux employés.",
        )
    }

    /// A role does not belong to the staff any more.
    #[must_use]
    pub const fn staff_removed(self) -> &'static str {
        self.pick("Staff role removed", "Rôle du personnel retiré")
    }

    /// What it means that a role is no employee's any more.
    #[must_use]
    pub fn are_members(self, role: &RoleId) -> Vec<Piece> {
        let text = self.pick(
            "Holders of {} count as members from now on, unless another of their roles makes them employees.",
            "Les titulaires de {} comptent désormais comme des membres, sauf si un autre de leurs rôles en fait des employés.",
        );
        fill(text, [Piece::Role(role.clone())])
    }

    /// The role is a desk's, whose holders are employees anyway.
    #[must_use]
    pub fn is_a_desks_role(self, role: &RoleId, route: Route) -> Vec<Piece> {
        let mut line =
            fill(self.pick("{} is the role of ", "{} est le rôle de l'équipe "), [Piece::Role(role.clone())]);
        line.push(Piece::text(self.desk(route)));
        line.push(Piece::text(self.pick(
            ", which makes its holders employees as well.",
            ", ce qui fait aussi de ses titulaires des employés.",
        )));
        line
    }

    /// The role is not on the list.
    #[must_use]
    pub const fn not_staff(self) -> &'static str {
        self.pick(
            "That is no staff role. /staff list shows those that are.",
            "Ce n'est pas un rôle du personnel. /staff list montre ceux qui le sont.",
        )
    }

    /// The headline of `/staff list`.
    #[must_use]
    pub const fn who_is_employee(self) -> &'static str {
        self.pick("Roles whose holders are employees", "Rôles dont les titulaires sont des employés")
    }

    /// No role makes an employee.
    #[must_use]
    pub const fn no_staff(self) -> &'static str {
        self.pick(
            "No role makes somebody an employee yet: set up a desk with /desk set or add a role with /staff add.",
            "Aucun rôle ne fait encore d'employé : créez une équipe avec /desk set ou ajoutez un rôle avec /staff add.",
        )
    }

    /// Somebody is named on cards from now on.
    #[must_use]
    pub const fn expert_set(self) -> &'static str {
        self.pick("Expert set", "Expert enregistré")
    }

    /// What somebody knows about.
    #[must_use]
    pub fn knows(self, user: &UserId, topics: &[String]) -> Vec<Piece> {
        let text = self.pick("{} knows about: ", "{} s'y connaît en : ");
        let mut line = fill(text, [Piece::Person(user.clone())]);
        line.push(Piece::text(topics.join(", ")));
        line
    }

    /// Name of the setting: topics.
    #[must_use]
    pub const fn topics(self) -> &'static str {
        self.pick("Topics", "Sujets")
    }

    /// What being an expert means.
    #[must_use]
    pub const fn expert_is_named(self) -> &'static str {
        self.pick(
            "Cards name them, without a ping, when a request contains one of these words.",
            "Les fiches nomment cette personne, sans la notifier, quand une demande contient un de ces mots.",
        )
    }

    /// Somebody is not named on cards any more.
    #[must_use]
    pub const fn expert_removed(self) -> &'static str {
        self.pick("Expert removed", "Expert retiré")
    }

    /// Who is not named on cards any more.
    #[must_use]
    pub fn no_longer_named(self, user: &UserId, topics: &[String]) -> Vec<Piece> {
        let text = self.pick("Cards no longer name {} for: ", "Les fiches ne nomment plus {} pour : ");
        let mut line = fill(text, [Piece::Person(user.clone())]);
        line.push(Piece::text(topics.join(", ")));
        line
    }

    /// Somebody is no expert.
    #[must_use]
    pub const fn no_such_expert(self) -> &'static str {
        self.pick(
            "That person is not on the list of experts. /expert list shows it.",
            "Cette personne n'est pas dans la liste des experts. /expert list la montre.",
        )
    }

    /// The headline of `/expert list`.
    #[must_use]
    pub fn experts(self, n: usize) -> String {
        self.many(n, ("1 expert", "{n} experts"), ("{n} expert", "{n} experts"))
    }

    /// Nobody is an expert.
    #[must_use]
    pub const fn no_expert(self) -> &'static str {
        self.pick(
            "No expert is named yet: add one with /expert set.",
            "Aucun expert n'est encore nommé : ajoutez-en un avec /expert set.",
        )
    }

    /// The headline of `/language`.
    #[must_use]
    pub const fn language_and_zone(self) -> &'static str {
        self.pick("Language and time zone", "Langue et fuseau horaire")
    }

    /// Name of the setting: language.
    #[must_use]
    pub const fn language_setting(self) -> &'static str {
        self.pick("Language", "Langue")
    }

    /// A language by its own name.
    #[must_use]
    pub const fn language_name(self, language: Language) -> &'static str {
        match language {
            Language::En => "English",
            Language::Fr => "français",
        }
    }

    /// Name of the setting: time zone.
    #[must_use]
    pub const fn timezone_setting(self) -> &'static str {
        self.pick("Time zone", "Fuseau horaire")
    }

    /// What a new language means.
    #[must_use]
    pub const fn language_follows(self) -> &'static str {
        self.pick(
            "Vigie speaks English to employees from now on. A card that is already posted follows at its next change.",
            "Vigie parle désormais français aux employés. Une fiche déjà publiée suivra à son prochain changement.",
        )
    }

    /// What a new time zone means; `clock` is what the clocks there show.
    #[must_use]
    pub fn timezone_follows(self, clock: &str) -> String {
        match self.language {
            Language::En => format!(
                "It is {clock} there now. Desks open and days begin by that clock; times already measured stay as they are."
            ),
            Language::Fr => format!(
                "Il y est {clock}. Les équipes ouvrent et les jours commencent à cette heure-là ; les temps déjà mesurés ne changent pas."
            ),
        }
    }

    /// What a rule's label means for requests when no desk answers it.
    #[must_use]
    pub fn rule_without_desk(self, label: Label) -> String {
        let label = self.label(label);
        match self.language {
            Language::En => format!("No desk answers {label} yet: set one up with /desk set."),
            Language::Fr => format!("Aucune équipe ne répond encore pour {label} : créez-la avec /desk set."),
        }
    }
}
