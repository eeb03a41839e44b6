//! What is erased, through the whole bot on a SQLite file: looked for in every column, and in the bytes of its files.

use std::path::PathBuf;

use tempfile::TempDir;
use vigie::commands::{Command, Tone};
use vigie::domain::action::Action;
use vigie::domain::ids::UserId;
use vigie::domain::judgement::Zone;
use vigie::domain::label::{Label, Route};
use vigie::domain::message::IncomingMessage;
use vigie::domain::request::Status;
use vigie::domain::settings::{Expert, Settings};
use vigie::domain::time::{Span, Timestamp};
use vigie::stats::export::{Export, Format, Wanted};
use vigie::stats::{self, Figures, Question};
use vigie::store;

use crate::journey_review::halves;
use crate::support::message::{Draft, answer, message};
use crate::support::remains::{in_files, in_tables};
use crate::support::unsure::{unsure, zone};
use crate::support::vigie::{Vigie, community, settings};

const DAY: Span = Span::minutes(24 * 60);
const YEAR: Span = Span::minutes(366 * 24 * 60);

/// Words that stand nowhere else: what she asks, and who she is.
const QUESTION: &str = "My parcel zyxwvu-4417 never arrived, can somebody check my order please?";
const WORDS: [&str; 2] = ["zyxwvu", "parcel"];
const MEMBER: &str = "member-qponml-9921";
const COLLEAGUE: &str = "karim-ihgfed";
const OTHER: &str = "ines-ihgfed";

struct Scene {
    vigie: Vigie,
    file: PathBuf,
    _folder: TempDir,
}

impl Scene {
    async fn open(settings: Settings) -> Self {
        let folder = TempDir::new().expect("a folder of our own");
        let file = folder.path().join("vigie.db");
        let store = store::connect(&format!("sqlite://{}", file.display())).await.expect("made");
        let scene = Self { vigie: Vigie::with(settings, store).await, file, _folder: folder };
        scene.look_through().await;
        scene
    }

    /// The retention does what there is to do now, and the outbox after it.
    async fn look_through(&self) {
        let retention = &self.vigie.core.retention;
        while retention.step(self.vigie.now()).await.expect("the store works")
            == vigie::triage::Progress::Worked
        {}
        self.vigie.settle().await;
    }

    async fn after(&self, span: Span) {
        self.vigie.after(span).await;
        self.look_through().await;
    }

    /// Where one of these is left: in the tables, and in the files once what was erased has been cleared out.
    async fn remains(&self, needles: &[&str]) -> (Vec<String>, Vec<PathBuf>) {
        let tables = in_tables(&self.file, needles).await;
        self.vigie.core.store.scrub().await.expect("the store works");
        (tables, in_files(&self.file, needles))
    }

    async fn assert_gone(&self, needles: &[&str]) {
        assert_eq!(self.remains(needles).await, (Vec::<String>::new(), Vec::new()), "{needles:?}");
    }

    async fn figures(&self) -> Vec<Figures> {
        let now = self.vigie.now();
        let ago =
            |span: Span| Timestamp::from_millisecond(now.as_millisecond() - span.as_milliseconds()).ok();
        let mut figures = Vec::new();
        for from in [None, ago(DAY), ago(Span::minutes(7 * 24 * 60)), ago(Span::minutes(30 * 24 * 60))] {
            let question = Question { from, ..Question::default() };
            let store = self.vigie.core.store.as_ref();
            figures.push(stats::answer(store, &settings(), &question, now).await.expect("the store reads"));
        }
        figures
    }

    /// The export without the columns that name people.
    async fn exported(&self) -> Vec<serde_json::Value> {
        let wanted = Wanted { format: Format::Jsonl, ..Wanted::default() };
        let mut export = Export::new(self.vigie.core.store.as_ref(), &settings(), wanted, None);
        let mut lines = Vec::new();
        while let Some(chunk) = export.next().await.expect("the store reads") {
            let text = String::from_utf8(chunk.bytes).expect("text");
            lines.extend(text.lines().map(|line| serde_json::from_str(line).expect("an object")));
        }
        lines.iter_mut().for_each(without_people);
        lines
    }
}

