//! Mail addresses, links, and what Discord writes for people, roles, channels and emoji.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::pattern::Pattern;
use super::{Found, ends_there};

/// A mail address, also as people spell one who do not want to be found: `jean (at) mail.example`.
static MAIL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\A[\p{Alphabetic}\p{N}_%+'.-]+(?:@|\ @\ |\ ?[(\[]at[)\]]\ ?|\ arobase\ )
          [\p{Alphabetic}\p{N}-]+(?:\.[\p{Alphabetic}\p{N}-]+)+",
    )
});

static DISCORD: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"\A<(?:(?<member>@!?)|(?<role>@&)|(?<channel>\#)|a?:(?<emoji>\w{2,32}):|t:|/[^<>:\n]{1,64}:)
          -?\d{1,20}(?::[a-zA-Z])?>",
    )
});

pub(super) fn mail(rest: &str) -> Option<Found> {
    let length = MAIL.length(rest)?;
    ends_there(rest, length).then_some(Found::gone(length, "[mail]"))
}

/// How long the link is that begins here; 0 when none does.
pub(super) fn link(rest: &str) -> usize {
    let begins =
        |start: &&str| rest.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if !["http://", "https://", "www."].iter().any(|start| begins(&start)) {
        return 0;
    }
    rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(rest.len())
}

/// `<@1>`, `<@&1>`, `<#1>`, `<:wave:1>`, `<t:1:R>`, `</stats:1>`.
pub(super) fn discord(rest: &str) -> Option<Found> {
    let (length, found) = DISCORD.groups(rest)?;
    let placeholder = if found.name("member").is_some() {
        Cow::Borrowed("[member]")
    } else if found.name("role").is_some() {
        Cow::Borrowed("[role]")
    } else if found.name("channel").is_some() {
        Cow::Borrowed("[channel]")
    } else {
        // An emoji's name says how somebody feels; one with digits may say more.
        let name = found.name("emoji").map_or("", |name| name.as_str());
        let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
        if is_plain { Cow::Owned(format!("[emoji {name}]")) } else { Cow::Borrowed("[emoji]") }
    };
    Some(Found { length, kept: 0, placeholder })
}
