//! The second reader in the road of a message: asked about what the local model is unsure of, and about nothing else.

use std::sync::Arc;

use vigie::classify::Judge;
use vigie::classify::learn::Adaptation;
use vigie::classify::model::{Model, Prior};
use vigie::classify::second::{self, Question, SecondReader};
use vigie::commands::{Command, RequestRef};
use vigie::domain::action::Action;
use vigie::domain::judgement::Zone;
use vigie::domain::label::{Label, Route};
use vigie::domain::settings::Language;
use vigie::domain::time::{Span, Timestamp};
use vigie::domain::verdict::{NoReading, Stage};
use vigie::triage::Drafted;

use crate::support::message::{answer, message};
use crate::support::reader::{Always, Answers, Reader};
use crate::support::shared;
use crate::support::store;
use crate::support::vigie::{Vigie, community, settings};

/// A message of which the judge is unsure whatever it learnt, because it is in a language that it does not know, and for
/// which it would ping nobody.
fn unsure() -> &'static str {
    let foreign = [
        "Wo ist meine Bestellung? Ich warte seit zwei Wochen und niemand antwortet",
        "¿dónde está mi pedido? llevo dos semanas esperando y no responden",
        "il mio ordine non è arrivato, dove posso chiedere il rimborso per favore",
        "das ist aber schön geworden, ich habe auch eins und bin sehr zufrieden damit",
        "gracias a todos por la ayuda, son muy amables y el grupo es muy bueno",
        "где мой заказ?",
    ];
    let judge = Judge::new(&settings(), Adaptation::default());
    let is_quiet = |text: &&str| judge.text(text).zone != Zone::Ping;
    foreign.into_iter().find(is_quiet).expect("at least one of them pings nobody")
}

async fn with(reader: &Arc<Reader>) -> Vigie {
    let store = store::empty().await;
    Vigie::with_reader(settings(), store, Some(Arc::clone(reader) as Arc<dyn SecondReader>)).await
}

#[tokio::test]
async fn what_is_unsure_is_read_twice_and_the_reader_decides() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::CustomerService))));
    let vigie = with(&reader).await;
    vigie.receives(message("ana", unsure())).await;
    let request = vigie.request().await;
    assert_eq!((request.route, request.verdict.stage), (Route::CustomerService, Stage::Llm));
    let second = request.verdict.second.expect("it was read twice");
    assert_eq!(
        (second.model.as_str(), second.prompt.as_str(), second.no_answer),
        ("reader-7b", "classify-test", None)
    );
    assert_eq!(request.verdict.why[0], "read twice");
    assert_eq!(reader.asked(), [unsure()]);
    let why = vigie.asks(Command::Why { request: RequestRef::Id(request.id.to_string()) }).await;
    assert!(format!("{why:?}").contains("reader-7b"), "{why:?}");
}

#[tokio::test]
async fn what_is_sure_is_not_given_away() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::None))));
    let vigie = with(&reader).await;
    vigie.receives(message("ana", "I was charged twice this month, please check my account")).await;
    vigie.receives(message("tom", "my parcel is lost").labelled(Label::CustomerService)).await;
    assert_eq!(reader.asked(), [""; 0]);
    assert_eq!(vigie.requests().await.len(), 2);
}

#[tokio::test]
async fn without_an_answer_the_local_verdict_stands_and_says_why() {
    for why in [NoReading::Down, NoReading::TooSlow, NoReading::Resting, NoReading::Unusable] {
        let reader = Arc::new(Reader::new(Always(Err(why))));
        let with_reader = with(&reader).await;
        let without = Vigie::new().await;
        for vigie in [&with_reader, &without] {
            vigie.receives(message("ana", unsure())).await;
        }
        let (marked, plain) = (with_reader.judged("m1").await, without.judged("m1").await);
        assert_eq!(marked.verdict.second.as_ref().and_then(|second| second.no_answer), Some(why));
        assert_eq!((marked.zone, marked.shares, marked.route), (plain.zone, plain.shares, plain.route));
        let readings = with_reader.core.store.readings(&community(), "2026-01-01").await.expect("reads");
        assert_eq!((readings.asked, readings.unanswered), (1, 1));
    }
}

#[tokio::test]
async fn a_reading_under_way_holds_up_its_own_channel_and_no_other() {
    let reader = Arc::new(Reader::held(Always(Ok(Label::ProductExpert))));
    let mut settings = settings();
    let mut second = settings.watches[0].clone();
    second.channel = "lounge".into();
    settings.watches.push(second);
    let store = store::empty().await;
    let vigie = Vigie::with_reader(settings, store, Some(Arc::clone(&reader) as _)).await;
    let asked = vigie.hears(message("ana", unsure())).await;
    vigie.hears(answer("karim", "Here it is.").replying_to(&asked)).await;
    vigie
        .hears(message("tom", "my parcel is lost").labelled(Label::CustomerService).in_channel("lounge"))
        .await;
    vigie.core.triage.step(vigie.now()).await.expect("the store works");
    let requests = vigie.requests().await;
    assert_eq!(requests.len(), 1, "only the other channel's message is digested");
    assert_eq!(requests[0].channel.as_str(), "lounge");

    reader.answers_one();
    vigie.settle().await;
    let requests = vigie.requests().await;
    let read = requests.iter().find(|request| request.channel.as_str() == "support").expect("read by now");
    assert!(read.first_response.is_some(), "the answer behind it was heard after it");
}

