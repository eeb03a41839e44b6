//! The shapes in which the page is told what there is: posts, cards, figures.

use serde::{Deserialize, Serialize};

use super::script::{Script, desk_channel};
use crate::domain::action::{Action, Meaning};
use crate::domain::card::{Card, Piece};
use crate::domain::label::Route;
use crate::domain::message::Standing;
use crate::domain::request::Status;
use crate::domain::review::ReviewList;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::domain::words::Words;
use crate::stats::{Figures, Tally};

/// A message or a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The channel.
    pub channel: String,
    /// The post.
    pub id: String,
    /// When it was posted.
    pub at: Timestamp,
    /// Who posted it.
    pub author: Author,
    /// What it says.
    pub text: String,
    /// The post that it replies to.
    pub reply_to: Option<String>,
    /// Whether it was changed.
    pub edited: bool,
    /// The reactions on it.
    pub tags: Vec<String>,
    /// The card, in a desk's channel.
    pub card: Option<CardView>,
    /// The role that it pinged.
    pub ping: Option<String>,
    /// The button below it that explains its figures.
    #[serde(default)]
    pub button: Option<ButtonView>,
    /// The review list, in a desk's channel.
    #[serde(default)]
    pub review: Option<ReviewView>,
}

/// A review list as the page draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// The desk.
    pub route: Route,
    /// The headline.
    pub title: String,
    /// How many messages there are.
    pub how_many: String,
    /// What to do with it.
    pub hint: String,
    /// The messages.
    pub lines: Vec<ReviewLineView>,
    /// How many more there are.
    pub more: Option<String>,
}

/// One message of a review list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLineView {
    /// Its number.
    pub number: usize,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub quote: String,
    /// Where it is.
    pub message: MessageRef,
    /// The guesses.
    pub buttons: Vec<ButtonView>,
}

/// Who posted something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are to the company.
    pub standing: Standing,
}

/// A card as the page draws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardView {
    /// The request.
    pub request: String,
    /// The state.
    pub state: Status,
    /// The state as a word.
    pub state_word: String,
    /// The desk.
    pub route: Route,
    /// The headline.
    pub title: String,
    /// What the member wrote.
    pub quote: String,
    /// The member's message.
    pub message: MessageRef,
    /// Facts.
    pub lines: Vec<LineView>,
    /// The buttons.
    pub buttons: Vec<ButtonView>,
    /// The re-route select.
    pub reroute: Option<SelectView>,
    /// The select of what is chosen less often.
    #[serde(default)]
    pub more: Option<SelectView>,
    /// Where the card went.
    pub note: Option<String>,
}

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// The channel.
    pub channel: String,
    /// The post.
    pub id: String,
}

/// One fact on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// What it is about.
    pub name: String,
    /// The fact.
    pub value: String,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonView {
    /// What it sends.
    pub custom_id: String,
    /// What is written on it.
    pub label: String,
    /// How it looks.
    pub style: String,
    /// Whether it can be pressed.
    pub enabled: bool,
}

