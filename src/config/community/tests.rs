//! The community file: what is read, what is refused and in which words, what is written back.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::domain::hours::Hours;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::label::{Label, Route};
use crate::domain::settings::{
    Acknowledge, Community, Desk, Expert, Language, Platform, Rule, Sensitivity, Tag, Watch,
};
use crate::domain::time::{Span, civil};

const EXAMPLE: &str = include_str!("../../../vigie.example.toml");

/// As little as a file may say.
const SMALLEST: &str = "[community]\nplatform = 'playground'\nid = 'demo'\nname = 'Demo'\n";

const DESK: &str = "[[desk]]\nroute = 'pr'\nchannel = 'c'\nrole = 'r'\n";

fn example() -> Settings {
    parse(EXAMPLE).expect("the example is right")
}

fn mistakes(text: &str) -> Vec<String> {
    parse(text).expect_err("something is wrong").iter().map(ToString::to_string).collect()
}

/// The example with one piece of text replaced by another.
fn example_with(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no {from}");
    EXAMPLE.replacen(from, to, 1)
}

#[test]
fn the_example_is_read_as_it_says() {
    let settings = example();
    let community = &settings.community;
    assert_eq!((community.platform, community.language), (Platform::Discord, Language::Fr));
    assert_eq!((community.name.as_str(), community.timezone.iana_name()), ("Air Azur", Some("Europe/Paris")));
    assert_eq!(community.merge_window, Span::minutes(5));
    let desk = settings.desk(Route::CustomerService).expect("there is one");
    assert_eq!(desk.hours, Hours::parse("mon-fri 09:00-18:00, sat 10:00-13:00").expect("right"));
    assert_eq!(desk.first_response, Some(Span::minutes(30)));
    assert!(!desk.discreet);
    assert!(settings.desk(Route::Pr).expect("there is one").discreet, "the default of pr");
    assert_eq!(settings.watches.len(), 2);
    assert_eq!(settings.watches[0].acknowledge, Acknowledge::OffHours);
    assert!(settings.rules[0].pattern.is_match("un Journaliste demande"));
    assert_eq!(settings.rules[1].label, Label::None);
    assert_eq!(settings.experts_on("le roaming au Maroc ?").len(), 1);
}

#[test]
fn what_is_left_out_has_its_default() {
    let settings = parse(SMALLEST).expect("right");
    assert_eq!(settings, Settings::new(Platform::Playground, "demo".into(), "Demo"));
    let settings = parse(&format!("{SMALLEST}{DESK}[[watch]]\nchannel = 'w'")).expect("right");
    let desk = &settings.desks[0];
    assert!(desk.hours.is_always() && desk.discreet && desk.holidays.is_empty());
    assert_eq!((desk.first_response, desk.max_pings_per_hour), (None, 20));
    assert_eq!(
        (settings.watches[0].tag, settings.watches[0].acknowledge),
        (Tag::Reaction, Acknowledge::Never)
    );
}

