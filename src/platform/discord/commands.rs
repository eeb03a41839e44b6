//! The commands as Discord is told of them: names, options, choices, in English and in French.
//!
//! They are written as the JSON that Discord documents and not with serenity's builders, which give permissions as text
//! where the published description has a number. [`read`](read::read) is the other half: what Discord sends when
//! somebody runs one.

pub mod read;
mod shape;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::domain::label::Label;
use shape::{
    BOOLEAN, Both, INTEGER, ROLE, USER, a_role, a_user, administrator, between, channel, choice, completed,
    employee, everybody, labels, longest, menu, option, required, route, sub, text,
};

/// The context menu entry that sends a message to a desk.
pub const SEND: &str = "Send to a desk";
/// The context menu entry that tells why a message went to its desk.
pub const WHY: &str = "Why this desk?";
/// The context menu entry with which an employee says what a message of theirs answers.
pub const ANSWERS: &str = "This answers…";

/// Discord's types of channels that people write in: text, announcements, forum.
pub const WATCHABLE: [u8; 3] = [0, 5, 15];
/// The one type that a desk's cards are posted in: text.
pub const FOR_A_DESK: [u8; 1] = [0];

/// The periods of `/stats`, by the words of CONTRACT.md.
pub(super) const PERIODS: [(&str, Both); 5] = [
    ("today", ("Today", "Aujourd'hui")),
    ("7d", ("The last 7 days", "Les 7 derniers jours")),
    ("30d", ("The last 30 days", "Les 30 derniers jours")),
    ("month", ("This month", "Ce mois-ci")),
    ("all", ("All", "Tout")),
];
const TAGS: [(&str, Both); 3] = [
    ("reaction", ("A reaction", "Une réaction")),
    ("forum_tag", ("A tag on the forum post", "Une étiquette sur le sujet du forum")),
    ("none", ("Not at all", "Aucune")),
];
const ACKNOWLEDGE: [(&str, Both); 3] = [
    ("never", ("Never", "Jamais")),
    ("off_hours", ("While the desk is closed", "Quand l'équipe est fermée")),
    ("always", ("For each request", "À chaque demande")),
];
const FORMATS: [(&str, Both); 2] = [
    ("csv", ("A table (CSV)", "Un tableau (CSV)")),
    ("jsonl", ("JSON lines, with the log", "Des lignes JSON, avec le journal")),
];
const LANGUAGES: [(&str, Both); 2] = [("en", ("English", "Anglais")), ("fr", ("French", "Français"))];

