//! `/judge`, `/audit`, `/rule test`, and drafts of answers.

use std::collections::BTreeMap;

use super::{Words, fill, percent};
use crate::domain::card::Piece;
use crate::domain::ids::ChannelId;
use crate::domain::label::{Label, Route};
use crate::domain::lesson::Source;
use crate::domain::settings::Language;
use crate::domain::time::civil;
use crate::domain::verdict::NoReading;

impl Words {
    /// The headline of `/judge`.
    #[must_use]
    pub const fn judge_title(self) -> &'static str {
        self.pick("How right Vigie is, by what your people said", "La justesse de Vigie, d'après vos équipes")
    }

    /// What was learnt this week, and from what.
    #[must_use]
    pub fn learnt_this_week(self, sources: &BTreeMap<Source, usize>) -> String {
        let all: usize = sources.values().sum();
        if all == 0 {
            return self.pick("Nothing learnt this week yet.", "Rien d'appris cette semaine.").to_owned();
        }
        let parts: Vec<String> =
            sources.iter().map(|(source, count)| format!("{count} {}", self.source(*source))).collect();
        match self.language {
            Language::En => format!("Learnt this week from {all} decisions: {}.", parts.join(", ")),
            Language::Fr => format!("Appris cette semaine de {all} décisions : {}.", parts.join(", ")),
        }
    }

    const fn source(self, source: Source) -> &'static str {
        match source {
            Source::Reroute => self.pick("sent to another desk", "envoyées à une autre équipe"),
            Source::Dismiss => self.pick("not a request", "pas une demande"),
            Source::Send => self.pick("sent to a desk", "envoyées à une équipe"),
            Source::Review => self.pick("from the review list", "depuis la liste à regarder"),
            Source::Audit => self.pick("from the audit", "depuis l'audit"),
            Source::Confirm => self.pick("claimed and answered", "prises en charge et répondues"),
        }
    }

    /// How often the judge was right before it was told.
    #[must_use]
    pub fn accuracy_before_learning(self, labels: usize, own: f64, shared: f64) -> String {
        let (own, shared) = (percent(own), percent(shared));
        match self.language {
            Language::En => format!(
                "Of {labels} messages that people labelled, each judged before it was learnt: right {own} here, {shared} without what was learnt."
            ),
            Language::Fr => format!(
                "Sur {labels} messages étiquetés par vos équipes, jugés chacun avant d'être appris : {own} de justes ici, {shared} sans ce qui a été appris."
            ),
        }
    }

    /// How far what was learnt is trusted.
    #[must_use]
    pub fn trusted(self, share: f64) -> String {
        let share = percent(share);
        match self.language {
            Language::En => {
                format!("What was learnt counts {share}: as far as it has done better than the shared model.")
            }
            Language::Fr => {
                format!(
                    "Ce qui a été appris compte à {share} : autant qu'il a fait mieux que le modèle commun."
                )
            }
        }
    }

    /// A desk's precision and recall.
    #[must_use]
    pub fn hits(self, route: Route, precision: Option<f64>, recall: Option<f64>) -> String {
        let say = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
        let (precision, recall) = (say(precision), say(recall));
        let desk = self.desk(route);
        match self.language {
            Language::En => format!("{desk} · pings that were right {precision} · of its own found {recall}"),
            Language::Fr => {
                format!("{desk} · alertes justes {precision} · trouvé parmi les siennes {recall}")
            }
        }
    }

    /// Needless pings of the press office, which is asked by a bound of its own.
    #[must_use]
    pub fn needless_press(self, needless: usize, of: usize) -> String {
        match self.language {
            Language::En => {
                format!(
                    "… needless pings of the press office, accepted so that none is missed: {needless} of {of}"
                )
            }
            Language::Fr => {
                format!(
                    "… alertes inutiles à la communication, admises pour n'en manquer aucune : {needless} sur {of}"
                )
            }
        }
    }

    /// What became of the messages of a week.
    #[must_use]
    pub fn zones(self, ping: u64, review: u64, quiet: u64) -> String {
        match self.language {
            Language::En => {
                format!(
                    "Since last Monday week: {ping} pinged · {review} listed for review · {quiet} left alone"
                )
            }
            Language::Fr => {
                format!(
                    "Depuis lundi de la semaine passée : {ping} alertes · {review} à regarder · {quiet} laissés"
                )
            }
        }
    }

    /// How often the language model was asked.
    #[must_use]
    pub fn second_readings(self, asked: u64, unanswered: u64) -> String {
        match self.language {
            Language::En => {
                format!("Second reader, 7 days: asked {asked} times, {unanswered} without an answer")
            }
            Language::Fr => {
                format!("Second lecteur, 7 jours : consulté {asked} fois, {unanswered} sans réponse")
            }
        }
    }

    /// What the figures of `/judge` are.
    #[must_use]
    pub const fn judge_definitions(self) -> &'static str {
        self.pick(
            "Counted from what people did: sent on, dismissed, chose in a list, claimed and answered. The last word about a message counts. Twelve weeks.",
            "D'après ce que font vos équipes : envoyer ailleurs, écarter, choisir dans une liste, prendre en charge et répondre. Le dernier mot compte. Douze semaines.",
        )
    }

    /// The chart's headline.
    #[must_use]
    pub const fn judge_chart_title(self) -> &'static str {
        self.pick(
            "Right pings and requests found, by week",
            "Alertes justes et demandes trouvées, par semaine",
        )
    }

    /// A desk's precision, in the chart's legend.
    #[must_use]
    pub fn precision_of(self, route: Route) -> String {
        format!("{} · {}", self.route(route), self.pick("right", "justes"))
    }

    /// A desk's recall, in the chart's legend.
    #[must_use]
    pub fn recall_of(self, route: Route) -> String {
        format!("{} · {}", self.route(route), self.pick("found", "trouvées"))
    }

    /// A day as a chart's axis has room for it.
    #[must_use]
    pub fn short_day(self, day: civil::Date) -> String {
        match self.language {
            Language::En => day.strftime("%-d %b").to_string(),
            Language::Fr => day.strftime("%d/%m").to_string(),
        }
    }

    /// What the chart shows, for those who cannot see it: precision and recall of the three desks.
    #[must_use]
    pub fn judge_chart_alt(self, desks: [(Option<f64>, Option<f64>); 3], weeks: usize) -> String {
        let say = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
        let desks = Route::ALL.into_iter().zip(desks).map(|(route, (precision, recall))| {
            let (precision, recall) = (say(precision), say(recall));
            match self.language {
                Language::En => format!("{}: {precision} of pings right, {recall} found", self.route(route)),
                Language::Fr => {
                    format!(
                        "{} : {precision} d'alertes justes, {recall} de demandes trouvées",
                        self.route(route)
                    )
                }
            }
        });
        let desks = desks.collect::<Vec<_>>().join("; ");
        match self.language {
            Language::En => format!("Lines over {weeks} weeks. Together: {desks}."),
            Language::Fr => format!("Courbes sur {weeks} semaines. Ensemble : {desks}."),
        }
    }

    /// The button that takes back what was learnt.
    #[must_use]
    pub const fn undo_learning(self) -> &'static str {
        self.pick("Undo this week's learning", "Annuler l'apprentissage de la semaine")
    }

    /// Is it meant?
    #[must_use]
    pub fn undo_is_meant(self, monday: civil::Date) -> String {
        match self.language {
            Language::En => format!(
                "All that was learnt since Monday {monday} will be forgotten, and its labels count in no figure. The requests themselves stay. Sure?"
            ),
            Language::Fr => format!(
                "Tout ce qui a été appris depuis le lundi {monday} sera oublié, et ces étiquettes ne compteront plus. Les demandes restent. Confirmez-vous ?"
            ),
        }
    }

    /// It was taken back.
    #[must_use]
    pub fn learning_undone(self, lessons: u64) -> String {
        match self.language {
            Language::En => {
                format!("Done: {lessons} lessons taken back. Vigie judges as it did the week before.")
            }
            Language::Fr => {
                format!("C'est fait : {lessons} leçons oubliées. Vigie juge comme la semaine d'avant.")
            }
        }
    }

    /// What an audit says of its week: drawn, judged, requests among them; the recall with its interval.
    #[must_use]
    pub fn audit_says(
        self,
        monday: civil::Date,
        (drawn, judged, requests): (usize, usize, usize),
        recall: Option<(f64, (f64, f64))>,
    ) -> String {
        let said = match self.language {
            Language::En => format!(
                "Audit of the week of {monday}: {judged} of {drawn} ignored messages judged, {requests} needed an answer."
            ),
            Language::Fr => format!(
                "Audit de la semaine du {monday} : {judged} messages ignorés sur {drawn} jugés, {requests} demandaient une réponse."
            ),
        };
        let Some((share, (low, high))) = recall else { return said };
        let (share, low, high) = (percent(share), percent(low), percent(high));
        let found = match self.language {
            Language::En => format!(
                "So Vigie found {share} of that week's requests; nineteen times in twenty the truth lies between {low} and {high}."
            ),
            Language::Fr => format!(
                "Vigie a donc trouvé {share} des demandes de la semaine ; dix-neuf fois sur vingt, la vérité est entre {low} et {high}."
            ),
        };
        format!("{said} {found}")
    }

    /// No audit has been drawn yet.
    #[must_use]
    pub const fn no_audit_yet(self) -> &'static str {
        self.pick(
            "No audit yet: each Monday at 9:00 Vigie draws twenty of last week's messages for which nobody was pinged.",
            "Pas encore d'audit : chaque lundi à 9 h, Vigie tire vingt messages de la semaine passée pour lesquels personne n'a été prévenu.",
        )
    }

    /// Which message of how many.
    #[must_use]
    pub fn audit_title(self, number: usize, of: usize) -> String {
        match self.language {
            Language::En => format!("Weekly audit · {number} of {of}"),
            Language::Fr => format!("Audit de la semaine · {number} sur {of}"),
        }
    }

    /// What is asked of each message.
    #[must_use]
    pub const fn audit_question(self) -> &'static str {
        self.pick(
            "Nobody was pinged for it. Who should have answered?",
            "Personne n'a été prévenu. Qui aurait dû répondre ?",
        )
    }

    /// The button that goes on without an answer.
    #[must_use]
    pub const fn audit_skip(self) -> &'static str {
        self.pick("Skip", "Passer")
    }

    /// The end of the audit.
    #[must_use]
    pub fn audit_is_done(self, left: usize) -> String {
        if left == 0 {
            return self.pick("Thank you: that was all of it.", "Merci : c'est terminé.").to_owned();
        }
        match self.language {
            Language::En => format!("Thank you. {left} were skipped or could not be read."),
            Language::Fr => format!("Merci. {left} passés ou illisibles."),
        }
    }

    /// The button that begins again with what was skipped.
    #[must_use]
    pub const fn audit_again(self) -> &'static str {
        self.pick("Look at the skipped ones", "Revoir les messages passés")
    }

    /// Somebody without the coordinator's role wanted to audit.
    #[must_use]
    pub const fn auditors_only(self) -> &'static str {
        self.pick(
            "The audit is for the coordinator's role and for administrators.",
            "L'audit est réservé au rôle de coordination et aux administrateurs.",
        )
    }

    /// The headline of `/rule test`.
    #[must_use]
    pub fn rule_test(self, label: Label, looked_at: usize, matches: usize, changed: usize) -> String {
        let label = self.label(label);
        match self.language {
            Language::En => format!(
                "→ {label}: this rule matches {matches} of the last {looked_at} messages and changes what becomes of {changed}"
            ),
            Language::Fr => format!(
                "→ {label} : cette règle s'applique à {matches} des {looked_at} derniers messages et change le sort de {changed}"
            ),
        }
    }

    /// What is decided about a message today, and what would be.
    #[must_use]
    pub fn was_and_would_be(self, before: Label, after: Label) -> String {
        if before == after {
            return format!("{} {}", self.pick("stays", "reste"), self.label(before));
        }
        format!("{} → {}", self.label(before), self.label(after))
    }

    /// Nothing was saved, and nothing is kept.
    #[must_use]
    pub const fn rule_test_keeps_nothing(self) -> &'static str {
        self.pick(
            "Only tried: nothing was saved. /rule add saves it. The messages were read for this answer alone.",
            "Simple essai : rien n'est enregistré. /rule add l'enregistre. Les messages n'ont été lus que pour cette réponse.",
        )
    }

    /// A channel that could not be read for a test.
    #[must_use]
    pub fn could_not_be_read(self, channel: &ChannelId) -> Vec<Piece> {
        let text = self.pick("{} could not be read.", "{} n'a pas pu être lu.");
        fill(text, [Piece::Channel(channel.clone())])
    }

    /// The headline over a draft.
    #[must_use]
    pub const fn draft_title(self) -> &'static str {
        self.pick(
            "A draft, for your eyes only: check every fact, then answer yourself",
            "Un brouillon, pour vous seul : vérifiez chaque fait, puis répondez vous-même",
        )
    }

    /// Somebody else than the claimer wanted a draft.
    #[must_use]
    pub const fn draft_is_for_the_claimer(self) -> &'static str {
        self.pick(
            "Claim the request first: the draft is for who answers.",
            "Prenez d'abord la demande en charge : le brouillon est pour qui répond.",
        )
    }

    /// No language model is there to draft.
    #[must_use]
    pub const fn no_reader(self) -> &'static str {
        self.pick(
            "No language model is set up for this community (VIGIE_LLM_URL, second_readings_per_day).",
            "Aucun modèle de langue n'est configuré pour cette communauté (VIGIE_LLM_URL, second_readings_per_day).",
        )
    }

    /// The language model gave no draft.
    #[must_use]
    pub fn no_draft(self, why: NoReading) -> String {
        format!("{}{}.", self.pick("There is no draft: ", "Pas de brouillon : "), self.no_reading(why))
    }

    /// Why there is no second reading or no draft.
    #[must_use]
    pub const fn no_reading(self, why: NoReading) -> &'static str {
        match why {
            NoReading::Budget => self.pick("the day's budget is used up", "le budget du jour est épuisé"),
            NoReading::Resting => {
                self.pick("left alone for a while after failures", "laissé en repos après des échecs")
            }
            NoReading::TooSlow => self.pick("no answer in time", "pas de réponse à temps"),
            NoReading::Down => self.pick("it cannot be reached", "il est injoignable"),
            NoReading::Unusable => self.pick("its answer made no sense", "sa réponse n'avait pas de sens"),
        }
    }
}