fn without_people(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            for name in ["author", "claimed_by", "first_response_by", "by", "from", "to", "answered_by"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(without_people);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_people),
        _ => {}
    }
}

/// The same figures, whoever gave the answers: each person counts for as much as before.
fn nameless(mut figures: Vec<Figures>) -> Vec<Figures> {
    for tally in figures
        .iter_mut()
        .flat_map(|f| std::iter::once(&mut f.total).chain(f.by_route.iter_mut().map(|r| &mut r.1)))
    {
        tally.answered_by.iter_mut().for_each(|(person, _)| *person = UserId::from("somebody"));
    }
    figures
}

fn question() -> Draft {
    message(MEMBER, QUESTION)
}

/// She asks, is claimed, answered and resolved; the request goes to another desk on its way.
async fn handled(scene: &Scene) -> IncomingMessage {
    let vigie = &scene.vigie;
    let asked = vigie.receives(question()).await;
    let request = vigie.requests().await.pop().expect("it is a request");
    assert!(!request.verdict.why.is_empty(), "the judge said why");
    vigie.press(COLLEAGUE, Action::Reroute, &request, Some(Route::ProductExpert)).await;
    vigie.press(COLLEAGUE, Action::Claim, &request, None).await;
    vigie.after(Span::minutes(12)).await;
    vigie.receives(answer(COLLEAGUE, "It is on its way.").replying_to(&asked)).await;
    vigie.press(COLLEAGUE, Action::Resolve, &request, None).await;
    asked
}

#[tokio::test]
async fn what_is_no_request_is_never_stored_past_judging() {
    let scene = Scene::open(settings()).await;
    scene.vigie.receives(message("tom", "haha zyxwvu nice picture").labelled(Label::None)).await;
    scene.vigie.receives(message("tom", "zyxwvu what a match yesterday")).await;
    scene.vigie.receives(answer(COLLEAGUE, "zyxwvu indeed")).await;
    scene.assert_gone(&["zyxwvu", "match"]).await;
}

#[tokio::test]
async fn what_is_looked_at_again_is_read_from_the_platform_and_kept_nowhere() {
    let scene = Scene::open(settings()).await;
    let vigie = &scene.vigie;
    let [listed, tapped] = unsure(2)[..] else { panic!("two were asked for") };
    let quiet = "haha what a sunny picture";
    let texts = [listed, tapped, quiet];
    assert_eq!(zone(quiet), Zone::Quiet, "the model has changed: another text is quiet");
    vigie.receives(message("tom", quiet)).await;
    vigie.receives(message("bo", listed)).await;
    let tap = vigie.receives(message("cy", tapped)).await;
    assert_eq!(vigie.listed(), [listed, tapped]);
    vigie.taps(COLLEAGUE, &tap, Label::None).await;
    let rule = Command::RuleTest { label: Label::Pr, pattern: "sunny".to_owned(), channel: None };
    assert!(format!("{:?}", vigie.asks(rule).await.lines).contains(quiet));

    vigie.after(Span::minutes(8 * 24 * 60)).await;
    let mut audited = Vec::new();
    let mut page = vigie.asks(Command::Audit { after: None }).await;
    while let Some(button) = page.buttons.iter().find(|button| button.custom_id.contains(":none:")) {
        audited.push(format!("{:?}", page.lines));
        let message = button.custom_id.rsplit(':').next().expect("its last part").into();
        page = vigie.asks(Command::AuditSay { message, label: Label::None }).await;
    }
    assert!(audited.iter().any(|page| page.contains(quiet)), "{audited:?}");
    let learnt = vigie.core.store.versions(&community()).await.expect("the store reads");
    assert!(learnt.is_some_and(|versions| versions.learnt > 0), "something was learnt");
    scene.assert_gone(&texts).await;
}