/// Everything that Vigie can be asked for on Discord, as the body of the call that registers it.
#[must_use]
pub fn definitions() -> Vec<Value> {
    let mut all = administrators();
    all.extend(employees());
    all.push(everybody(
        ("privacy", "confidentialité"),
        ("What Vigie holds of you, and its erasure", "Ce que Vigie garde de vous, et son effacement"),
        &[],
    ));
    all.extend([
        menu((SEND, "Envoyer à une équipe")),
        menu((WHY, "Pourquoi cette équipe ?")),
        menu((ANSWERS, "Ceci répond à…")),
    ]);
    all
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn administrators() -> Vec<Value> {
    let list = |about| sub(("list", "lister"), about, &[]);
    vec![
        administrator(
            ("setup", "configurer"),
            ("Set Vigie up, step by step", "Configurer Vigie pas à pas"),
            &[],
        ),
        administrator(
            ("watch", "surveiller"),
            ("The watched channels", "Les salons surveillés"),
            &[
                sub(
                    ("add", "ajouter"),
                    ("Watch a channel", "Surveiller un salon"),
                    &[
                        required(channel(("channel", "salon"), ("The channel", "Le salon"), &WATCHABLE)),
                        choice(
                            ("tag", "étiquette"),
                            ("How requests are tagged", "Comment marquer les demandes"),
                            &TAGS,
                        ),
                        choice(
                            ("acknowledge", "accusé"),
                            (
                                "When members are told when to expect an answer",
                                "Quand annoncer le délai de réponse au membre",
                            ),
                            &ACKNOWLEDGE,
                        ),
                    ],
                ),
                sub(
                    ("remove", "retirer"),
                    ("Stop watching a channel", "Ne plus surveiller un salon"),
                    &[required(channel(("channel", "salon"), ("The channel", "Le salon"), &WATCHABLE))],
                ),
                sub(
                    ("limits", "limites"),
                    (
                        "How far back is read after a time away",
                        "Jusqu'où relire les salons après une absence",
                    ),
                    &[
                        text(("age", "ancienneté"), ("Like 3d, at most 30d", "Comme 3d, au plus 30d")),
                        between(
                            (100, 100_000),
                            option(
                                INTEGER,
                                ("messages", "messages"),
                                ("Messages of a channel, at most", "Messages d'un salon, au plus"),
                            ),
                        ),
                    ],
                ),
                list(("What is watched", "Ce qui est surveillé")),
            ],
        ),
        desk(),
        administrator(
            ("rule", "règle"),
            ("Rules tried before the model", "Les règles appliquées avant le modèle"),
            &[
                sub(("add", "ajouter"), ("Add a rule", "Ajouter une règle"), &rule_options()),
                sub(
                    ("remove", "retirer"),
                    ("Remove a rule", "Retirer une règle"),
                    &[required(completed(option(
                        INTEGER,
                        ("number", "numéro"),
                        ("Its number in /rule list", "Son numéro dans /règle lister"),
                    )))],
                ),
                sub(
                    ("test", "tester"),
                    ("Try a rule on recent messages", "Essayer une règle sur les derniers messages"),
                    &rule_options(),
                ),
                list(("The rules in their order", "Les règles dans l'ordre")),
            ],
        ),
        administrator(
            ("staff", "personnel"),
            ("Roles of employees", "Les rôles des employés"),
            &[
                sub(
                    ("add", "ajouter"),
                    ("Holders are employees", "Ses membres sont des employés"),
                    &[required(a_role())],
                ),
                sub(
                    ("remove", "retirer"),
                    ("Holders are members again", "Ses membres n'en sont plus"),
                    &[required(a_role())],
                ),
                list(("The staff roles", "Les rôles du personnel")),
            ],
        ),
        administrator(
            ("expert", "expert"),
            ("Who knows about what", "Qui s'y connaît en quoi"),
            &[
                sub(
                    ("set", "définir"),
                    ("Set somebody's topics", "Définir les sujets d'une personne"),
                    &[
                        required(a_user()),
                        required(longest(
                            1000,
                            text(
                                ("topics", "sujets"),
                                ("Topics, separated by commas", "Les sujets, séparés par des virgules"),
                            ),
                        )),
                    ],
                ),
                sub(
                    ("remove", "retirer"),
                    ("Forget somebody's topics", "Oublier les sujets d'une personne"),
                    &[required(a_user())],
                ),
                list(("The experts", "Les experts")),
            ],
        ),
        administrator(
            ("judge", "juge"),
            ("How right Vigie is, and what it has learnt", "La justesse de Vigie, et ce qu'elle a appris"),
            &[],
        ),
        administrator(
            ("audit", "audit"),
            (
                "Twenty messages nobody was pinged for: was one missed?",
                "Vingt messages sans alerte : en a-t-on manqué un ?",
            ),
            &[],
        ),
        administrator(
            ("digest", "bilan"),
            ("The weekly digest", "Le bilan de la semaine"),
            &[
                sub(
                    ("show", "afficher"),
                    ("How last week went", "Comment s'est passée la semaine dernière"),
                    &[],
                ),
                sub(
                    ("set", "définir"),
                    ("Where it is posted, and whom it pings", "Où il est publié, et qui il prévient"),
                    &[
                        channel(
                            ("channel", "salon"),
                            ("Where the coordinator reads", "Où lit la coordination"),
                            &FOR_A_DESK,
                        ),
                        option(
                            ROLE,
                            ("role", "rôle"),
                            (
                                "Told of digests, audits and escalations",
                                "Prévenu des bilans, audits et escalades",
                            ),
                        ),
                    ],
                ),
            ],
        ),
        administrator(
            ("language", "langue"),
            ("What Vigie speaks, and its time zone", "La langue de Vigie et son fuseau horaire"),
            &[
                choice(("language", "langue"), ("What Vigie speaks", "La langue de Vigie"), &LANGUAGES),
                completed(text(
                    ("timezone", "fuseau"),
                    (
                        "Where its days begin, like Europe/Paris",
                        "Où commencent ses jours, par exemple Europe/Paris",
                    ),
                )),
            ],
        ),
        administrator(
            ("forget", "oublier"),
            ("Erase what is stored of a member", "Effacer ce qui est gardé d'un membre"),
            &[required(option(USER, ("member", "membre"), ("Who is forgotten", "Qui est oublié")))],
        ),
        administrator(
            ("export", "exporter"),
            (
                "Requests as a file, by the day they were opened",
                "Les demandes en fichier, par jour d'ouverture",
            ),
            &[
                longest(
                    10,
                    text(
                        ("from", "début"),
                        ("The first day, like 2026-03-01", "Le premier jour, par exemple 2026-03-01"),
                    ),
                ),
                longest(
                    10,
                    text(
                        ("to", "fin"),
                        ("The last day, like 2026-03-31", "Le dernier jour, par exemple 2026-03-31"),
                    ),
                ),
                choice(("format", "format"), ("How they are written down", "Sous quelle forme"), &FORMATS),
                option(
                    BOOLEAN,
                    ("texts", "textes"),
                    ("With what members wrote", "Avec ce que les membres ont écrit"),
                ),
            ],
        ),
    ]
}

/// What a rule is made of.
fn rule_options() -> [Value; 3] {
    [
        required(labels(
            ("route", "équipe"),
            ("Who answers a match", "Qui répond quand elle s'applique"),
            &Label::ALL,
        )),
        required(longest(
            1000,
            text(("pattern", "motif"), ("A regular expression", "Une expression régulière")),
        )),
        channel(("channel", "salon"), ("Only in this channel", "Seulement dans ce salon"), &WATCHABLE),
    ]
}

fn desk() -> Value {
    let span = |name, about| text(name, about);
    administrator(
        ("desk", "équipe"),
        ("The desks that answer", "Les équipes qui répondent"),
        &[
            sub(
                ("set", "définir"),
                ("Set a desk up or change it", "Mettre en place ou modifier une équipe"),
                &[
                    required(route(("Which desk", "Quelle équipe"))),
                    channel(
                        ("channel", "salon"),
                        ("Where its cards appear", "Où ses fiches apparaissent"),
                        &FOR_A_DESK,
                    ),
                    option(ROLE, ("role", "rôle"), ("The role to ping", "Le rôle à prévenir")),
                    text(
                        ("hours", "horaires"),
                        (
                            "Like mon-fri 09:00-18:00, sat 10:00-13:00; or always",
                            "Comme mon-fri 09:00-18:00, sat 10:00-13:00 ; ou always",
                        ),
                    ),
                    text(
                        ("holidays", "fériés"),
                        ("Like 2026-12-25, 2027-01-01; or none", "Comme 2026-12-25, 2027-01-01 ; ou none"),
                    ),
                    span(
                        ("first_response", "première_réponse"),
                        (
                            "Target for the first response, like 30m; or none",
                            "Délai visé pour la première réponse, comme 30m ; ou none",
                        ),
                    ),
                    span(
                        ("resolution", "résolution"),
                        (
                            "Target for the resolution, like 8h; or none",
                            "Délai visé pour la résolution, comme 8h ; ou none",
                        ),
                    ),
                    span(
                        ("remind_after", "rappel_après"),
                        (
                            "Unclaimed for so long: ping again; or none",
                            "Sans prise en charge : rappeler après, comme 15m ; ou none",
                        ),
                    ),
                    span(
                        ("return_after", "retour_après"),
                        (
                            "Claimed but silent for so long: back to the desk; or none",
                            "Prise en charge sans suite : rendre à l'équipe après ; ou none",
                        ),
                    ),
                    between(
                        (1, 10000),
                        option(
                            INTEGER,
                            ("max_pings_per_hour", "alertes_par_heure"),
                            ("Above it, pings are bundled", "Au-delà, les alertes sont regroupées"),
                        ),
                    ),
                    option(
                        BOOLEAN,
                        ("discreet", "discret"),
                        (
                            "No public tag on the member's message",
                            "Aucune marque publique sur le message du membre",
                        ),
                    ),
                    option(
                        ROLE,
                        ("escalate_to", "escalade"),
                        (
                            "Told when a target is about to be missed",
                            "Prévenu quand un délai risque d'être dépassé",
                        ),
                    ),
                    longest(
                        1000,
                        text(
                            ("guidelines", "consignes"),
                            ("What whoever answers should keep to", "Ce que doit suivre qui répond"),
                        ),
                    ),
                ],
            ),
            sub(
                ("remove", "retirer"),
                ("Remove a desk", "Retirer une équipe"),
                &[required(route(("Which desk", "Quelle équipe")))],
            ),
            sub(("list", "lister"), ("The desks", "Les équipes"), &[]),
        ],
    )
}

fn employees() -> Vec<Value> {
    let request = || {
        required(completed(text(
            ("request", "demande"),
            ("Its id, or the link of its message", "Son numéro, ou le lien de son message"),
        )))
    };
    let only = ("Only this desk's", "Seulement cette équipe");
    vec![
        employee(
            ("queue", "file"),
            ("What waits, the most urgent first", "Ce qui attend, le plus urgent d'abord"),
            &[route(only)],
        ),
        employee(
            ("stats", "stats"),
            ("Figures: how many, how fast", "Les chiffres : combien, en combien de temps"),
            &[
                choice(("period", "période"), ("Of which time", "Sur quelle période"), &PERIODS),
                route(only),
                channel(("channel", "salon"), ("Only this channel's", "Seulement ce salon"), &WATCHABLE),
                option(BOOLEAN, ("share", "partager"), ("For everybody to see", "Visible par tout le monde")),
            ],
        ),
        employee(("request", "demande"), ("All about one request", "Tout sur une demande"), &[request()]),
        employee(
            ("history", "historique"),
            ("A member's requests", "Les demandes d'un membre"),
            &[required(option(USER, ("member", "membre"), ("Whose", "De qui")))],
        ),
        employee(
            ("handover", "relais"),
            ("Offer open claims to a colleague", "Proposer ses prises en charge à un collègue"),
            &[
                required(option(
                    USER,
                    ("to", "à"),
                    ("The colleague who takes over", "Le collègue qui prend le relais"),
                )),
                option(
                    USER,
                    ("from", "de"),
                    ("Whose claims; yours when left out", "De qui ; les vôtres sinon"),
                ),
            ],
        ),
        employee(("why", "pourquoi"), ("Why this desk", "Pourquoi cette équipe"), &[request()]),
    ]
}