/// A select.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectView {
    /// What it sends.
    pub custom_id: String,
    /// What it says before something is chosen.
    pub placeholder: String,
    /// What can be chosen.
    pub options: Vec<OptionView>,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionView {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl CardView {
    /// The card as the page draws it.
    #[must_use]
    pub fn of(card: &Card, channel: &str, settings: &Settings, script: &Script) -> Self {
        let style = |action: Action| match action {
            Action::Claim => "primary",
            Action::Answered | Action::Resolve => "success",
            Action::Dismiss => "danger",
            Action::Reroute | Action::Draft | Action::More => "secondary",
        };
        let others = card.reroute_to.iter().filter(|choice| !choice.is_current);
        let options: Vec<OptionView> = others
            .map(|choice| OptionView {
                value: choice.route.as_str().to_owned(),
                label: choice.label.to_owned(),
            })
            .collect();
        Self {
            request: card.request.to_string(),
            state: card.status,
            state_word: card.status_word.to_owned(),
            route: card.route,
            title: card.title.clone(),
            quote: card.quote.clone(),
            message: MessageRef { channel: channel.to_owned(), id: card.message.to_string() },
            lines: card
                .lines
                .iter()
                .map(|line| LineView {
                    name: line.name.to_owned(),
                    value: line.value.iter().map(|piece| plain(piece, settings, script)).collect(),
                })
                .collect(),
            buttons: card
                .buttons
                .iter()
                .map(|button| ButtonView {
                    custom_id: button.action.custom_id(&card.request),
                    label: button.label.to_owned(),
                    style: style(button.action).to_owned(),
                    enabled: button.is_enabled,
                })
                .chain(
                    card.what_times_mean
                        .map(|label| ButtonView::explaining(&Meaning::on_card(&card.request), label)),
                )
                .collect(),
            reroute: (!options.is_empty()).then(|| SelectView {
                custom_id: Action::Reroute.custom_id(&card.request),
                placeholder: card.reroute_word.to_owned(),
                options,
            }),
            more: (!card.more.is_empty()).then(|| SelectView {
                custom_id: Action::More.custom_id(&card.request),
                placeholder: card.more_word.to_owned(),
                options: card
                    .more
                    .iter()
                    .map(|(more, words)| OptionView {
                        value: more.as_str().to_owned(),
                        label: (*words).to_owned(),
                    })
                    .collect(),
            }),
            note: None,
        }
    }
}

impl ButtonView {
    /// One that says what figures mean.
    pub(super) fn explaining(custom_id: &str, label: &str) -> Self {
        let (custom_id, label, style) = (custom_id.to_owned(), label.to_owned(), "secondary".to_owned());
        Self { custom_id, label, style, enabled: true }
    }
}

impl ReviewView {
    /// The list as the page draws it; `channels` says where each of its messages stands. Its buttons stand in their
    /// lines, so that they need no number.
    #[must_use]
    pub fn of(list: &ReviewList, channels: &[String], words: Words) -> Self {
        let lines = list.lines.iter().zip(channels).map(|(line, channel)| ReviewLineView {
            number: line.number,
            author: line.author_name.clone(),
            quote: line.quote.clone(),
            message: MessageRef { channel: channel.clone(), id: line.message.to_string() },
            buttons: line
                .choices
                .iter()
                .zip(["primary", "secondary"])
                .map(|(choice, style)| ButtonView {
                    custom_id: choice.custom_id.clone(),
                    label: words.choice(choice.label).to_owned(),
                    style: style.to_owned(),
                    enabled: true,
                })
                .collect(),
        });
        Self {
            route: list.route,
            title: list.title.clone(),
            how_many: list.how_many.clone(),
            hint: list.hint.to_owned(),
            lines: lines.collect(),
            more: list.more.clone(),
        }
    }
}

/// A part of a line as plain text.
#[must_use]
pub fn plain(piece: &Piece, settings: &Settings, script: &Script) -> String {
    match piece {
        Piece::Text(words) | Piece::Link { words, .. } => words.clone(),
        Piece::Person(user) => {
            script.person(user.as_str()).map_or_else(|| user.to_string(), |person| person.name.clone())
        }
        Piece::Channel(channel) => format!("#{channel}"),
        Piece::Role(role) => format!("@{role}"),
        Piece::Time(at) => at.to_zoned(settings.community.timezone.clone()).strftime("%H:%M").to_string(),
    }
}

/// A post as the page is told it: with the time as the community's clocks show it.
#[must_use]
pub fn shown(post: &Post, script: &Script) -> serde_json::Value {
    let at = post.at.to_zoned(script.timezone());
    let mut shown = serde_json::json!(post);
    shown["at"] = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into();
    shown
}

/// The cast and the channels, as the page needs them once.
#[must_use]
pub fn scene(script: &Script) -> serde_json::Value {
    let words = Words::new(script.language);
    let public = script
        .channels
        .iter()
        .map(|c| serde_json::json!({ "id": c.id, "name": c.name, "kind": "public", "route": null }));
    let desks = Route::ALL.into_iter().map(|route| {
        serde_json::json!({ "id": desk_channel(route), "name": words.route(route), "kind": "desk", "route": route })
    });
    let people = script
        .people
        .iter()
        .map(|p| serde_json::json!({ "id": p.id, "name": p.name, "standing": p.standing, "desk": p.desk }));
    serde_json::json!({
        "community": { "id": super::script::COMMUNITY, "name": script.community, "language": script.language },
        "people": people.collect::<Vec<_>>(),
        "channels": public.chain(desks).collect::<Vec<_>>(),
    })
}

/// The figures on top of the page.
#[must_use]
pub fn figures(figures: &Figures) -> serde_json::Value {
    let of = |tally: &Tally| {
        let measured = tally.in_target + tally.missed;
        #[expect(clippy::cast_precision_loss, reason = "a playground has few requests")]
        let share = (measured > 0).then(|| tally.in_target as f64 / measured as f64);
        serde_json::json!({
            "requests": tally.requests,
            "waiting": tally.waiting,
            "oldest_waiting_seconds": tally.oldest_waiting.map(Span::as_seconds),
            "answered": tally.answered,
            "dismissed": tally.dismissed,
            "within_target": share,
            "p50": tally.first_response.calendar.map(|s| s.p50),
            "p90": tally.first_response.calendar.map(|s| s.p90),
        })
    };
    let mut all = of(&figures.total);
    let routes: serde_json::Map<_, _> =
        figures.by_route.iter().map(|(route, tally)| (route.as_str().to_owned(), of(tally))).collect();
    all["by_route"] = routes.into();
    all
}