#[test]
fn each_mistake_names_its_key_and_what_is_expected() {
    for (from, to, says) in [
        (
            "\"discord\"",
            "\"irc\"",
            "community.platform: `irc` is not known: write discord, slack or playground",
        ),
        ("\"1100000000000000001\"", "\"\"", "community.id: `` is no id: write Discord's own"),
        ("\"1100000000000000001\"", "\"air-azur\"", "community.id: `air-azur` is no id"),
        (
            "\"1100000000000000001\"",
            "\"99999999999999999999\"",
            "community.id: `99999999999999999999` is no id",
        ),
        ("\"Air Azur\"", "\" \"", "community.name: the name is empty"),
        ("\"fr\"", "\"de\"", "community.language: `de` is not known: write en or fr"),
        (
            "Europe/Paris",
            "Europe/Pari",
            "community.timezone: `Europe/Pari` is no time zone: write an IANA name",
        ),
        ("1100000000000000900", "0", "community.coordinator: `0` is no id"),
        (
            "= 365",
            "= 0",
            "community.retention_days: 0 is out of range: write a number of days from 1 to 3650",
        ),
        ("= 365", "= 3651", "community.retention_days: 3651 is out of range"),
        (
            "\"balanced\"",
            "\"loud\"",
            "community.sensitivity: `loud` is not known: write eager, balanced or quiet",
        ),
        ("\"5m\"", "\"2h\"", "community.merge_window: `2h` is too long: write at most 1h"),
        ("\"5m\"", "\"5\"", "community.merge_window: `5` is no length of time"),
        ("\"3d\"", "\"31d\"", "community.backfill_age: `31d` is out of range: write a time from 1m to 30d"),
        ("\"3d\"", "\"30s\"", "community.backfill_age: `30s` is out of range"),
        (
            "= 1000 ",
            "= 99 ",
            "community.backfill_messages: 99 is out of range: write a number from 100 to 100000",
        ),
        ("0011\"", "0010\"", "watch[1].channel: `1100000000000000010` is watch[0].channel already"),
        (
            "\"reaction\"",
            "\"emoji\"",
            "watch[0].tag: `emoji` is not known: write reaction, forum_tag or none",
        ),
        (
            "\"off_hours\"",
            "\"off\"",
            "watch[0].acknowledge: `off` is not known: write never, off_hours or always",
        ),
        ("\"product_expert\"", "\"pr\"", "desk[2].route: `pr` is desk[1].route already"),
        ("\"product_expert\"", "\"none\"", "desk[1].route: `none` is no route: write customer_service"),
        ("0020\"", "0011\"", "desk[0].channel: watch[1] watches it: write an internal channel"),
        ("0901\"", "x\"", "desk[0].role: `110000000000000x` is no id"),
        ("mon-fri 09:00-18:00", "lun-ven 9h-18h", "desk[0].hours: `lun` is no day: write mon, tue"),
        (
            "2027-01-01",
            "2027-02-29",
            "desk[0].holidays[1]: `2027-02-29` is no date: write it like 2026-12-25",
        ),
        ("2027-01-01", "20270101", "desk[0].holidays[1]: `20270101` is no date"),
        ("\"30m\"", "\"0m\"", "desk[0].first_response: `0m` is no time at all"),
        ("\"8h\"", "\"-8h\"", "desk[0].resolution: `-8h` is no length of time: write it like 45s, 30m"),
        ("\"15m\"", "\"soon\"", "desk[0].remind_after: `soon` is no length of time"),
        ("\"45m\"", "\"\"", "desk[0].return_after: `` is no length of time"),
        ("= 20 ", "= 0 ", "desk[0].max_pings_per_hour: 0 is out of range: write a number from 1"),
        ("0902\"", "<@&1>\"", "desk[0].escalate_to: `110000000000000<@&1>` is no id"),
        (
            "\"Vouvoiement. Aucune promesse de remboursement avant d'avoir consulté le dossier.\"",
            "\" \"",
            "desk[0].guidelines: the guidelines are empty",
        ),
        (
            "0903\"]",
            "0903\", \"1100000000000000903\"]",
            "staff.roles[1]: `1100000000000000903` is staff.roles[0] already",
        ),
        ("route = \"none\"", "route = \"nobody\"", "rule[1].route: `nobody` is no label"),
        (
            "|boycott)",
            "|boycott",
            "rule[0].pattern: `(?i)\\b(journalist|journaliste|boycott\\b` is no regular expression: unclosed",
        ),
        (
            "|boycott)",
            "|boycott){9999}",
            "rule[0].pattern: `(?i)\\b(journalist|journaliste|boycott){9999}\\b` takes too much",
        ),
        ("topics = [\"5G\", \"roaming\", \"eSIM\"]", "topics = []", "expert[0].topics: there are no topics"),
        ("\"5G\"", "\"?!\"", "expert[0].topics[0]: `?!` has no letter or digit"),
        ("0501\"", "0500\"", "expert[1].user: `1100000000000000500` is expert[0].user already"),
    ] {
        let said = mistakes(&example_with(from, to));
        assert_eq!(said.len(), 1, "{from} as {to}: {said:?}");
        assert!(said[0].starts_with(says), "{from} as {to}: {said:?}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text = EXAMPLE
        .replace("\"Europe/Paris\"", "\"Paris\"")
        .replace("mon-fri 08:00-20:00", "mon-fri 8-20")
        .replace("|boycott)", "|boycott")
        .replace("\"eSIM\"", "\"\"");
    let places: Vec<_> =
        parse(&text).expect_err("wrong").iter().map(|mistake| mistake.place.clone()).collect();
    assert_eq!(places, ["community.timezone", "desk[2].hours", "rule[0].pattern", "expert[0].topics[2]"]);
    assert_eq!(parse(&text).expect_err("wrong").to_string().lines().count(), 4);
}

#[test]
fn what_is_not_of_the_files_shape_is_reported_by_line() {
    assert_eq!(
        mistakes(&format!("{SMALLEST}{DESK}hour = '1'")),
        ["line 9: unknown field `hour`, expected one of `route`, `channel`, `role`, `hours`, `holidays`, \
          `first_response`, `resolution`, `remind_after`, `return_after`, `max_pings_per_hour`, `discreet`, \
          `escalate_to`, `guidelines`"]
    );
    assert_eq!(
        mistakes("[community]\nplatform = 'discord'\nid = 1100000000000000001\nname = ''"),
        ["line 3: invalid type: integer `1100000000000000001`, expected a string"]
    );
    assert_eq!(mistakes(&format!("{SMALLEST}[[watch]]\ntag = 'none'")), ["line 5: missing field `channel`"]);
    assert!(mistakes("[community").iter().all(|mistake| mistake.starts_with("line 1: ")));
    assert_eq!(mistakes(""), ["line 1: missing field `community`"]);
}

#[test]
fn a_pattern_may_not_take_much_memory_or_room() {
    let said = values::pattern(r"(\w{100}){100}").expect_err("too big");
    assert!(said.contains("takes too much memory"), "{said}");
    for too_big in [r"\p{L}{900}{900}", r"(?i)[\w\p{Han}]{500}", r"(((a{99}){99}){99}){99}"] {
        assert!(values::pattern(too_big).is_err(), "{too_big}");
    }
    let nested = format!("{}a{}", "(".repeat(400), ")".repeat(400));
    assert!(
        values::pattern(&nested).is_err_and(|why| why.contains("nest")),
        "brackets in brackets in brackets"
    );
    assert!(values::pattern(&"a".repeat(1000)).is_ok());
    assert_eq!(
        values::pattern(&"é".repeat(1001)).expect_err("long"),
        "it has 1001 characters: write at most 1000"
    );
    assert_eq!(values::pattern("(a").expect_err("open"), "`(a` is no regular expression: unclosed group");
    assert!(values::pattern("").is_err());
}

#[test]
fn an_id_is_what_its_platform_writes() {
    for (platform, right, wrong) in [
        (
            Platform::Discord,
            vec!["1", "18446744073709551615"],
            vec!["", "0", "01", "+1", "１", "18446744073709551616"],
        ),
        (Platform::Slack, vec!["C0123456789", "T1"], vec!["", "C", "c012", "C 1", "<#C012>"]),
        (Platform::Playground, vec!["demo", "#général"], vec!["", "two words", "a\nb"]),
    ] {
        for text in right {
            assert_eq!(values::id(platform, text), Ok(text.to_owned()));
        }
        for text in wrong {
            assert!(values::id(platform, text).is_err(), "{platform:?} {text:?}");
        }
    }
}

#[test]
fn the_values_of_commands_are_read_as_people_type_them() {
    let date = |text: &str| text.parse::<civil::Date>().expect(text);
    assert_eq!(
        values::holidays("2027-01-01, 2026-12-25,2026-12-25 "),
        Ok(vec![date("2026-12-25"), date("2027-01-01")])
    );
    assert_eq!(values::holidays(" "), Ok(vec![]));
    assert!(values::holidays("2026-12-25, Noël").expect_err("no date").starts_with("`Noël` is no date"));
    assert_eq!(values::topics(" 5G , eSIM"), Ok(vec!["5G".to_owned(), "eSIM".to_owned()]));
    assert!(values::topics(" , ").is_err());
    assert_eq!(values::timezone("europe/paris").expect("known").iana_name(), Some("Europe/Paris"));
    assert_eq!(values::timezone("UTC").expect("known"), crate::domain::time::TimeZone::UTC);
    for wrong in ["", "Paris", "Etc/Unknown", "+02:00", "CET-1"] {
        assert!(values::timezone(wrong).is_err(), "{wrong}");
    }
    assert_eq!(values::merge_window("0s"), Ok(Span::ZERO));
    assert_eq!(values::merge_window("1h"), Ok(Span::minutes(60)));
    assert!(values::merge_window("1h1s").is_err());
    assert!(values::span("0s").is_err());
}

#[test]
fn settings_of_a_command_are_held_against_the_same_rules() {
    let mut settings = example();
    assert_eq!(check(&settings), Ok(()));
    settings.desks[0].channel = settings.watches[0].channel.clone();
    let said = check(&settings).expect_err("watched").to_string();
    assert!(said.starts_with("desk[0].channel: watch[0] watches it"), "{said}");
}

#[test]
fn a_file_that_was_written_explains_itself_and_is_read_back() {
    let text = write(&example());
    assert_eq!(parse(&text), Ok(example()));
    assert!(text.contains("retention_days = 365 # message texts are erased after this\n"), "{text}");
    assert!(text.contains("pattern = '(?i)\\b(journalist|journaliste|boycott)\\b'\n"), "{text}");
    assert!(!write(&parse(SMALLEST).expect("right")).contains("[staff]"));
}

#[test]
fn nothing_changes_when_the_same_file_is_applied_again() {
    assert_eq!(changes(Some(&example()), &example()), Vec::<String>::new());
    let mut reordered = example();
    reordered.desks.reverse();
    reordered.watches.reverse();
    reordered.experts.reverse();
    assert_eq!(changes(Some(&example()), &reordered), Vec::<String>::new());
}

#[test]
fn a_change_is_told_in_one_line_a_key() {
    let told = |from: &str, to: &str| {
        changes(Some(&example()), &parse(&example_with(from, to)).expect("right")).join("\n")
    };
    for (from, to, line) in [
        ("\"Air Azur\"", "\"Azur\"", "community.name: Air Azur → Azur"),
        ("coordinator", "#", "community.coordinator: 1100000000000000900 → not set"),
        ("= 365", "= 30", "community.retention_days: 365 → 30"),
        ("\"5m\"", "\"600s\"", "community.merge_window: 5m → 10m"),
        ("\"3d\"", "\"90h\"", "community.backfill_age: not set → 3d18h"),
        ("= 1000 ", "= 5000 ", "community.backfill_messages: not set → 5000"),
        ("\"off_hours\"", "\"always\"", "watch.1100000000000000010.acknowledge: off_hours → always"),
        (
            "hours = \"mon-fri 09:00-18:00, sat 10:00-13:00\"",
            "",
            "desk.customer_service.hours: mon-fri 09:00-18:00, sat 10:00-13:00 → always open",
        ),
        (", \"2027-01-01\"", "", "desk.customer_service.holidays: 2026-12-25, 2027-01-01 → 2026-12-25"),
        ("holidays", "#", "desk.customer_service.holidays: 2026-12-25, 2027-01-01 → none"),
        ("discreet = false", "discreet = true", "desk.customer_service.discreet: false → true"),
        ("roles = [", "roles = [\"1\", ", "staff.roles: 1100000000000000903 → 1, 1100000000000000903"),
        (
            "|boycott)",
            ")",
            "rule[0].pattern: (?i)\\b(journalist|journaliste|boycott)\\b → (?i)\\b(journalist|journaliste)\\b",
        ),
        ("\"eSIM\"", "\"SIM\"", "expert.1100000000000000500.topics: 5G, roaming, eSIM → 5G, roaming, SIM"),
    ] {
        assert_eq!(told(from, to), line);
    }
    let mut fewer = example();
    fewer.desks.remove(1);
    fewer.rules.pop();
    assert_eq!(changes(Some(&example()), &fewer), ["desk.product_expert: removed", "rule[1]: removed"]);
}

#[test]
fn without_old_settings_everything_that_is_set_is_new() {
    assert_eq!(
        changes(None, &parse(&format!("{SMALLEST}{DESK}")).expect("right")),
        [
            "community.platform: playground (new)",
            "community.id: demo (new)",
            "community.name: Demo (new)",
            "community.language: en (new)",
            "community.timezone: UTC (new)",
            "community.retention_days: 365 (new)",
            "community.sensitivity: balanced (new)",
            "community.merge_window: 5m (new)",
            "desk.pr.route: pr (new)",
            "desk.pr.channel: c (new)",
            "desk.pr.role: r (new)",
            "desk.pr.max_pings_per_hour: 20 (new)",
            "desk.pr.discreet: true (new)",
        ]
    );
}

fn snowflake() -> impl Strategy<Value = String> {
    (1..u64::MAX).prop_map(|id| id.to_string())
}

fn role() -> impl Strategy<Value = Option<RoleId>> {
    prop::option::of(snowflake().prop_map(|id| id.as_str().into()))
}

fn span() -> impl Strategy<Value = Option<Span>> {
    prop::option::of((1i64..1_000_000).prop_map(Span::seconds))
}

fn some_hours() -> impl Strategy<Value = Hours> {
    select(vec!["always", "mon-fri 09:00-18:00, sat 10:00-13:00", "fri 22:00-06:00", "sat-mon 00:00-24:00"])
        .prop_map(|text| Hours::parse(text).expect(text))
}

/// Texts with what TOML and JSON treat specially.
fn guidelines() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-zé\"'\\\\\n\r\t#=\u{1}\u{7f}\u{2028}🛎]{0,40}x")
}

