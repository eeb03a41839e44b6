//! The corpus itself: well formed, balanced, without doubles and without anybody's data.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::fold;
use super::*;

fn corpus() -> Vec<Example> {
    read_corpus(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))).expect("the corpus is well formed")
}

#[test]
fn no_message_stands_there_twice() {
    let examples = corpus();
    let mut seen: HashMap<String, &Example> = HashMap::new();
    for example in &examples {
        let key = example.text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(first) = seen.insert(key, example) {
            panic!("`{}` stands in {} and in {}", example.text, first.batch, example.batch);
        }
    }
}

/// Two messages of this likeness are one, said twice.
const ALIKE: f64 = 0.7;

#[test]
fn no_message_is_another_one_with_a_word_changed() {
    let examples = corpus();
    let texts: Vec<&str> = examples.iter().map(|example| example.text.as_str()).collect();
    let found = alike(&texts, &texts, ALIKE);
    let twice: Vec<_> = found.iter().filter(|(a, b)| a < b).map(|(a, b)| (texts[*a], texts[*b])).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn no_real_message_was_copied() {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/labelled/real-dev.jsonl"));
    let Ok(real) = fs::read_to_string(file) else {
        eprintln!("NOT CHECKED: ../shared/labelled/real-dev.jsonl is not here");
        return;
    };
    let real = crate::classify::evaluate::read_labelled(&real).expect("labelled messages");
    let real: Vec<&str> = real.iter().map(|message| message.text.as_str()).collect();
    let examples = corpus();
    let texts: Vec<&str> = examples.iter().map(|example| example.text.as_str()).collect();
    let copied: Vec<_> = alike(&texts, &real, 0.5).iter().map(|(a, _)| texts[*a]).collect();
    assert!(copied.is_empty(), "{copied:#?}");
}

#[test]
fn likeness_is_found() {
    let one = ["my parcel was sent to the wrong house again"];
    let same =
        ["My parcel, was sent to the wrong house AGAIN @brand!", "where is the parcel that was sent to me"];
    assert_eq!(alike(&one, &same, ALIKE), [(0, 0)]);
}

/// Pairs of a text here and one there that share most of their runs of three words (Jaccard's measure); texts of fewer
/// than six words are too short to tell.
fn alike(here: &[&str], there: &[&str], least: f64) -> Vec<(usize, usize)> {
    let runs_of_all = |texts: &[&str]| texts.iter().map(|text| runs(text)).collect::<Vec<_>>();
    let (here, there) = (runs_of_all(here), runs_of_all(there));
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, run) in there.iter().enumerate().flat_map(|(at, runs)| runs.iter().map(move |run| (at, *run))) {
        places.entry(run).or_default().push(at);
    }
    let mut found = Vec::new();
    for (at, mine) in here.iter().enumerate() {
        let mut shared: BTreeMap<usize, u32> = BTreeMap::new();
        for place in mine.iter().filter_map(|run| places.get(run)).flatten() {
            *shared.entry(*place).or_default() += 1;
        }
        let count = |n: usize| f64::from(u32::try_from(n).expect("a short text"));
        let is_alike = |other: usize, both: u32| {
            f64::from(both) >= least * (count(mine.len()) + count(there[other].len()) - f64::from(both))
        };
        found.extend(
            shared.into_iter().filter(|(other, both)| is_alike(*other, *both)).map(|(other, _)| (at, other)),
        );
    }
    found
}

/// The runs of three words of a text, folded and without mentions, as hashes.
fn runs(text: &str) -> HashSet<u64> {
    let mut folded = String::new();
    fold(&text.replace("@brand", " ").replace("@user", " "), &mut folded);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let enough = if words.len() >= 6 { words.as_slice() } else { &[] };
    enough.windows(3).map(|run| fnv(run.join(" ").as_bytes())).collect()
}

#[test]
fn nobody_is_addressed_by_a_name() {
    for example in corpus() {
        let (text, mut from) = (&example.text, 0);
        while let Some(at) = text[from..].find('@').map(|at| from + at) {
            let name: String =
                text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let follows_a_letter = text[..at].ends_with(char::is_alphanumeric);
            let is_nobody =
                matches!(name.as_str(), "" | "brand" | "user" | "everyone" | "here" | "mail" | "shop");
            assert!(follows_a_letter || is_nobody, "a handle: {text}");
            from = at + 1;
        }
    }
}

