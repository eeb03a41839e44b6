//! The wizard's pages within Discord's limits, and its custom ids there and back.

use serde_json::Value;

use super::pages::{self, Notice, State};
use super::*;
use crate::domain::gap::{Bound, Gap, Missed, Start};

const COMMUNITY: &str = "1100000000000000001";

fn id(number: usize) -> String {
    format!("11{number:018}")
}

fn state(language: Language, watches: usize, desks: &[Route]) -> State {
    let mut settings = Settings::new(Platform::Discord, COMMUNITY.into(), "Air Azur");
    settings.community.language = language;
    for i in 0..watches {
        let channel = ChannelId::new(id(i));
        settings.watches.push(Watch { channel, tag: Tag::None, acknowledge: Acknowledge::Never });
    }
    for (i, route) in desks.iter().enumerate() {
        set_desk(&mut settings, *route, &ChannelId::new(id(1000 + i)), &RoleId::new(id(2000 + i)));
    }
    settings.staff = (0..30).map(|i| RoleId::new(id(3000 + i))).collect();
    let lacking = vec![(ChannelId::new(id(0)), vec!["Embed Links"])];
    let stuck = vec![("channel 7 does not exist any more".to_owned(), 2)];
    let gaps = vec![Gap {
        channel: ChannelId::new(id(0)),
        start: Start::After(id(7).as_str().into()),
        is_owed: true,
        reason: Some("Discord did not answer in time".to_owned()),
        noticed_at: "2026-03-02T09:00:00Z".parse().expect("a time"),
    }];
    let missed = (0..30).map(|n| Missed {
        channel: ChannelId::new(id(n)),
        from: "2026-03-02T09:00:00Z".parse().expect("a time"),
        to: "2026-03-05T09:00:00Z".parse().expect("a time"),
        bound: Bound::Age,
    });
    let missed = missed.collect();
    State { words: Words::new(language), settings, lacking, gone: Vec::new(), stuck, gaps, missed }
}

/// Every page that can be shown.
fn all_pages(state: &State) -> Vec<Page> {
    let notice = || Some(Notice::saved(state.words.setup_saved()));
    let mut all = vec![pages::home(state, notice()), pages::staff(state, notice()), pages::summary(state)];
    for route in Route::ALL {
        let (channel, role) = (ChannelId::new(id(9)), RoleId::new(id(8)));
        all.push(pages::desk(state, route, None, None, None));
        all.push(pages::desk(state, route, notice(), Some(channel), None));
        all.push(pages::desk(state, route, notice(), None, Some(role)));
    }
    all
}

fn components(page: &Page) -> Vec<&Value> {
    page.components
        .iter()
        .flat_map(|row| row["components"].as_array().expect("a row has components"))
        .collect()
}

fn custom_id(component: &Value) -> &str {
    component["custom_id"].as_str().expect("everything in the wizard can be pressed")
}

#[test]
fn every_page_keeps_to_discords_limits() {
    for language in [Language::En, Language::Fr] {
        for state in
            [state(language, 0, &[]), state(language, 25, &Route::ALL), state(language, 400, &[Route::Pr])]
        {
            for page in all_pages(&state) {
                assert!(page.components.len() <= 5, "rows");
                let mut ids: Vec<&str> = components(&page).into_iter().map(custom_id).collect();
                let all = ids.len();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), all, "a custom id stands twice");
                for component in components(&page) {
                    assert!((1..=100).contains(&custom_id(component).len()), "{component}");
                    assert!(
                        component["label"].as_str().is_none_or(|l| l.chars().count() <= 80),
                        "{component}"
                    );
                    assert!(component["placeholder"].as_str().is_none_or(|p| p.chars().count() <= 150));
                    let chosen = component["default_values"].as_array().map_or(0, Vec::len);
                    let most = component["max_values"].as_u64().unwrap_or(1);
                    assert!(most <= 25 && u64::try_from(chosen).is_ok_and(|n| n <= most), "{component}");
                }
            }
        }
    }
}

#[test]
fn everything_that_can_be_pressed_is_understood() {
    for page in all_pages(&state(Language::En, 3, &[Route::Pr])) {
        for component in components(&page) {
            let value = if component["type"] == 3 { "pr" } else { "1100000000000000005" };
            let rest = custom_id(component).strip_prefix("vigie:setup:").expect("the wizard's own");
            assert!(Press::parse(rest, &[value]).is_some(), "{component}");
        }
    }
}

