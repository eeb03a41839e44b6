//! The words on a card.

use super::Words;
use crate::domain::action::{Action, More};
use crate::domain::label::Route;
use crate::domain::time::Span;
use crate::domain::verdict::{Stage, Verdict};

impl Words {
    /// What is written on a button; `None` for the re-route, which is a select.
    #[must_use]
    pub const fn button(self, action: Action) -> Option<&'static str> {
        match action {
            Action::Claim => Some(self.pick("Claim", "Je m'en charge")),
            Action::Answered => Some(self.pick("Answered", "J'ai répondu")),
            Action::Resolve => Some(self.pick("Resolve", "Résolue")),
            Action::Dismiss => Some(self.pick("Not a request", "Pas une demande")),
            Action::Draft => Some(self.pick("Draft an answer", "Proposer une réponse")),
            Action::Reroute | Action::More => None,
        }
    }

    /// What the re-route select says before something is chosen.
    #[must_use]
    pub const fn reroute_placeholder(self) -> &'static str {
        self.pick("Send to another desk…", "Envoyer à une autre équipe…")
    }

    /// What the select of what is chosen less often says before something is chosen.
    #[must_use]
    pub const fn more_placeholder(self) -> &'static str {
        self.pick("More…", "Autres actions…")
    }

    /// A choice of it.
    #[must_use]
    pub const fn more(self, more: More) -> &'static str {
        match more {
            More::Snooze { minutes: 30 } => {
                self.pick("Remind us in 30 minutes", "Nous le rappeler dans 30 minutes")
            }
            More::Snooze { minutes: 120 } => {
                self.pick("Remind us in 2 hours", "Nous le rappeler dans 2 heures")
            }
            More::Snooze { .. } => self.pick("Remind us tomorrow", "Nous le rappeler demain"),
            More::SnoozeToOpening => {
                self.pick("Remind us when the desk opens", "Nous le rappeler à l'ouverture")
            }
            More::Urgent => self.pick(
                "Urgent: ping the desk now (PR)",
                "Urgent : prévenir l'équipe maintenant (communication)",
            ),
            More::NotAnswered => {
                self.pick("This was no answer: open again", "Ce n'était pas une réponse : rouvrir")
            }
        }
    }

    /// The words with which a role is pinged.
    #[must_use]
    pub fn ping(self, route: Route) -> String {
        format!(
            "{} {} · {}",
            Self::emoji(route),
            self.route(route),
            self.pick("new request", "nouvelle demande")
        )
    }

    /// Instead of a text that was deleted or whose time ran out.
    #[must_use]
    pub const fn text_is_gone(self) -> &'static str {
        self.pick("(the text was erased)", "(le texte a été effacé)")
    }

    /// What the link to the message is called.
    #[must_use]
    pub const fn go_to_message(self) -> &'static str {
        self.pick("Go to the message", "Voir le message")
    }

    /// Who asks.
    #[must_use]
    pub const fn author(self) -> &'static str {
        self.pick("Member", "Membre")
    }

    /// When it was asked.
    #[must_use]
    pub const fn asked(self) -> &'static str {
        self.pick("Asked", "Posée")
    }

    /// How sure the judge was.
    #[must_use]
    pub const fn confidence(self) -> &'static str {
        self.pick("Confidence", "Confiance")
    }

    /// The words and cues that decided.
    #[must_use]
    pub const fn why(self) -> &'static str {
        self.pick("Why this desk", "Pourquoi cette équipe")
    }

    /// The second desk that it concerns.
    #[must_use]
    pub const fn also(self) -> &'static str {
        self.pick("Also concerns", "Concerne aussi")
    }

    /// Who has topics that the message touches.
    #[must_use]
    pub const fn might_know(self) -> &'static str {
        self.pick("Might know", "Pourrait savoir")
    }

    /// The member's earlier requests.
    #[must_use]
    pub const fn history(self) -> &'static str {
        self.pick("History", "Historique")
    }

    /// Who holds it.
    #[must_use]
    pub const fn claimed_by(self) -> &'static str {
        self.pick("Claimed by", "Prise en charge par")
    }

    /// Who answered.
    #[must_use]
    pub const fn answered_by(self) -> &'static str {
        self.pick("Answered by", "Réponse de")
    }

    /// Who resolved it.
    #[must_use]
    pub const fn resolved_by(self) -> &'static str {
        self.pick("Resolved by", "Résolue par")
    }

    /// Who dismissed it.
    #[must_use]
    pub const fn dismissed_by(self) -> &'static str {
        self.pick("Dismissed by", "Écartée par")
    }

    /// The member deleted all of it before anybody answered.
    #[must_use]
    pub const fn withdrawn(self) -> &'static str {
        self.pick("Withdrawn: the member deleted the message", "Retirée : le membre a supprimé son message")
    }

    /// The member has not asked anything before.
    #[must_use]
    pub const fn first_request(self) -> &'static str {
        self.pick("First request of this member", "Première demande de ce membre")
    }

    /// How often the member asked before.
    #[must_use]
    pub fn earlier_requests(self, count: u64) -> String {
        match (self.language, count) {
            (super::Language::En, 1) => "1 earlier request".to_owned(),
            (super::Language::En, n) => format!("{n} earlier requests"),
            (super::Language::Fr, 1) => "1 demande précédente".to_owned(),
            (super::Language::Fr, n) => format!("{n} demandes précédentes"),
        }
    }

    /// `after 12 min`.
    #[must_use]
    pub fn after(self, span: Span) -> String {
        format!("{} {}", self.pick("after", "en"), self.duration(span))
    }

    /// The line that stays where a card was.
    #[must_use]
    pub fn went_to(self, to: Route) -> String {
        format!("➜ {} {} {}", self.pick("Went to", "Envoyée à"), Self::emoji(to), self.route(to))
    }

    /// The line that stays where a card was when the same desk got a new one.
    #[must_use]
    pub const fn replaced_by_newer_card(self) -> &'static str {
        self.pick(
            "➜ The member came back: see the newer card below",
            "➜ Le membre est revenu : voir la nouvelle fiche plus bas",
        )
    }

    /// The line that stays where a card was when the desk reads elsewhere.
    #[must_use]
    pub const fn moved_along(self) -> &'static str {
        self.pick(
            "➜ This desk reads in another channel now: the card is there",
            "➜ Cette équipe lit désormais un autre salon : la fiche s’y trouve",
        )
    }

    /// How sure the judge was and which stage decided: `86 % · model`.
    #[must_use]
    pub fn judged(self, verdict: &Verdict) -> String {
        let stage = self.stage(verdict.stage);
        match verdict.stage {
            Stage::Rule | Stage::Given => stage.to_owned(),
            Stage::Model | Stage::Llm => {
                let unsure = if verdict.unsure { self.pick(" · unsure", " · incertain") } else { "" };
                // Why there was no second reading is part of how sure it is.
                let second = verdict.second.as_ref().and_then(|second| second.no_answer);
                let second = second.map_or_else(String::new, |why| {
                    let reader = self.pick("no second reading", "pas de seconde lecture");
                    format!(" · {reader} ({})", self.no_reading(why))
                });
                // Nobody is ever wholly sure, and a rounded "100 %" would say so.
                let percent = (verdict.confidence * 100.0).min(99.0);
                format!("{percent:.0} % · {stage}{unsure}{second}")
            }
        }
    }

    /// The stage that decided.
    #[must_use]
    pub const fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Rule => self.pick("a rule", "une règle"),
            Stage::Model => self.pick("local model", "modèle local"),
            Stage::Llm => self.pick("second reader", "second lecteur"),
            Stage::Given => self.pick("a person", "une personne"),
        }
    }
}
