//! What members wrote, made harmless: it reads as it was written and does nothing.
//!
//! No mention, no link, no heading, no code block, no text that runs backwards or climbs out of its line. Discord
//! takes a backslash before any punctuation as "as it is", so that is what most of this is.

/// How many marks one letter may carry: Vietnamese needs two, Hebrew and Arabic with points three.
const MARKS: usize = 3;
/// Breaks a word that would be a mention, invisibly.
const BREAK: char = '\u{200B}';

/// The text without what is invisible, runs backwards or piles up; lines end in `\n`.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // The line feed that follows ends the line.
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                marks = 0;
                clean.push('\n');
            }
            '\t' => clean.push(' '),
            c if c.is_control() || is_invisible(c) => {}
            c if is_mark(c) => {
                marks += 1;
                if marks <= MARKS {
                    clean.push(c);
                }
            }
            c => {
                marks = 0;
                clean.push(c);
            }
        }
    }
    clean
}

/// The text so that Discord shows it as it is; to be cleaned first.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            escaped.push('\n');
        }
        escape_line(line, &mut escaped);
    }
    escaped
}

fn escape_line(line: &str, escaped: &mut String) {
    let start = line.len() - line.trim_start().len();
    let digits = line[start..].bytes().take_while(u8::is_ascii_digit).count();
    for (place, c) in line.char_indices() {
        let rest = &line[place + c.len_utf8()..];
        let is_special = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '#' | '[' | ']' | '(' | ')' => true,
            // A list.
            '-' | '+' => place == start,
            '.' => digits > 0 && place == start + digits,
            // An address would become a link.
            ':' => rest.starts_with("//"),
            _ => false,
        };
        if is_special {
            escaped.push('\\');
        }
        escaped.push(c);
        let follows_bracket = c == '@' && line[..place].ends_with('<');
        if c == '@'
            && (follows_bracket || starts_with_word(rest, "everyone") || starts_with_word(rest, "here"))
        {
            escaped.push(BREAK);
        }
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// At most so many characters, cut where no visible character is torn apart, with `…` where something was cut off.
pub(super) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().take(most).collect();
    let mut end = most.saturating_sub(1);
    while end > 0 && is_torn(&chars[..end], chars[end]) {
        end -= 1;
    }
    let mut short: String = chars[..end].iter().collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// One line of words where nothing is formatted, in an option or a choice: without what is invisible or runs backwards,
/// and never longer than Discord takes.
pub(super) fn plain(text: &str, most: usize) -> String {
    let line = clean(text).replace('\n', " ");
    let mut plain = shorten(line.trim(), most);
    let mut left = most;
    while length(&plain) > most && left > 0 {
        left -= 1;
        plain = shorten(line.trim(), left);
    }
    plain
}

/// Whether a cut between `before` and `after` would split what is seen as one character.
fn is_torn(before: &[char], after: char) -> bool {
    let is_flag = |c: &char| ('\u{1F1E6}'..='\u{1F1FF}').contains(c);
    let flags = before.iter().rev().take_while(|c| is_flag(c)).count();
    is_mark(after)
        || matches!(after, '\u{200C}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}')
        || before.last() == Some(&'\u{200D}')
        || (is_flag(&after) && flags % 2 == 1)
}

/// How long Discord may take a text to be: UTF-16 units, which are never fewer than characters.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Marks that sit on the letter before them: the blocks of combining marks, and variation selectors.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}')
}

/// Characters that show nothing and change how others read: direction controls, fillers, tags. The two joiners stay,
/// for emoji and for scripts that need them.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inert(text: &str) -> String {
        escape(&clean(text))
    }

    /// What Discord makes of it: a backslash before punctuation goes away.
    fn shown(escaped: &str) -> String {
        let mut shown = String::new();
        let mut chars = escaped.chars().peekable();
        while let Some(c) = chars.next() {
            match chars.peek() {
                Some(next) if c == '\\' && next.is_ascii_punctuation() => shown.extend(chars.next()),
                _ => shown.push(c),
            }
        }
        shown.replace(BREAK, "")
    }

    /// The special characters that are left without a backslash before them.
    fn bare(escaped: &str) -> String {
        let mut bare = String::new();
        let mut chars = escaped.chars();
        while let Some(c) = chars.next() {
            if c == '\\' {
                chars.next();
                bare.push('x');
            } else {
                bare.push(c);
            }
        }
        bare
    }

    #[test]
    fn nothing_that_a_member_writes_pings_links_or_formats() {
        for (text, expected) in [
            ("<@123> <@&9> <#5>", "\\<@\u{200B}123\\> \\<@\u{200B}&9\\> \\<\\#5\\>"),
            ("hey @everyone, @HERE", "hey @\u{200B}everyone, @\u{200B}HERE"),
            ("[free](https://evil.example)", "\\[free\\]\\(https\\://evil.example\\)"),
            ("# big\n-# small\n> quote", "\\# big\n\\-\\# small\n\\> quote"),
            ("- a\n  1. b", "\\- a\n  1\\. b"),
            ("```\ncode", "\\`\\`\\`\ncode"),
            ("it's 12-15 h, jean@example.org", "it's 12-15 h, jean@example.org"),
        ] {
            assert_eq!(inert(text), expected);
        }
    }

    #[test]
    fn text_that_runs_backwards_or_climbs_is_put_right() {
        assert_eq!(clean("abc\u{202E}cba\u{2066}x\u{200B}y"), "abccbaxy");
        assert_eq!(clean(&format!("z{}!", "\u{0300}".repeat(50))), format!("z{}!", "\u{0300}".repeat(MARKS)));
        assert_eq!(clean("a\r\nb\u{2028}c\0"), "a\nb\nc");
    }

    #[test]
    fn a_cut_tears_no_visible_character_apart() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcde…");
        assert_eq!(shorten("ab👩\u{200D}🚀cd", 5), "ab…");
        assert_eq!(shorten("ab🇫🇷🇧🇪", 4), "ab…");
        assert_eq!(shorten("abe\u{0301}x", 4), "ab…");
    }

    proptest! {
        #[test]
        fn no_bare_special_character_is_left(text in r"[a-z0-9 <>@#&:/()\[\]*_~`|\\.!\n-]{0,80}") {
            let bare = bare(&inert(&text));
            for special in ["<", ">", "[", "]", "(", ")", "*", "_", "`", "|", "~", "#", "://", "@everyone", "@here"] {
                prop_assert!(!bare.contains(special), "{special} in {bare}");
            }
        }

        #[test]
        fn it_reads_as_it_was_written(text in r"[a-zé0-9 <>@#&:/()\[\]*_~`|\\.!\n-]{0,80}") {
            prop_assert_eq!(shown(&inert(&text)), text);
        }

        #[test]
        fn a_plain_line_fits_and_runs_forwards(text in any::<String>(), most in 1usize..60) {
            let plain = plain(&text, most);
            prop_assert!(length(&plain) <= most);
            prop_assert!(!plain.contains(|c: char| c == '\n' || is_invisible(c) || c.is_control()));
        }

        #[test]
        fn a_short_text_is_short(text in ".{0,200}", most in 1usize..60) {
            prop_assert!(shorten(&text, most).chars().count() <= most);
        }
    }
}
