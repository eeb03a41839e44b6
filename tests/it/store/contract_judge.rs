//! What is promised of what the store keeps for the judge.

use vigie::domain::ids::CommunityId;
use vigie::domain::judgement::{Judged, JudgedState, Judgement, Zone};
use vigie::domain::label::{Label, Route};
use vigie::domain::lesson::{Lesson, Source, Week};
use vigie::domain::notice::Notice;
use vigie::domain::request::{Change, Step};
use vigie::domain::settings::{Platform, Settings};
use vigie::domain::time::Timestamp;
use vigie::domain::verdict::{Lang, Verdict};
use vigie::store::judge::{Draw, Readings, Settled, Taught, ZoneCounts};
use vigie::store::{Decided, Store, StoreError};

use super::Database;
use super::contract::{asked, at, community, opened};

const ALWAYS: Timestamp = Timestamp::UNIX_EPOCH;

/// A message that opened no request.
fn judged(community: &CommunityId, id: &str, seconds: i64, zone: Zone, route: Route) -> Judged {
    let shares = [0.3, 0.1, 0.05, 0.55];
    let judgement = Judgement {
        verdict: Verdict::given(Label::None, "test", Lang::En),
        shares,
        zone,
        route,
        earlier: Vec::new(),
    };
    Judged::of(&asked(community, id, seconds), judgement)
}

async fn keep(store: &dyn Store, judged: Judged) {
    let community = judged.community.clone();
    let decided = Decided { judged: Some(judged), ..Decided::default() };
    store.apply(&community, &decided, None, at(0)).await.expect("stored");
}

fn became(message: &str, state: JudgedState) -> Settled {
    Settled { message: message.into(), state, label: None, by: None, at: at(60) }
}

fn said(message: &str, label: Label) -> Settled {
    Settled { label: Some(label), by: Some("karim".into()), ..became(message, JudgedState::Settled) }
}

async fn settle(store: &dyn Store, community: &CommunityId, settled: Settled) -> Result<(), StoreError> {
    let decided = Decided { settled: vec![settled], ..Decided::default() };
    store.apply(community, &decided, None, at(60)).await
}

async fn ids_in_review(store: &dyn Store, community: &CommunityId, route: Route) -> Vec<String> {
    let listed = store.in_review(community, route, ALWAYS, 100).await.expect("reads");
    assert_eq!(listed.count, listed.oldest.len());
    listed.oldest.iter().map(|judged| judged.message.to_string()).collect()
}

/// A community that can learn.
pub async fn learner(store: &dyn Store) -> CommunityId {
    let community = community();
    let settings = Settings::new(Platform::Playground, community.clone(), "X");
    store.save_settings(&settings, None, at(0)).await.expect("stored");
    community
}

fn week(monday: &str) -> Week {
    Week::parse(monday).expect("a Monday")
}

fn lesson(message: &str, monday: &str, seconds: i64) -> Lesson {
    Lesson {
        message: message.into(),
        request: None,
        at: at(seconds),
        by: "karim".into(),
        source: Source::Review,
        zone: Zone::Review,
        label: Label::Pr,
        decided: Label::None,
        shared: Some(Label::None),
        own: None,
        week: week(monday),
    }
}

/// Teaches a lesson after which `state` is known; `learnt` is the version from which it was learnt.
fn taught(lesson: Lesson, state: &[u8], learnt: i64) -> Decided {
    Decided { taught: Some(Taught { lesson, state: state.to_vec(), learnt }), ..Decided::default() }
}

async fn version(store: &dyn Store, community: &CommunityId) -> i64 {
    store.versions(community).await.expect("reads").expect("known").learnt
}

async fn known(store: &dyn Store, community: &CommunityId) -> Option<(String, Vec<u8>)> {
    let learnt = store.learnt(community).await.expect("reads");
    learnt.map(|learnt| (learnt.week.to_string(), learnt.state))
}