#[test]
fn a_half_chosen_desk_is_carried_in_the_other_selects_custom_id() {
    let state = state(Language::En, 0, &[]);
    let channel = ChannelId::new(id(9));
    let page = pages::desk(&state, Route::Pr, None, Some(channel.clone()), None);
    let ids: Vec<&str> = components(&page).into_iter().map(custom_id).collect();
    let rest = ids[1].strip_prefix("vigie:setup:").expect("the wizard's own");
    let role = RoleId::new(id(8));
    assert_eq!(Press::parse(rest, &[role.as_str()]), Some(Press::DeskRole(Route::Pr, role, Some(channel))));
}

#[test]
fn a_press_that_makes_no_sense_is_none() {
    for (text, values) in [
        ("", &[][..]),
        ("dance", &[]),
        ("desk", &[]),
        ("desk", &["none"]),
        ("desk-channel", &["1"]),
        ("desk-channel:pr", &[]),
        ("desk-role:nowhere", &["1"]),
    ] {
        assert_eq!(Press::parse(text, values), None, "{text} {values:?}");
    }
}

#[test]
fn channels_that_are_gone_are_neither_shown_as_chosen_nor_replaced() {
    let mut state = state(Language::En, 3, &[]);
    state.gone = vec![ChannelId::new(id(1))];
    assert_eq!(state.shown_watches(), [ChannelId::new(id(0)), ChannelId::new(id(2))]);
}

#[test]
fn a_new_press_desk_is_discreet_and_a_moved_desk_keeps_the_rest() {
    let mut settings = state(Language::En, 0, &Route::ALL).settings;
    let discreet: Vec<bool> = settings.desks.iter().map(|d| d.discreet).collect();
    assert_eq!(discreet, [false, false, true]);
    settings.desks[0].max_pings_per_hour = 7;
    set_desk(&mut settings, Route::CustomerService, &"5".into(), &"6".into());
    let desk = settings.desk(Route::CustomerService).expect("it was there");
    assert_eq!((desk.channel.as_str(), desk.role.as_str(), desk.max_pings_per_hour), ("5", "6", 7));
}

#[test]
fn a_channel_that_is_watched_and_a_desks_is_found() {
    let mut settings = state(Language::En, 3, &Route::ALL).settings;
    assert_eq!(both_watched_and_a_desks(&settings), None);
    set_desk(&mut settings, Route::Pr, &ChannelId::new(id(2)), &"6".into());
    assert_eq!(both_watched_and_a_desks(&settings), Some(&ChannelId::new(id(2))));
}

#[test]
fn the_summary_is_only_content_when_everything_is_there() {
    use crate::commands::Tone;
    let mut state = state(Language::En, 1, &Route::ALL);
    assert_eq!(pages::summary(&state).reply.tone, Tone::Facts, "a permission is missing");
    state.lacking.clear();
    assert_eq!(pages::summary(&state).reply.tone, Tone::Done);
    state.settings.desks.pop();
    assert_eq!(pages::summary(&state).reply.tone, Tone::Facts, "a desk is missing");
}

#[test]
fn waiting_notices_are_counted_by_reason_the_most_frequent_first() {
    use crate::domain::notice::{Lane, Notice as Said, QueuedNotice};
    use crate::store::StuckNotice;
    let stuck = |reason: &str| StuckNotice {
        notice: QueuedNotice {
            id: crate::domain::ids::NoticeId::new("n"),
            community: COMMUNITY.into(),
            request: Some(crate::domain::ids::RequestId::new("r")),
            lane: Lane::from_stored("desk:pr".to_owned()),
            notice: Said::PostCard { route: Route::Pr },
            attempts: 1,
            due_at: crate::domain::time::Timestamp::UNIX_EPOCH,
            perhaps_sent_at: None,
            claims: 1,
            claimed_until: crate::domain::time::Timestamp::UNIX_EPOCH,
        },
        reason: reason.to_owned(),
    };
    let counted = by_reason(vec![stuck("a"), stuck("b"), stuck("b")]);
    assert_eq!(counted, [("b".to_owned(), 2), ("a".to_owned(), 1)]);
}

#[test]
fn names_of_new_channels_are_names_that_discord_takes() {
    for language in [Language::En, Language::Fr] {
        for route in Route::ALL {
            let name = Words::new(language).setup_channel_name(route);
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        }
    }
}
