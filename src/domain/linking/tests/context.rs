//! What only order, time and words speak for, and what must never be linked.

use super::*;

#[test]
fn the_next_message_of_an_employee_answers_in_a_quiet_channel() {
    let lea = member("m1", 0, "Where is my refund?");
    let waiting = [opens(&lea, "Lea")];
    assert_eq!(
        linked(&employee(900, "It left yesterday"), &waiting, &[&lea]),
        only(&waiting[0], LinkKind::Context)
    );
    let bots = ["b1", "b2", "b3"].map(|bot| says(bot, Standing::Bot, 5, "welcome!"));
    let talk: Vec<_> = std::iter::once(&lea).chain(&bots).collect();
    assert_eq!(linked(&employee(900, "Soon"), &waiting, &talk), only(&waiting[0], LinkKind::Context));
    assert_eq!(linked(&employee(900, "anyone know when we close?"), &waiting, &[&lea]), []);
    assert_eq!(linked(&employee(900, "@boss it left"), &waiting, &[&lea]), []);
}

#[test]
fn an_employee_in_talk_with_somebody_else_goes_on_with_them() {
    let mut tom = member("m2", 0, "The app crashes, e1");
    tom.mentions = vec!["e1".into()];
    let lea = member("m1", 5, "Where is my refund?");
    let waiting = [opens(&lea, "Lea")];
    assert_eq!(linked(&employee(30, "which version"), &waiting, &[&tom, &lea]), []);
    assert_eq!(
        linked(&employee(600, "which version"), &waiting, &[&tom, &lea]),
        only(&waiting[0], LinkKind::Context)
    );
    let named = employee(30, "lea: it left yesterday");
    assert_eq!(linked(&named, &waiting, &[&tom, &lea]), only(&waiting[0], LinkKind::Mention));
    let mut asks = employee(2, "which phone?");
    asks.reply_to = Some(tom.id.clone());
    assert_eq!(linked(&employee(30, "and which version"), &waiting, &[&asks, &lea]), []);
}

#[test]
fn who_let_a_request_pass_once_or_sees_it_claimed_must_say_whom_they_answer() {
    let lea = member("m1", 0, "Where is my refund?");
    let mut waiting = [opens(&lea, "Lea")];
    let passed = employee(300, "does anyone know when we close?");
    assert_eq!(linked(&employee(900, "at nine"), &waiting, &[&lea, &passed]), []);
    waiting[0].claimed_by = Some("e2".into());
    assert_eq!(linked(&employee(900, "at nine"), &waiting, &[&lea]), []);
    assert_eq!(linked(&employee(900, "lea: soon"), &waiting, &[&lea]), only(&waiting[0], LinkKind::Mention));
}

#[test]
fn the_more_people_spoke_since_the_less_an_unaddressed_message_answers() {
    let lea = member("m1", 0, "Where is the refund for Lisbon?");
    let others = [member("m2", 10, "me too"), member("m3", 11, "same"), member("m4", 12, "hi")];
    let talk: Vec<_> = std::iter::once(&lea).chain(&others).collect();
    let waiting = [opens(&lea, "Lea")];
    let vague = employee(60, "It left yesterday");
    assert_eq!(linked(&vague, &waiting, &talk[..2]), only(&waiting[0], LinkKind::Context));
    assert_eq!(linked(&vague, &waiting, &talk), []);
    let exact = employee(60, "Every refund for Lisbon flights left yesterday, the next refund on Monday");
    assert_eq!(linked(&exact, &waiting, &talk), only(&waiting[0], LinkKind::Context));
}

#[test]
fn where_employees_name_whom_they_answer_one_without_a_name_answers_nobody() {
    let mut named = employee(-900, "tom: done");
    named.mentions = vec!["m2".into()];
    let lea = member("m1", 0, "Where is my refund?");
    let talk: Vec<_> = std::iter::repeat_n(&named, 9).chain([&lea]).collect();
    assert_eq!(linked(&employee(60, "It left yesterday"), &[opens(&lea, "Lea")], &talk), []);
}

#[test]
fn a_member_who_turned_to_the_employee_is_answered_past_what_others_say() {
    let mut lea = member("m1", 0, "Where is my refund, e1?");
    lea.mentions = vec!["e1".into()];
    let others = [member("m2", 10, "me too"), member("m3", 11, "same"), member("m4", 12, "hi")];
    let talk: Vec<_> = std::iter::once(&lea).chain(&others).collect();
    let waiting = [opens(&lea, "Lea")];
    assert_eq!(linked(&employee(60, "It left"), &waiting, &talk), only(&waiting[0], LinkKind::Context));
}

#[test]
fn of_two_that_wait_the_one_with_the_words_is_answered_else_the_last() {
    let (lea, tom) = (member("m1", 0, "My luggage is lost"), member("m2", 9, "Does the app work offline?"));
    let waiting = [opens(&lea, "Lea"), opens(&tom, "Tom")];
    let about = employee(60, "Was there a number on the luggage tag?");
    assert_eq!(linked(&about, &waiting, &[&lea, &tom]), only(&waiting[0], LinkKind::Context));
    let vague = employee(60, "Which version?");
    assert_eq!(linked(&vague, &waiting, &[&lea, &tom]), only(&waiting[1], LinkKind::Context));
}

#[test]
fn nothing_is_answered_before_it_was_asked_nor_by_bots_members_or_its_author() {
    let lea = member("m1", 100, "Where is my refund?");
    let mut waiting = [opens(&lea, "Lea")];
    let mut early = employee(99, "lea: it left");
    early.mentions = vec!["m1".into()];
    early.reply_to = Some(lea.id.clone());
    assert_eq!(linked(&early, &waiting, &[]), []);
    for standing in [Standing::Bot, Standing::Member] {
        let mut other = says("x", standing, 120, "lea: it left");
        other.mentions = vec!["m1".into()];
        assert_eq!(linked(&other, &waiting, &[&lea]), []);
    }
    waiting[0].author = "e1".into();
    waiting[0].claimed_by = Some("e1".into());
    let mut own = employee(120, "lea: nobody?");
    own.reply_to = Some(lea.id.clone());
    assert_eq!(linked(&own, &waiting, &[&lea]), []);
}

#[test]
fn messages_that_arrive_out_of_order_do_not_change_what_was_said_before_them() {
    let lea = member("m1", 0, "Where is my refund?");
    let later = [member("m2", 70, "hi"), member("m3", 71, "hi"), member("m4", 72, "hi")];
    let talk: Vec<_> = std::iter::once(&lea).chain(&later).collect();
    let waiting = [opens(&lea, "Lea")];
    assert_eq!(linked(&employee(60, "It left"), &waiting, &talk), only(&waiting[0], LinkKind::Context));
}