prop_compose! {
    fn community()(
        (id, name) in (snowflake(), "[a-zA-Z\"'\\\\#é🛎]{1,20}"),
        language in select(vec![Language::En, Language::Fr]),
        zone in select(vec!["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"]),
        (coordinator, room) in (role(), role()),
        retention_days in 1u32..=3650,
        sensitivity in select(vec![Sensitivity::Eager, Sensitivity::Balanced, Sensitivity::Quiet]),
        merge_window in (0i64..=3600).prop_map(Span::seconds),
        second_readings_per_day in 0u32..=1_000_000,
        backfill_age in (60i64..=30 * 86_400).prop_map(Span::seconds),
        backfill_messages in 100u32..=100_000,
    ) -> Community {
        let timezone = values::timezone(zone).expect(zone);
        let id = id.as_str().into();
        Community {
            platform: Platform::Discord, id, name, language, timezone, coordinator, retention_days, sensitivity,
            merge_window, second_readings_per_day, backfill_age, backfill_messages,
            coordinator_channel: room.map(|id| id.as_str().into()),
        }
    }
}

prop_compose! {
    fn desk(route: Route)(
        (channel, role) in (snowflake(), snowflake()),
        hours in some_hours(),
        days in prop::collection::vec(0i64..1000, 0..5),
        (first_response, resolution, remind_after, return_after) in (span(), span(), span(), span()),
        (max_pings_per_hour, discreet) in (1u32..=10_000, any::<bool>()),
        escalate_to in role(),
        guidelines in guidelines(),
    ) -> Desk {
        let day = |days: i64| civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(days));
        Desk {
            route,
            channel: channel.as_str().into(),
            role: role.as_str().into(),
            hours,
            holidays: values::in_order(days.into_iter().map(day).collect()),
            first_response, resolution, remind_after, return_after, max_pings_per_hour, discreet, escalate_to,
            guidelines,
        }
    }
}