#[tokio::test]
async fn what_is_deleted_where_nobody_watches_any_more_is_erased_too() {
    let scene = Scene::open(settings()).await;
    let asked = scene.vigie.receives(question()).await;
    let channel = asked.channel.clone();
    scene.vigie.asks(Command::WatchRemove { channel }).await;
    scene.vigie.deleted(&asked).await;
    scene.assert_gone(&WORDS).await;
}

#[tokio::test]
async fn what_is_deleted_on_the_platform_is_erased_here() {
    let scene = Scene::open(settings()).await;
    let asked = scene.vigie.receives(question()).await;
    let (tables, _) = scene.remains(&WORDS).await;
    assert_eq!(tables, ["requests.verdict", "request_messages.text"], "the test finds what is there");
    let further = scene.vigie.receives(message(MEMBER, "the zyxwvu is blue by the way")).await;
    scene.vigie.deleted(&asked).await;
    scene.assert_gone(&["zyxwvu-4417", "parcel", "never arrived"]).await;
    scene.vigie.deleted(&further).await;
    scene.assert_gone(&WORDS).await;
    assert!(!scene.vigie.platform.transcript().contains("zyxwvu"));
    // Told in the wrong order, a change does not bring it back.
    scene.vigie.edited(&asked, QUESTION).await;
    scene.assert_gone(&WORDS).await;
}

#[tokio::test]
async fn what_was_changed_leaves_nothing_of_what_it_said() {
    let scene = Scene::open(settings()).await;
    let asked = scene.vigie.receives(question()).await;
    scene.vigie.edited(&asked, "My luggage never arrived, can somebody check my order please?").await;
    scene.assert_gone(&WORDS).await;
}

#[tokio::test]
async fn texts_are_erased_when_they_were_kept_for_long_enough() {
    let mut settings = settings();
    settings.community.retention_days = 30;
    let scene = Scene::open(settings).await;
    let asked = handled(&scene).await;
    let request = scene.vigie.request().await;
    scene.after(Span::minutes(29 * 24 * 60)).await;
    assert_eq!(scene.vigie.request().await, request);
    assert!(scene.vigie.platform.transcript().contains("zyxwvu"));
    let due = scene.vigie.core.retention.next_due(scene.vigie.now()).await.expect("the store reads");
    let expires = asked.at.as_millisecond() + Span::minutes(30 * 24 * 60).as_milliseconds();
    assert!(due.is_some_and(|due| due.as_millisecond() <= expires + 1), "{due:?}");

    let (figures, log) = (scene.figures().await, scene.vigie.log(&request).await);
    scene.vigie.after(DAY).await;
    let (all, exported) = (scene.figures().await.swap_remove(0), scene.exported().await);
    assert_eq!(all, figures[0]);
    scene.look_through().await;
    scene.assert_gone(&WORDS).await;
    assert_eq!(scene.figures().await[0], all);
    assert_eq!(scene.exported().await, exported);
    assert_eq!(scene.vigie.log(&request).await, log);
    let erased = scene.vigie.request().await;
    assert_eq!((&erased.author_name, erased.state.status()), (&request.author_name, Status::Resolved));
    let cards = scene.vigie.platform.transcript();
    assert!(cards.contains("(the text was erased)") && !cards.contains("zyxwvu"), "{cards}");
    let step = scene.vigie.core.retention.step(scene.vigie.now()).await.expect("the store works");
    assert_eq!(step, vigie::triage::Progress::Idle, "there is nothing to do until tomorrow");
}

