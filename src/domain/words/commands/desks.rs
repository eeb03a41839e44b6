//! `/desk`.

use super::{Words, fill};
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::Route;
use crate::domain::settings::Language;

impl Words {
    /// The desk was not named.
    #[must_use]
    pub const fn name_the_desk(self) -> &'static str {
        self.pick(
            "Which desk? Choose a route: customer service, product expert or PR.",
            "Quelle équipe ? Choisissez : service client, expert produit ou communication.",
        )
    }

    /// A new desk needs more than was given.
    #[must_use]
    pub fn new_desk_needs(self, route: Route, channel: bool, role: bool) -> String {
        let desk = self.desk(route);
        let missing = match (channel, role) {
            (true, true) => self.pick(
                "a channel (where its cards appear) and a role (who is pinged)",
                "un salon (où ses fiches apparaissent) et un rôle (qui est notifié)",
            ),
            (true, false) => {
                self.pick("a channel (where its cards appear)", "un salon (où ses fiches apparaissent)")
            }
            (false, _) => self.pick("a role (who is pinged)", "un rôle (qui est notifié)"),
        };
        match self.language {
            Language::En => format!("{desk} is not set up yet: it needs {missing}."),
            Language::Fr => format!("{desk} n'existe pas encore : il faut indiquer {missing}."),
        }
    }

    /// The channel that is meant for the cards is a watched one.
    #[must_use]
    pub const fn desk_in_watched_channel(self) -> &'static str {
        self.pick(
            "That channel is watched, so the desk cannot use it: cards belong into an internal channel. /watch remove takes it off the list.",
            "Ce salon est suivi, l'équipe ne peut donc pas l'utiliser : les fiches vont dans un salon interne. /watch remove le retire de la liste.",
        )
    }

    /// A desk was set up.
    #[must_use]
    pub fn desk_added(self, route: Route) -> String {
        format!("{} {}", self.desk(route), self.pick("is set up", "en place"))
    }

    /// A desk was changed.
    #[must_use]
    pub fn desk_changed(self, route: Route) -> String {
        format!("{} {}", self.desk(route), self.pick("changed", "modifié"))
    }

    /// Where a desk's requests appear.
    #[must_use]
    pub fn requests_appear(self, channel: &ChannelId, role: &RoleId) -> Vec<Piece> {
        let text = self.pick(
            "Its requests appear in {} and ping {}.",
            "Ses demandes apparaissent dans {} et notifient {}.",
        );
        fill(text, [Piece::Channel(channel.clone()), Piece::Role(role.clone())])
    }

    /// Requests have waited for this desk to be set up.
    #[must_use]
    pub fn waited_for_desk(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 request waited for this desk and appears now.",
                "{n} requests waited for this desk and appear now.",
            ),
            (
                "{n} demande attendait cette équipe et apparaît maintenant.",
                "{n} demandes attendaient cette équipe et apparaissent maintenant.",
            ),
        )
    }

    /// What it means that the hours are different.
    #[must_use]
    pub const fn hours_follow(self) -> &'static str {
        self.pick(
            "Business times already measured stay as they are.",
            "Les temps ouvrés déjà mesurés ne changent pas.",
        )
    }

    /// What it means that the target is different.
    #[must_use]
    pub const fn target_follows(self) -> &'static str {
        self.pick(
            "Figures use the new target for past requests too.",
            "Les chiffres appliquent le nouvel objectif aux demandes passées aussi.",
        )
    }

    /// What it means that the channel is different.
    #[must_use]
    pub fn cards_appear(self, channel: &ChannelId) -> Vec<Piece> {
        let text = self.pick(
            "New cards appear in {}; those already posted stay where they are.",
            "Les nouvelles fiches apparaissent dans {} ; celles déjà publiées restent où elles sont.",
        );
        fill(text, [Piece::Channel(channel.clone())])
    }

    /// The desk does not exist.
    #[must_use]
    pub fn no_such_desk(self, route: Route) -> String {
        format!("{} {}", self.desk(route), self.pick("is not set up.", "n'est pas en place."))
    }

    /// A desk was removed.
    #[must_use]
    pub fn desk_removed(self, route: Route) -> String {
        format!("{} {}", self.desk(route), self.pick("removed", "supprimé"))
    }

    /// What it means that a desk is gone.
    #[must_use]
    pub const fn desk_removal_follows(self) -> &'static str {
        self.pick(
            "New requests of this kind are still kept, but nobody is pinged for them until the desk is set up again.",
            "Les nouvelles demandes de ce type restent enregistrées, mais personne n'est notifié tant que l'équipe n'est pas rétablie.",
        )
    }

    /// What becomes of the requests that wait at a desk that is gone.
    #[must_use]
    pub fn waiting_without_desk(self, n: usize) -> String {
        self.many(
            n,
            (
                "1 request still waits there: it stays in /queue, and its card can send it to another desk.",
                "{n} requests still wait there: they stay in /queue, and their cards can send them to another desk.",
            ),
            (
                "{n} demande y attend encore : elle reste dans /queue et sa fiche permet de l'envoyer à une autre équipe.",
                "{n} demandes y attendent encore : elles restent dans /queue et leurs fiches permettent de les envoyer à une autre équipe.",
            ),
        )
    }

    /// Nothing waits at a desk that is gone.
    #[must_use]
    pub const fn nothing_waits_there(self) -> &'static str {
        self.pick("No request waits there.", "Aucune demande n'y attend.")
    }

    /// The headline of `/desk list`.
    #[must_use]
    pub fn desks(self, n: usize) -> String {
        self.many(n, ("1 desk", "{n} desks"), ("{n} équipe", "{n} équipes"))
    }

    /// No desk is set up.
    #[must_use]
    pub const fn no_desk(self) -> &'static str {
        self.pick(
            "No desk is set up yet, so nobody is pinged: /desk set does it.",
            "Aucune équipe n'est encore en place, personne n'est donc notifié : /desk set s'en charge.",
        )
    }

    /// Name of the setting: channel.
    #[must_use]
    pub const fn channel_setting(self) -> &'static str {
        self.pick("Channel", "Salon")
    }

    /// Name of the setting: role.
    #[must_use]
    pub const fn role_setting(self) -> &'static str {
        self.pick("Role", "Rôle")
    }

    /// Name of the setting: opening hours.
    #[must_use]
    pub const fn hours_setting(self) -> &'static str {
        self.pick("Hours", "Horaires")
    }

    /// Always open.
    #[must_use]
    pub const fn always_open(self) -> &'static str {
        self.pick("always open", "toujours ouvert")
    }

    /// Name of the setting: holidays.
    #[must_use]
    pub const fn holidays_setting(self) -> &'static str {
        self.pick("Holidays", "Jours fériés")
    }

    /// Name of the setting: target for the first response.
    #[must_use]
    pub const fn first_response_setting(self) -> &'static str {
        self.pick("Target for the first response", "Objectif de première réponse")
    }

    /// Name of the setting: target for the resolution.
    #[must_use]
    pub const fn resolution_setting(self) -> &'static str {
        self.pick("Target for the resolution", "Objectif de résolution")
    }

    /// Name of the setting: when an unclaimed request pings again.
    #[must_use]
    pub const fn remind_after_setting(self) -> &'static str {
        self.pick("Ping again when unclaimed", "Nouvelle notification si personne ne s'en charge")
    }

    /// Name of the setting: when a claimed request goes back to the desk.
    #[must_use]
    pub const fn return_after_setting(self) -> &'static str {
        self.pick(
            "Back to the desk when claimed but silent",
            "Retour à l'équipe si prise en charge sans réponse",
        )
    }

    /// Name of the setting: above how many pings an hour they are bundled.
    #[must_use]
    pub const fn max_pings_setting(self) -> &'static str {
        self.pick("Pings an hour, then bundled", "Notifications par heure, groupées au-delà")
    }

    /// Name of the setting: no public tag.
    #[must_use]
    pub const fn discreet_setting(self) -> &'static str {
        self.pick("Discreet (no public tag)", "Discret (aucune marque publique)")
    }

    /// Name of the setting: who is told when a target is about to be missed.
    #[must_use]
    pub const fn escalate_setting(self) -> &'static str {
        self.pick("Told when a target is about to be missed", "Prévenu quand un objectif va être manqué")
    }

    /// Name of the setting: guidelines.
    #[must_use]
    pub const fn guidelines_setting(self) -> &'static str {
        self.pick("Guidelines", "Consignes")
    }

    /// A setting that has no value.
    #[must_use]
    pub const fn unset(self) -> &'static str {
        self.pick("none", "aucun")
    }

    /// Yes or no.
    #[must_use]
    pub const fn yes_or_no(self, yes: bool) -> &'static str {
        if yes { self.pick("yes", "oui") } else { self.pick("no", "non") }
    }
}
