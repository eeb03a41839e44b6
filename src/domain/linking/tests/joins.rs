//! When a member's further message joins the request they have open.

use super::*;

fn joined(message: &IncomingMessage, own: &[Waiting], talk: &[&IncomingMessage]) -> Option<String> {
    joins(message, own, &heard(talk), WINDOW).map(|request| request.to_string())
}

#[test]
fn a_further_message_joins_within_the_window_and_not_after_it() {
    let lea = member("m1", 0, "Where is my refund?");
    let own = [opens(&lea, "Lea")];
    assert_eq!(joined(&member("m1", 300, "order 12345"), &own, &[&lea]).as_deref(), Some("R-m1-0"));
    assert_eq!(joined(&member("m1", 301, "order 12345"), &own, &[&lea]), None);
    assert_eq!(joined(&member("m1", -1, "order 12345"), &own, &[&lea]), None);
    assert_eq!(joined(&member("m2", 10, "order 12345"), &own, &[&lea]), None);
    assert_eq!(joined(&says("m1", Standing::Bot, 10, "order"), &own, &[&lea]), None);
    assert_eq!(joined(&says("m1", Standing::Employee, 10, "order"), &own, &[&lea]), None);
    assert_eq!(joined(&member("m1", 10, "order"), &[], &[&lea]), None);
}

#[test]
fn the_window_counts_from_the_last_message_and_the_latest_request_is_joined() {
    let lea = member("m1", 0, "Where is my refund?");
    let mut own = [opens(&lea, "Lea"), opens(&member("m1", 100, "Is wifi free?"), "Lea")];
    let further = member("m1", 390, "and how fast");
    assert_eq!(joined(&further, &own, &[&lea]).as_deref(), Some("R-m1-100"));
    own[0].messages.push(("m1-200".into(), at(200)));
    assert_eq!(joined(&further, &own, &[&lea]).as_deref(), Some("R-m1-0"));
}

#[test]
fn what_is_for_somebody_else_does_not_join_but_naming_oneself_does_not_matter() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 5, "same here"));
    let own = [opens(&lea, "Lea")];
    let mut aside = member("m1", 10, "how long have you waited?");
    aside.mentions = vec!["m2".into()];
    assert_eq!(joined(&aside, &own, &[&lea, &tom]), None);
    aside.mentions = vec!["m1".into()];
    assert!(joined(&aside, &own, &[&lea, &tom]).is_some());
    aside.reply_to = Some(tom.id.clone());
    assert_eq!(joined(&aside, &own, &[&lea, &tom]), None);
    aside.reply_to = Some("long-ago".into());
    assert_eq!(joined(&aside, &own, &[&lea, &tom]), None);
    aside.reply_to = Some("m1-7".into());
    aside.reply_to_author = Some("m1".into());
    assert!(joined(&aside, &own, &[&lea, &tom]).is_some());
    assert_eq!(joined(&member("m1", 10, "m2: how long?"), &own, &[&lea, &tom]), None);
}

#[test]
fn a_channel_that_has_moved_on_makes_the_next_message_a_new_question() {
    let lea = member("m1", 0, "Where is my refund?");
    let others: Vec<_> = (1..=10).map(|second| member("m2", second, "…")).collect();
    let talk: Vec<_> = std::iter::once(&lea).chain(&others).collect();
    let further = member("m1", 20, "Is wifi free on board?");
    assert!(joined(&further, &[opens(&lea, "Lea")], &talk[..10]).is_some());
    assert_eq!(joined(&further, &[opens(&lea, "Lea")], &talk), None);
}

#[test]
fn a_reply_to_it_or_a_post_in_its_thread_joins_at_any_time() {
    let lea = member("m1", 0, "Where is my refund?");
    let own = [opens(&lea, "Lea")];
    let mut reply = member("m1", 90_000, "still nothing");
    reply.reply_to = Some(lea.id.clone());
    assert!(joined(&reply, &own, &[]).is_some());
    reply.reply_to = None;
    reply.thread = Some(ChannelId::new(lea.id.as_str()));
    assert!(joined(&reply, &own, &[]).is_some());
    let mut elsewhere = member("m1", 10, "hi");
    elsewhere.thread = Some("another".into());
    assert_eq!(joined(&elsewhere, &own, &[&lea]), None);
}