fn audit_of(period: (Timestamp, Timestamp), size: u32, notice: Option<Notice>) -> Draw {
    Draw { week: week("2026-02-23"), period, size, next: at(700), notice, digest: None }
}

pub async fn a_judged_message_is_given_back_without_its_text(Database { store, .. }: Database) {
    let community = community();
    let mut message = asked(&community, "m1", 5);
    message.thread = Some("t1".into());
    let mut verdict = Verdict::given(Label::None, "parcel", Lang::Fr);
    verdict.unsure = true;
    let judgement = Judgement {
        verdict,
        shares: [0.1, 0.2, 0.3, 0.4],
        zone: Zone::Review,
        route: Route::Pr,
        earlier: vec!["m0".into()],
    };
    let kept = Judged::of(&message, judgement);
    keep(store.as_ref(), kept.clone()).await;
    let found = store.judged(&community, &"m1".into()).await.expect("reads").expect("there");
    assert_eq!((found.judged, found.state, found.label), (kept.clone(), JudgedState::Open, None));
    assert!(kept.judgement.verdict.why.is_empty(), "the member's words are not kept");
    assert_eq!(store.judged(&community, &"m2".into()).await.expect("reads"), None);
}

pub async fn the_review_list_holds_the_oldest_open_ones_of_its_desk(Database { store, .. }: Database) {
    let community = community();
    let here = |id, seconds| judged(&community, id, seconds, Zone::Review, Route::ProductExpert);
    for (id, seconds) in [("m3", 30), ("m1", 10), ("m4", 40), ("m2", 20)] {
        keep(store.as_ref(), here(id, seconds)).await;
    }
    keep(store.as_ref(), judged(&community, "quiet", 1, Zone::Quiet, Route::ProductExpert)).await;
    keep(store.as_ref(), judged(&community, "other", 1, Zone::Review, Route::Pr)).await;
    settle(store.as_ref(), &community, became("m2", JudgedState::Answered)).await.expect("stored");

    let listed = store.in_review(&community, Route::ProductExpert, ALWAYS, 2).await.expect("reads");
    let ids: Vec<_> = listed.oldest.iter().map(|judged| judged.message.as_str()).collect();
    assert_eq!((ids, listed.count), (vec!["m1", "m3"], 3));
    let since = store.in_review(&community, Route::ProductExpert, at(30), 2).await.expect("reads");
    let ids: Vec<_> = since.oldest.iter().map(|judged| judged.message.as_str()).collect();
    assert_eq!((ids, since.count), (vec!["m3", "m4"], 2), "what waits too long leaves the list");
}