#[tokio::test]
async fn a_year_of_old_cards_never_stands_in_the_way_of_new_ones() {
    let scene = Scene::open(settings()).await;
    for n in 0..20 {
        let text = format!("My parcel {n} never arrived, can somebody check my order please?");
        scene.vigie.receives(message(&format!("member{n}"), &text).labelled(Label::CustomerService)).await;
    }
    let erased = || scene.vigie.platform.transcript().matches("(the text was erased)").count();
    scene.after(YEAR).await;
    scene.assert_gone(&["parcel"]).await;
    assert_eq!(erased(), 8, "texts are gone at once, cards follow");
    scene.after(Span::seconds(10)).await;
    assert_eq!(erased(), 16);
    scene.after(Span::seconds(10)).await;
    assert_eq!(erased(), 20);
}

#[tokio::test]
async fn a_forgotten_member_is_nowhere_and_the_figures_are_as_they_were() {
    let mut settings = settings();
    settings.experts.push(Expert { user: MEMBER.into(), topics: vec!["parcels".to_owned()] });
    let scene = Scene::open(settings).await;
    let vigie = &scene.vigie;
    let asked = handled(&scene).await;
    vigie.receives(message("tom", "look here").mentioning(MEMBER).replying_to(&asked)).await;
    vigie.receives(message(MEMBER, "haha zyxwvu nice").labelled(Label::None)).await;
    let open = vigie.receives(message(MEMBER, QUESTION).in_thread("t1").labelled(Label::Pr)).await;
    vigie.after(DAY).await;
    // Asked twice, so that the first day is packed.
    scene.figures().await;
    let (figures, exported) = (scene.figures().await, scene.exported().await);
    let (tables, _) = scene.remains(&[MEMBER]).await;
    for table in
        ["communities.settings", "requests.author", "inbox.author", "inbox.mentions", "judgements.author"]
    {
        assert!(tables.iter().any(|found| found == table), "{table} was to name her: {tables:?}");
    }

    let refused = vigie.asks_as("tom", Command::EraseMine { member: MEMBER.into(), is_meant: true }).await;
    assert_eq!(refused.tone, Tone::Refused);
    let told = vigie.asks_as("chef", Command::Forget { member: MEMBER.into(), is_meant: true }).await;
    assert_eq!(
        (told.tone, told.title.as_str()),
        (Tone::Done, "Done: 2 requests without a name now, 2 texts erased.")
    );
    scene.look_through().await;

    scene.assert_gone(&[MEMBER, "zyxwvu", "parcel"]).await;
    assert_eq!(scene.figures().await, figures);
    assert_eq!(scene.exported().await, exported);
    let cards = vigie.platform.transcript();
    assert!(!cards.contains(MEMBER) && !cards.contains("zyxwvu"), "{cards}");
    let waiting = vigie.requests().await.into_iter().find(|request| request.opener().id == open.id);
    assert_eq!(waiting.map(|request| request.state.status()), Some(Status::Open), "the desk has it still");

    // Neither what is said again nor what is changed brings her back.
    assert!(!vigie.hears_again(&vigie::store::Incoming::Posted(asked.clone())).await);
    vigie.edited(&open, &format!("{QUESTION} Please!")).await;
    scene.assert_gone(&[MEMBER, "zyxwvu"]).await;
    assert_eq!(vigie.requests().await.len(), 2);
}

#[tokio::test]
async fn a_forgotten_colleague_keeps_the_count_and_loses_the_name() {
    let scene = Scene::open(settings()).await;
    handled(&scene).await;
    scene.vigie.after(DAY).await;
    let asked = scene.vigie.receives(question()).await;
    scene.vigie.receives(answer(OTHER, "We are looking.").replying_to(&asked)).await;
    scene.figures().await;
    let (figures, exported) = (scene.figures().await, scene.exported().await);
    for colleague in [COLLEAGUE, OTHER] {
        let command = Command::Forget { member: colleague.into(), is_meant: true };
        scene.vigie.asks_as("chef", command).await;
    }
    scene.look_through().await;
    scene.assert_gone(&[COLLEAGUE, OTHER]).await;
    let after = scene.figures().await;
    assert_eq!(after[0].total.answered_by.len(), 2);
    assert_eq!(nameless(after), nameless(figures));
    assert_eq!(scene.exported().await, exported);
    let told = scene.vigie.asks(Command::Stats {
        period: vigie::commands::Period::All,
        route: None,
        channel: None,
        share: false,
    });
    let told = format!("{:?}", told.await.lines);
    assert!(!told.contains("erased-"), "no marker is shown to people: {told}");
}