#[tokio::test]
async fn a_message_that_has_waited_long_is_not_given_away_any_more() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::Pr))));
    let vigie = with(&reader).await;
    vigie.hears(message("ana", unsure())).await;
    vigie.after(Span::seconds(30)).await;
    assert_eq!(reader.asked(), [""; 0]);
    let judged = vigie.judged("m1").await;
    assert_eq!(judged.verdict.second.and_then(|second| second.no_answer), Some(NoReading::TooSlow));
}

#[tokio::test]
async fn the_days_budget_is_kept_and_the_next_day_has_its_own() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::None))));
    let mut settings = settings();
    settings.community.second_readings_per_day = 2;
    let store = store::empty().await;
    let vigie = Vigie::with_reader(settings, store, Some(Arc::clone(&reader) as _)).await;
    for author in ["ana", "tom", "zoe"] {
        vigie.receives(message(author, unsure())).await;
    }
    assert_eq!(reader.asked().len(), 2);
    let judged = vigie.judged("m3").await;
    assert_eq!(judged.verdict.second.and_then(|second| second.no_answer), Some(NoReading::Budget));
    vigie.after(Span::minutes(24 * 60)).await;
    vigie.receives(message("zoe", unsure())).await;
    assert_eq!(reader.asked().len(), 3);
}

#[tokio::test]
async fn a_community_can_keep_its_messages_to_itself() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::Pr))));
    let mut settings = settings();
    settings.community.second_readings_per_day = 0;
    let store = store::empty().await;
    let vigie = Vigie::with_reader(settings, store, Some(Arc::clone(&reader) as _)).await;
    vigie.receives(message("ana", unsure())).await;
    assert_eq!(reader.asked(), [""; 0]);
    assert_eq!(vigie.judged("m1").await.verdict.second, None);
}

#[tokio::test]
async fn only_the_claimer_is_given_a_draft_and_nothing_is_posted() {
    let reader = Arc::new(Reader::new(Always(Ok(Label::None))));
    let mut settings = settings();
    settings.desks[0].guidelines = Some("Say you.".to_owned());
    let store = store::empty().await;
    let vigie = Vigie::with_reader(settings, store, Some(Arc::clone(&reader) as _)).await;
    vigie.receives(message("ana", "my parcel is lost").labelled(Label::CustomerService)).await;
    let request = vigie.request().await;
    let draft = |by: &'static str| {
        let (triage, id, now) = (&vigie.core.triage, request.id.clone(), vigie.now());
        async move { triage.draft(&community(), &id, &by.into(), now).await.expect("the store reads") }
    };
    assert_eq!(draft("karim").await, Drafted::NotYours);
    let offers_draft = |vigie: &Vigie| {
        let posts = vigie.platform.posts();
        posts[0].card.buttons.iter().any(|button| button.action == Action::Draft)
    };
    assert!(!offers_draft(&vigie));
    vigie.press("karim", Action::Claim, &request, None).await;
    assert!(offers_draft(&vigie));
    let Drafted::Text(text) = draft("karim").await else { panic!("karim has claimed it") };
    assert!(text.contains("my parcel is lost") && text.contains("Say you."), "{text}");
    assert_eq!(draft("solene").await, Drafted::NotYours);
    assert_eq!((reader.drafts(), vigie.platform.posts().len()), (1, 1));
}

/// One that is always right about these texts.
#[derive(Debug)]
struct Right(Vec<(String, Label)>);

impl Answers for Right {
    fn answer(&mut self, text: &str) -> Result<Label, NoReading> {
        self.0.iter().find(|(known, _)| known == text).map(|(_, label)| *label).ok_or(NoReading::Unusable)
    }
}

/// What a reader that is always right adds, on real messages: the accuracy of those that are sure, and everything that is
/// unsure.
#[tokio::test]
async fn a_reader_that_is_always_right_adds_what_the_arithmetic_says() {
    let Some(labelled) = shared::labelled() else { return };
    let prior = Prior::default();
    let local: Vec<_> = labelled.iter().map(|(text, _)| Model::shipped().judge(text, &prior)).collect();
    let right = |place: usize| local[place].label == labelled[place].1;
    let unsure = local.iter().filter(|verdict| verdict.unsure).count();
    let sure_and_right = (0..local.len()).filter(|place| !local[*place].unsure && right(*place)).count();

    let reader = Reader::new(Right(labelled.clone()));
    let judge = Judge::new(&settings(), Adaptation::default());
    let mut correct = 0;
    for (text, label) in &labelled {
        let question = Question { brand: "Air Azur".to_owned(), language: Language::En, text: text.clone() };
        let judgement = second::judge(&judge, Some(&reader), &question, Timestamp::UNIX_EPOCH).await;
        correct += usize::from(judgement.verdict.label == *label);
    }
    assert_eq!(reader.asked().len(), unsure, "the reader was asked about what is unsure, and nothing else");
    assert!(unsure * 2 <= labelled.len(), "{unsure} of {} would be given away", labelled.len());
    assert_eq!(correct, sure_and_right + unsure);
}