prop_compose! {
    fn settings()(
        community in community(),
        desks in (desk(Route::Pr), desk(Route::CustomerService), desk(Route::ProductExpert), 0usize..=3),
        channels in prop::collection::btree_set(snowflake(), 0..4),
        tag in select(vec![Tag::Reaction, Tag::ForumTag, Tag::None]),
        acknowledge in select(vec![Acknowledge::Never, Acknowledge::OffHours, Acknowledge::Always]),
        staff in prop::collection::btree_set(snowflake(), 0..3),
        rules in prop::collection::vec(
            (select(Label::ALL.to_vec()), "[a-z'\"\\\\\\\\|# é]{1,12}", prop::option::of(snowflake())), 0..3),
        experts in prop::collection::btree_map(snowflake(), prop::collection::vec("[a-z'\" é]{0,9}[a-z0-9]", 1..4), 0..3),
    ) -> Settings {
        let rule = |(label, pattern, channel): (Label, String, Option<String>)| {
            let channel = channel.map(ChannelId::new);
            values::pattern(&pattern).ok().map(|pattern| Rule { label, pattern, channel })
        };
        Settings {
            community,
            watches: channels.into_iter().map(|id| Watch { channel: ChannelId::new(id), tag, acknowledge }).collect(),
            desks: [desks.0, desks.1, desks.2].into_iter().take(desks.3).collect(),
            staff: staff.into_iter().map(RoleId::new).collect(),
            rules: rules.into_iter().filter_map(rule).collect(),
            experts: experts.into_iter().map(|(user, topics)| Expert { user: user.as_str().into(), topics }).collect(),
        }
    }
}