pub async fn what_became_of_a_message_is_kept_once_and_a_persons_word_stays(
    Database { store, .. }: Database,
) {
    let community = community();
    for id in ["m1", "m2"] {
        keep(store.as_ref(), judged(&community, id, 0, Zone::Review, Route::Pr)).await;
    }
    let store = store.as_ref();
    let now = async |id: &str| {
        let found = store.judged(&community, &id.into()).await.expect("reads").expect("there");
        (found.state, found.label)
    };
    settle(store, &community, became("m1", JudgedState::Answered)).await.expect("stored");
    settle(store, &community, became("m1", JudgedState::Deleted)).await.expect("too late, and no error");
    assert_eq!(now("m1").await, (JudgedState::Answered, None));
    settle(store, &community, said("m1", Label::Pr)).await.expect("a person knows better");
    assert_eq!(now("m1").await, (JudgedState::Settled, Some(Label::Pr)));
    settle(store, &community, became("m1", JudgedState::Joined)).await.expect("too late, and no error");
    assert_eq!(now("m1").await, (JudgedState::Settled, Some(Label::Pr)));

    // Of two people the first is heard, and nothing of the other's decision is stored.
    settle(store, &community, said("m2", Label::None)).await.expect("the first");
    let second = Decided {
        changes: vec![opened(&asked(&community, "m2", 0), Route::Pr)],
        settled: vec![said("m2", Label::Pr)],
        ..Decided::default()
    };
    let refused = store.apply(&community, &second, None, at(61)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(now("m2").await, (JudgedState::Settled, Some(Label::None)));
    assert_eq!(store.request_of(&community, &"m2".into()).await.expect("reads"), None);
}

pub async fn a_message_judged_anew_is_open_again(Database { store, .. }: Database) {
    let community = community();
    keep(store.as_ref(), judged(&community, "m1", 0, Zone::Review, Route::Pr)).await;
    settle(store.as_ref(), &community, said("m1", Label::None)).await.expect("stored");
    // As after an edit: what it was is settled, what it is now is judged, in one decision.
    let edited = Decided {
        judged: Some(judged(&community, "m1", 0, Zone::Review, Route::ProductExpert)),
        settled: vec![became("m1", JudgedState::Joined)],
        ..Decided::default()
    };
    store.apply(&community, &edited, None, at(70)).await.expect("stored");
    let found = store.judged(&community, &"m1".into()).await.expect("reads").expect("there");
    assert_eq!((found.state, found.label), (JudgedState::Open, None));
    assert!(ids_in_review(store.as_ref(), &community, Route::Pr).await.is_empty());
    assert_eq!(ids_in_review(store.as_ref(), &community, Route::ProductExpert).await, ["m1"]);
}

pub async fn zones_are_counted_without_what_people_opened(Database { store, .. }: Database) {
    let community = community();
    let by_judge = opened(&asked(&community, "m1", 10), Route::Pr);
    let mut by_person = opened(&asked(&community, "m2", 11), Route::Pr);
    by_person.events[0].by = Some("karim".into());
    let late = opened(&asked(&community, "m3", 100), Route::Pr);
    let changes: Vec<Change> = vec![by_judge, by_person, late];
    store.apply(&community, &changes.into(), None, at(100)).await.expect("stored");
    for (id, seconds, zone) in [
        ("r1", 10, Zone::Review),
        ("q1", 10, Zone::Quiet),
        ("q2", 99, Zone::Quiet),
        ("early", 9, Zone::Quiet),
        ("late", 100, Zone::Review),
    ] {
        keep(store.as_ref(), judged(&community, id, seconds, zone, Route::Pr)).await;
    }
    let counts = store.zone_counts(&community, at(10), at(100)).await.expect("reads");
    assert_eq!(counts, ZoneCounts { ping: 1, review: 1, quiet: 2 });
}

pub async fn lessons_are_given_back_in_their_order(Database { store, .. }: Database) {
    let community = learner(store.as_ref()).await;
    let first = lesson("m1", "2026-02-23", 10);
    let second = Lesson {
        request: Some("01REQUEST".into()),
        source: Source::Confirm,
        zone: Zone::Ping,
        own: Some(Label::Pr),
        shared: None,
        ..lesson("m2", "2026-02-23", 20)
    };
    for (lesson, state) in [(&first, b"one"), (&second, b"two")] {
        let learnt = version(store.as_ref(), &community).await;
        store.apply(&community, &taught(lesson.clone(), state, learnt), None, at(20)).await.expect("stored");
    }
    let all = store.lessons(&community, ALWAYS).await.expect("reads");
    assert_eq!(all, [first, second.clone()]);
    assert_eq!(store.lessons(&community, at(20)).await.expect("reads"), [second]);
}

pub async fn of_two_lessons_learnt_from_the_same_knowledge_one_is_taken(Database { store, .. }: Database) {
    let community = learner(store.as_ref()).await;
    let learnt = version(store.as_ref(), &community).await;
    let first = taught(lesson("m1", "2026-02-23", 10), b"one", learnt);
    store.apply(&community, &first, None, at(10)).await.expect("the first");
    let second = Decided {
        changes: vec![opened(&asked(&community, "m2", 0), Route::Pr)],
        judged: Some(judged(&community, "m3", 0, Zone::Quiet, Route::Pr)),
        notices: vec![Notice::ReviewList { route: Route::Pr }],
        ..taught(lesson("m2", "2026-02-23", 11), b"two", learnt)
    };
    let refused = store.apply(&community, &second, None, at(11)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(known(store.as_ref(), &community).await, Some(("2026-02-23".to_owned(), b"one".to_vec())));
    assert_eq!(store.lessons(&community, ALWAYS).await.expect("reads").len(), 1);
    assert_eq!(store.request_of(&community, &"m2".into()).await.expect("reads"), None);
    assert_eq!(store.judged(&community, &"m3".into()).await.expect("reads"), None);
    let due = store.due_notices(at(20), 1000, &Platform::ALL).await.expect("reads");
    assert!(due.iter().all(|notice| notice.community != community));
    assert_eq!(version(store.as_ref(), &community).await, learnt + 1);
}

pub async fn undoing_a_week_gives_back_what_was_known_before(Database { store, .. }: Database) {
    let store = store.as_ref();
    let community = learner(store).await;
    assert_eq!(known(store, &community).await, None);
    for (number, monday) in [(1, "2026-02-16"), (2, "2026-02-23"), (3, "2026-02-23"), (4, "2026-03-02")] {
        let lesson = lesson(&format!("m{number}"), monday, number);
        let learnt = version(store, &community).await;
        let state = [u8::try_from(number).expect("a few")];
        store.apply(&community, &taught(lesson, &state, learnt), None, at(number)).await.expect("stored");
    }
    assert_eq!(known(store, &community).await, Some(("2026-03-02".to_owned(), vec![4])));
    let before = version(store, &community).await;
    assert_eq!(store.undo_learning(&community, week("2026-02-23")).await.expect("undone"), 3);
    assert_eq!(known(store, &community).await, Some(("2026-02-16".to_owned(), vec![1])));
    assert_eq!(store.lessons(&community, ALWAYS).await.expect("reads").len(), 1);
    assert_eq!(store.undo_learning(&community, week("2026-02-23")).await.expect("undone"), 0);
    // What was learnt from the knowledge that was taken back is not taken.
    let stale = taught(lesson("m5", "2026-03-02", 9), b"stale", before);
    assert!(matches!(store.apply(&community, &stale, None, at(9)).await, Err(StoreError::Conflict)));
    assert_eq!(store.undo_learning(&community, week("2026-02-16")).await.expect("undone"), 1);
    assert_eq!(known(store, &community).await, None);
}

pub async fn what_is_rehearsed_are_requests_whose_texts_are_there(Database { store, .. }: Database) {
    let store = store.as_ref();
    let community = learner(store).await;
    let teach = async |lesson: Lesson, change: Option<Change>, seconds: i64| {
        let learnt = version(store, &community).await;
        let changes = change.into_iter().collect();
        let decided = Decided { changes, ..taught(lesson, b"x", learnt) };
        store.apply(&community, &decided, None, at(seconds)).await.expect("stored");
    };
    for number in 1..=3 {
        let change = opened(&asked(&community, &format!("m{number}"), number), Route::Pr);
        let request = Some(change.request.id.clone());
        let lesson = Lesson { request, ..lesson(&format!("m{number}"), "2026-02-23", number) };
        teach(lesson, Some(change), number).await;
    }
    // A lesson without a request has no text, and a deleted text is not rehearsed.
    teach(lesson("m9", "2026-02-23", 9), None, 9).await;
    let first = store.request_of(&community, &"m2".into()).await.expect("reads").expect("there");
    let text = "my parcel is lost".to_owned();
    assert_eq!(store.lesson_texts(&community, 9).await.expect("reads"), vec![(Label::Pr, text.clone()); 3]);
    assert_eq!(store.lesson_texts(&community, 2).await.expect("reads").len(), 2);
    let deleted = first
        .apply(Step::Delete { message: "m2".into() }, at(20), &super::contract::nothing_set())
        .expect("open");
    store.apply(&community, &deleted.into(), None, at(20)).await.expect("stored");
    assert_eq!(store.lesson_texts(&community, 9).await.expect("reads"), vec![(Label::Pr, text); 2]);
    store.undo_learning(&community, week("2026-02-23")).await.expect("undone");
    assert!(store.lesson_texts(&community, 9).await.expect("reads").is_empty());
}

pub async fn an_audit_is_drawn_once_from_what_nobody_looked_at(Database { store, .. }: Database) {
    let store = store.as_ref();
    let community = learner(store).await;
    for number in 0..30 {
        let zone = if number % 2 == 0 { Zone::Quiet } else { Zone::Review };
        keep(store, judged(&community, &format!("m{number}"), number, zone, Route::Pr)).await;
    }
    keep(store, judged(&community, "too-early", -1, Zone::Quiet, Route::Pr)).await;
    keep(store, judged(&community, "too-late", 30, Zone::Quiet, Route::Pr)).await;
    for number in 0..20 {
        settle(store, &community, said(&format!("m{number}"), Label::None)).await.expect("stored");
    }
    settle(store, &community, became("m20", JudgedState::Deleted)).await.expect("stored");

    let due = async |seconds| {
        let due = store.audits_due(at(seconds), 1000).await.expect("reads");
        due.into_iter().find(|(id, _)| id == &community).map(|(_, at)| at)
    };
    assert!(due(100).await.is_some(), "a new community's audit is due at once");
    let draw = async |size: u32| {
        let notice = Some(Notice::InviteToAudit { week: week("2026-02-23") });
        let period = (at(0), at(30));
        let drawn = store.draw_audit(&community, &audit_of(period, size, notice), at(100)).await;
        drawn.expect("drawn")
    };
    assert_eq!(draw(6).await, 6);
    assert_eq!(draw(6).await, 0, "drawn once, however often it is called");
    let audit = store.last_audit(&community).await.expect("reads").expect("drawn");
    assert_eq!((audit.week, audit.drawn.len()), (week("2026-02-23"), 6));
    for drawn in &audit.drawn {
        let number: i64 = drawn.judged.message.as_str()[1..].parse().expect("m and a number");
        assert!((21..30).contains(&number) && drawn.state == JudgedState::Open, "{drawn:?}");
    }
    assert_eq!((due(699).await, due(700).await), (None, Some(at(700))));
    let invited = store.due_notices(at(100), 1000, &Platform::ALL).await.expect("reads");
    let invited = invited.iter().filter(|notice| notice.community == community);
    assert_eq!(invited.count(), 1, "invited once");
    // What is said of a drawn message stands beside it.
    let message = audit.drawn[0].judged.message.to_string();
    settle(store, &community, said(&message, Label::Pr)).await.expect("stored");
    let audit = store.last_audit(&community).await.expect("reads").expect("drawn");
    assert_eq!((audit.drawn.len(), audit.drawn[0].label), (6, Some(Label::Pr)));
}

pub async fn an_audit_of_nothing_invites_nobody(Database { store, .. }: Database) {
    let community = learner(store.as_ref()).await;
    let notice = Some(Notice::InviteToAudit { week: week("2026-02-23") });
    let drawn = store.draw_audit(&community, &audit_of((at(0), at(30)), 20, notice), at(100)).await;
    assert_eq!(drawn.expect("drawn"), 0);
    assert_eq!(store.last_audit(&community).await.expect("reads"), None);
    let due = store.due_notices(at(100), 1000, &Platform::ALL).await.expect("reads");
    assert!(due.iter().all(|notice| notice.community != community));
}

pub async fn second_readings_stop_at_the_days_budget(Database { store, .. }: Database) {
    let (ours, theirs) = (community(), CommunityId::new(format!("{}-other", community())));
    let take = async |who: &CommunityId, day: &str, budget| {
        store.take_reading(who, day, budget).await.expect("counted")
    };
    assert!(!take(&ours, "2026-02-23", 0).await);
    assert!(take(&ours, "2026-02-23", 2).await && take(&ours, "2026-02-23", 2).await);
    assert!(!take(&ours, "2026-02-23", 2).await);
    assert!(take(&ours, "2026-02-24", 2).await, "the next day has a budget of its own");
    assert!(take(&theirs, "2026-02-23", 2).await, "and so has another community");
    store.reading_unanswered(&ours, "2026-02-24").await.expect("counted");
    let since = async |day| store.readings(&ours, day).await.expect("reads");
    assert_eq!(since("2026-02-23").await, Readings { asked: 3, unanswered: 1 });
    assert_eq!(since("2026-02-24").await, Readings { asked: 1, unanswered: 1 });
    assert_eq!(since("2026-02-25").await, Readings::default());
}

/// Something of each kind that is kept for the judge.
pub async fn fill(store: &dyn Store, community: &CommunityId) {
    keep(store, judged(community, "m1", 1, Zone::Review, Route::Pr)).await;
    let change = opened(&asked(community, "m2", 2), Route::Pr);
    let lesson = Lesson { request: Some(change.request.id.clone()), ..lesson("m2", "2026-02-23", 2) };
    let learnt = version(store, community).await;
    let decided = Decided { changes: vec![change], ..taught(lesson, b"x", learnt) };
    store.apply(community, &decided, None, at(2)).await.expect("stored");
    let notice = Some(Notice::InviteToAudit { week: week("2026-02-23") });
    let period = (at(0), at(30));
    store.draw_audit(community, &audit_of(period, 20, notice), at(100)).await.expect("drawn");
    assert!(store.take_reading(community, "2026-02-23", 9).await.expect("counted"));
}

async fn assert_empty(store: &dyn Store, community: &CommunityId) {
    assert_eq!(store.judged(community, &"m1".into()).await.expect("reads"), None);
    assert!(ids_in_review(store, community, Route::Pr).await.is_empty());
    let counts = store.zone_counts(community, ALWAYS, at(1000)).await.expect("reads");
    assert_eq!(counts, ZoneCounts::default());
    assert!(store.lessons(community, ALWAYS).await.expect("reads").is_empty());
    assert!(store.lesson_texts(community, 9).await.expect("reads").is_empty());
    assert_eq!(known(store, community).await, None);
    assert_eq!(store.last_audit(community).await.expect("reads"), None);
    assert_eq!(store.readings(community, "2026-01-01").await.expect("reads"), Readings::default());
}

pub async fn one_community_never_judges_with_anothers(Database { store, .. }: Database) {
    let store = store.as_ref();
    let (ours, theirs) = (learner(store).await, learner(store).await);
    assert_ne!(ours, theirs);
    fill(store, &theirs).await;
    assert_empty(store, &ours).await;
    // What is done here leaves the other one alone, though its messages bear the same ids.
    keep(store, judged(&ours, "m1", 1, Zone::Review, Route::Pr)).await;
    settle(store, &ours, said("m1", Label::None)).await.expect("stored");
    store.undo_learning(&ours, week("2026-02-23")).await.expect("undone");
    assert_eq!(ids_in_review(store, &theirs, Route::Pr).await, ["m1"]);
    assert!(known(store, &theirs).await.is_some());
}

pub async fn an_erased_community_leaves_nothing_of_its_judge(Database { store, .. }: Database) {
    let store = store.as_ref();
    let community = learner(store).await;
    fill(store, &community).await;
    store.erase_community(&community).await.expect("erased");
    assert_empty(store, &community).await;
    // Come back later, it begins anew.
    let settings = Settings::new(Platform::Playground, community.clone(), "X");
    store.save_settings(&settings, None, at(200)).await.expect("stored");
    assert_empty(store, &community).await;
    assert_eq!(version(store, &community).await, 0);
}
