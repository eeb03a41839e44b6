//! Mail addresses, links, and what Discord writes for people, roles, channels and emoji.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::pattern::Pattern;
use super::{Found, ends_there, placeholder};

/// A mail address, also as people spell one who do not want to be found: `jean (at) mail.example`.
static MAIL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r"(?i)\A[\w%+'.-]+(?:@|\ @\ |\ ?[(\[]at[)\]]\ ?|\ arobase\ )
          [\w-]+(?:\.[\w-]+)+",
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

/// How long the link is that begins here, and where its query or fragment begins; 0 when no link does. It ends before
/// what was taken out of it already.
pub(super) fn link(rest: &str) -> (usize, Option<usize>) {
    let begins =
        |start: &&str| rest.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if !["http://", "https://", "www."].iter().any(begins) {
        return (0, None);
    }
    let ends = |(place, c): (usize, char)| {
        let is_end =
            c.is_whitespace() || matches!(c, '<' | '>' | '"') || placeholder(&rest[place..]).is_some();
        is_end.then_some(place)
    };
    let length = rest.char_indices().find_map(ends).unwrap_or(rest.len());
    (length, rest[..length].find(['?', '#']))
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