/// The example with pieces of it gone, doubled or replaced, or something else altogether.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![Just(String::new()), any::<String>(), "[\\[\\]=\"'a-z0-9.:{} \n-]{0,40}"];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, piece), 1..4);
    let spoilt = changes.prop_map(|changes| {
        let mut text: Vec<char> = EXAMPLE.chars().collect();
        for (at, length, piece) in changes {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, piece.chars());
        }
        text.into_iter().collect()
    });
    prop_oneof![3 => spoilt, 1 => any::<String>()]
}

proptest! {
    #[test]
    fn any_text_gives_settings_or_says_where_it_is_wrong(text in damaged()) {
        match parse(&text) {
            Ok(settings) => prop_assert_eq!(parse(&write(&settings)), Ok(settings)),
            Err(mistakes) => {
                let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
                prop_assert!(!said.is_empty());
                for sentence in said {
                    let (place, why) = sentence.split_once(": ").unwrap_or_default();
                    prop_assert!(!place.is_empty() && !why.is_empty(), "{}", sentence);
                    let line = place.strip_prefix("line ").map(|line| line.parse::<usize>().unwrap_or(0));
                    prop_assert!(line.is_none_or(|line| (1..=text.split('\n').count()).contains(&line)), "{}", sentence);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_as_the_same_settings(settings in settings(), other in settings()) {
        let text = write(&settings);
        prop_assert_eq!(parse(&text), Ok(settings.clone()), "{}", text);
        prop_assert_eq!(from_json(&to_json(&settings)), Ok(settings.clone()));
        prop_assert_eq!(changes(Some(&settings), &settings), Vec::<String>::new());
        let lines = changes(Some(&other), &settings);
        prop_assert!(!lines.is_empty() && lines.iter().all(|line| !line.contains('\n')));
    }
}