#[test]
fn messages_are_neither_empty_nor_endless() {
    for example in corpus() {
        let length = example.text.trim().chars().count();
        assert!((1..=2_000).contains(&length), "{length} characters: {}", example.text);
        assert!(matches!(example.lang, Lang::Fr | Lang::En), "neither French nor English: {}", example.text);
    }
}

#[test]
fn the_second_label_is_another_than_the_first() {
    for example in corpus() {
        assert_ne!(example.also, Some(example.label), "{}", example.text);
    }
}

#[test]
fn both_languages_have_alike_many_of_each_label() {
    let mut counts: BTreeMap<Label, [usize; 2]> = BTreeMap::new();
    for example in corpus() {
        counts.entry(example.label).or_default()[usize::from(example.lang == Lang::Fr)] += 1;
    }
    for (label, [english, french]) in counts {
        let (few, many) = (english.min(french), english.max(french));
        assert!(few >= 500 && many * 10 <= few * 11, "{label}: {english} in English, {french} in French");
    }
}

#[test]
fn nobodys_data_is_in_it() {
    for example in corpus() {
        for word in example.text.split_whitespace() {
            let is_mail = word.split_once('@').is_some_and(|(name, host)| {
                let host = host.trim_end_matches(|c: char| !c.is_alphanumeric());
                let is_made_up = ["example", "test"].iter().any(|top| host.contains(top));
                !name.is_empty() && host.contains('.') && !is_made_up
            });
            assert!(!is_mail, "a mail address: {}", example.text);
        }
        let longest = longest_number(&example.text);
        assert!(longest < 13, "a number of {longest} digits, as cards and accounts have: {}", example.text);
        let text = example.text.replace("07700 900", ""); // The range that is kept for films and books.
        assert!(!has_phone_number(&text), "a telephone number: {}", example.text);
    }
}

/// Digits of the longest number; spaces, dots and dashes inside it do not end it.
fn longest_number(text: &str) -> usize {
    text.split(|c: char| !(c.is_ascii_digit() || " .-".contains(c)))
        .map(|run| run.chars().filter(char::is_ascii_digit).count())
        .max()
        .unwrap_or(0)
}

/// `+33 6 …`, `06 12 34 56 78`: ten digits or more that begin as telephone numbers do, and no letter before them.
fn has_phone_number(text: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || " .-+".contains(c))).any(|run| {
        let Some(start) = run.find(|c: char| c.is_ascii_digit()) else { return false };
        let number = run[start..].split(char::is_alphabetic).next().unwrap_or_default();
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let stands_alone = !run[..start].ends_with(char::is_alphabetic);
        let begins = number.starts_with('0') || run[..start].ends_with('+');
        stands_alone && begins && (10..=12).contains(&digits)
    })
}

#[test]
fn personal_data_would_be_found() {
    assert_eq!(longest_number("carte 4970 1000-0000.0003 ok"), 16);
    assert!(has_phone_number("call 06 12 34 56 78") && has_phone_number("+33612345678"));
    assert!(!has_phone_number("order 00817, 12 pieces"));
}

#[test]
fn a_wrong_line_is_named_with_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = r#"{"lang":"en","text":"a","label":"none","also":null,"batch":"x/1"}"#;
    let bad = good.replace("none", "press");
    fs::write(folder.path().join("b.jsonl"), format!("{good}\n\n{bad}\n")).expect("written");
    let error = read_corpus(folder.path()).expect_err("press is no label").to_string();
    assert!(error.contains("b.jsonl, line 3: ") && error.contains("press"), "{error}");
}

#[test]
fn a_label_without_examples_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = r#"{"lang":"en","text":"a","label":"none","also":null,"batch":"x/1"}"#;
    fs::write(folder.path().join("a.jsonl"), good).expect("written");
    let error = read_corpus(folder.path()).expect_err("three labels are missing").to_string();
    assert!(error.ends_with("holds no example of `customer_service`"), "{error}");
    let error = read_corpus(&folder.path().join("nowhere")).expect_err("there is no such folder").to_string();
    assert!(error.contains("cannot read") && error.contains("nowhere"), "{error}");
}