#[tokio::test]
async fn the_figures_of_a_day_that_has_changed_since_name_no_forgotten_colleague() {
    let scene = Scene::open(settings()).await;
    let vigie = &scene.vigie;
    let asked = vigie.receives(question()).await;
    vigie.receives(answer(COLLEAGUE, "We are looking.").replying_to(&asked)).await;
    let (request, at) = (vigie.request().await, vigie.now());
    vigie.after(DAY).await;
    vigie.receives(message("tom", QUESTION).labelled(Label::Pr)).await;
    scene.figures().await;
    // It was somebody else who answered: the day is not what was packed, and its old bytes are still there.
    let written = (&"m9".into(), at, &OTHER.into());
    vigie.core.triage.this_answers(&community(), &request.id, written, &"chef".into()).await.expect("stored");
    let (tables, _) = scene.remains(&[COLLEAGUE]).await;
    assert!(tables.contains(&"days.pack".to_owned()), "{tables:?}");
    vigie.asks_as("chef", Command::Forget { member: COLLEAGUE.into(), is_meant: true }).await;
    scene.look_through().await;
    scene.assert_gone(&[COLLEAGUE]).await;
    assert_eq!(scene.figures().await[0].total.answered_by, [(OTHER.into(), 1)]);
}

#[tokio::test]
async fn half_sentences_of_somebody_who_was_forgotten_meanwhile_stay_forgotten() {
    let scene = Scene::open(settings()).await;
    let [first, second] = halves();
    scene.vigie.receives(message(MEMBER, first)).await;
    // Another process does it (`vigie forget`): this one is not told.
    let store = &scene.vigie.core.store;
    let marker = vigie::clock::Ids::erased();
    store.forget(&community(), &MEMBER.into(), &marker, scene.vigie.now()).await.expect("forgotten");
    scene.vigie.receives(message(MEMBER, second)).await;
    scene.assert_gone(&[first]).await;
}

#[tokio::test]
async fn members_see_what_is_held_of_them_in_either_language() {
    for (language, held, button) in [
        ("en", "1 request of yours, with the text of 1 messages", "Erase my data"),
        ("fr", "1 demande, avec le texte de 1 messages", "Effacer mes données"),
    ] {
        let mut settings = settings();
        settings.community.language = serde_json::from_value(language.into()).expect("a language");
        let scene = Scene::open(settings).await;
        scene.vigie.receives(question()).await;
        let reply = scene.vigie.asks_as(MEMBER, Command::Privacy).await;
        let told = format!("{:?}", reply.lines);
        assert!(told.contains(held) && told.contains("365"), "{told}");
        assert!(!told.contains("zyxwvu"), "{told}");
        assert_eq!(reply.buttons[0].label, button);
        assert_eq!(reply.buttons[0].custom_id, format!("vigie:privacy:ask:{MEMBER}"));
        let sure =
            scene.vigie.asks_as(MEMBER, Command::EraseMine { member: MEMBER.into(), is_meant: false }).await;
        assert_eq!(sure.buttons[0].custom_id, format!("vigie:privacy:erase:{MEMBER}"));
        assert!(scene.vigie.request().await.messages[0].text.is_some(), "asked first whether it is meant");
        scene.vigie.asks_as(MEMBER, Command::EraseMine { member: MEMBER.into(), is_meant: true }).await;
        scene.assert_gone(&[MEMBER, "zyxwvu"]).await;
        let reply = scene.vigie.asks_as(MEMBER, Command::Privacy).await;
        assert!(!format!("{:?}", reply.lines).contains(held));
    }
}
