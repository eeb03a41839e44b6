//! What goes, what stays, and that nothing of a masked class survives.

use proptest::prelude::*;

use super::{PLACEHOLDERS, mask};

#[test]
fn what_leads_to_a_person_goes() {
    for (text, masked) in [
        ("write to jean.dupont+shop@mail.example.fr please", "write to [mail] please"),
        ("é.martin@poste.example, ou jean (at) mail.example", "[mail], ou [mail]"),
        ("mon mail c'est jean arobase mail.example", "mon mail c'est [mail]"),
        ("appelez le 06 12 34 56 78 svp", "appelez le [phone] svp"),
        ("tel:0612345678, 06.12.34.56.78 ou 06/12/34/56/78", "tel:[phone], [phone] ou [phone]"),
        ("+33 6 12 34 56 78 / +33(0)612345678 / 0033612345678", "[phone] / [phone] / [phone]"),
        ("Bruxelles 02 555 12 12, gsm 0470 12 34 56", "Bruxelles [phone], gsm [phone]"),
        ("Genève 022 555 12 12, +41 79 555 12 12", "Genève [phone], [phone]"),
        ("call (514) 555-0199 or 514-555-0199 or +1 514 555 0199", "call [phone] or [phone] or [phone]"),
        ("London 020 7946 0958, mobile 07700 900123", "London [phone], mobile [phone]"),
        ("card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"),
        ("card 4111-1111-1111-1111.", "card [card]."),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 merci", "IBAN [iban] merci"),
        ("be68539007547034 or GB29 NWBK 6016 1331 9268 19!", "[iban] or [iban]!"),
        ("order 4412 never came", "order [number] never came"),
        (
            "commande n° 4412, dossier: AB-12, réf. X7K2",
            "commande n° [number], dossier: [number], réf. [number]",
        ),
        ("dossier FR 1234, cmd 77001, réf 9912-BX", "dossier [number], cmd [number], réf [number]"),
        ("see https://shop.example/?a[]=jean&b=<@123456>", "see https://shop.example/?[query][member]"),
        ("#4412 and # 98765", "#[number] and # [number]"),
        ("n°4412, my order number is 123 456", "n°[number], my order number is [number]"),
        ("yes, 123456", "yes, [number]"),
        ("colis 6A12345678901 et ZX-2024-8891", "colis [number] et [number]"),
        ("booking K4XM27 and 123-456-789", "booking [number] and [number]"),
        ("je m'appelle Jean-Pierre de La Tour et j'attends", "je m'appelle [name] et j'attends"),
        ("Je mappelle marie dupont, mon colis", "Je mappelle [name], mon colis"),
        ("mon nom est DURAND. My name is John Smith and", "mon nom est [name]. My name is [name] and"),
        ("moi c'est Léa, i'm called Bob", "moi c'est [name], i'm called [name]"),
        ("hello this is Julie from Lyon", "hello this is [name] from Lyon"),
        ("Nom : Lefèvre, name: ann lee", "Nom : [name], name: [name]"),
        ("https://shop.example/suivi?email=a@b.fr&id=5 ok", "https://shop.example/suivi?[query] ok"),
        ("see www.shop.example/o/1234567#part", "see www.shop.example/o/[number]#[query]"),
        ("<@123456789012345678> <@&12345> <#12345> <:sad:12345>", "[member] [role] [channel] [emoji sad]"),
        ("０６ １２ ３４ ５６ ７８ et j\u{200b}ean＠mail.example", "[phone] et [mail]"),
    ] {
        assert_eq!(mask(text), masked, "{text}");
    }
}

#[test]
fn what_decides_stays() {
    for text in [
        "does the PS5 or the iPhone 13 do 5G and 4K? the X200 does",
        "iphone13 ou iPhone14Pro, Windows11, wifi6, galaxys23, fifa2024",
        "45 €, 1 299,00 €, 12500 euros, $12,500, 99.99$",
        "in 2024 and 2025, since 12/03/2026, le 03.04.2026 à 14h30, 2026-03-15 12:30:45",
        "les années 2019 2020 2021",
        "1920x1080, 40x30x20 cm, 2x16Go, 1024Go, 20000 mAh, 1000Mbps, 12000 km",
        "version 17.4.1 build 3, error 504, à 18:30-19:00, 192.168.1.1",
        "moi c'est pareil, this is a scandal, my name is on the card",
        "commande de 45 € du 12 mars, compte pro, colis 2 kg, facture 150 €",
        "n°1 en France, #1 of all, 24/7, covid-19",
        "it's 10:45, 3 of 4 work, 30 000 abonnés",
        "https://shop.example/help?",
        "c'est 2 fois plus cher que la Switch 2 (OLED)",
    ] {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn what_cannot_be_seen_does_not_leave() {
    assert_eq!(mask("a\u{202e}b\u{200b}c\u{e0041}\u{7}d\ne\tf"), "abcd\ne\tf");
}

/// Pieces that shapes are made of, to be glued together in every way.
fn fragments() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "06 12 34 56 78",
        "+33",
        "0",
        "12",
        "4412",
        "4111 1111 1111 1111",
        "FR76",
        "NWBK",
        "a@b.fr",
        "@",
        ".",
        "-",
        "/",
        " ",
        " ",
        " ",
        "order",
        "commande n°",
        "ref:",
        "#",
        "n°",
        "je m'appelle ",
        "my name is ",
        "this is ",
        "Jean",
        "de",
        " from ",
        "marie",
        "https://x.fr/",
        "?",
        "id=",
        "<@123>",
        "<:a:12>",
        "[mail]",
        "[",
        "]",
        "(",
        ")",
        "€",
        "euros",
        "2024",
        "12/03/2026",
        "AB12",
        "iphone13",
        "CMD-2024-8891",
        "é",
        "e\u{301}",
        "_",
        "km",
        ":",
        "'",
        "\n",
        "Go",
        "x",
        "T12:30",
        "\u{200b}",
        "\u{a0}",
        "٣",
        "²",
        "nom:",
        "www.",
        "$",
        "(at)",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn masking_twice_is_masking_once(text in prop_oneof![any::<String>(), fragments()]) {
        let once = mask(&text);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn no_number_of_somebodys_survives_among_words(
        before in "[a-z éà,.!?:(]{0,20}",
        digits in "[1-9][0-9]{8,15}",
        after in "[a-z éà,.!?:)]{0,20}",
    ) {
        let short = &digits[..5];
        // "12345 km" is a distance.
        prop_assume!(!mask(&format!("{short} {after}")).starts_with(short));
        let masked = mask(&format!("{before} {digits} {short} {after}"));
        prop_assert!(!masked.contains(short), "{}", masked);
    }

    #[test]
    fn no_mail_card_account_or_phone_survives_among_words(
        before in "[a-z éà,.!?:(]{0,20}",
        planted in prop_oneof![
            "[a-z]{1,9}([._-][a-z0-9]{1,9})?@[a-z]{1,9}\\.(fr|com|be)",
            "(\\+33 ?|0)[1-7]( ?[0-9]{2}){4}",
            "\\+32 4[0-9]{2}( [0-9]{2}){3}",
            "\\+41 7[0-9] [0-9]{3}( [0-9]{2}){2}",
            "0[27][0-9]{3} [0-9]{6}",
            "(\\([2-9][0-9]{2}\\)|[2-9][0-9]{2}) [2-9][0-9]{2}-[0-9]{4}",
            "[0-9]{4}( [0-9]{4}){3}",
            "(FR|BE|DE)[0-9]{2}( [0-9]{4}){3,5}",
            "<@!?[0-9]{17,19}>",
        ],
        after in "[a-z éà,.!?:)]{0,20}",
    ) {
        let masked = mask(&format!("{before} {planted} {after}"));
        prop_assert!(!masked.contains(&planted), "{}", masked);
        prop_assert!(PLACEHOLDERS.iter().any(|word| masked.contains(word)), "{}", masked);
        let digits = masked.bytes().filter(u8::is_ascii_digit).count();
        prop_assert!(digits == 0 || planted.contains('@'), "{}", masked);
    }

    #[test]
    fn no_key_or_token_survives_among_words(
        before in "[a-z éà,.!?:(]{0,20}",
        planted in prop_oneof![
            "sk-[a-z]{4}[0-9]{2}[A-Za-z0-9]{14}",
            "gh[ps]_[A-Z]{3}[0-9]{2}[A-Za-z0-9]{31}",
            "M[A-Z][0-9]{2}[A-Za-z0-9]{20}\\.G[0-9]{2}[a-z]{4}\\.[a-z]{3}[0-9]{2}[A-Za-z0-9]{22}",
            "[0-9a-f]{2}[0-9]{3}[0-9a-f]{27}",
        ],
        after in "[a-z éà,.!?:)]{0,20}",
    ) {
        let masked = mask(&format!("{before} {planted} {after}"));
        for part in planted.split(['.', '-', '_']).filter(|part| part.len() >= 6) {
            prop_assert!(!masked.contains(part), "{}", masked);
        }
    }

    #[test]
    fn no_name_survives_its_introduction(
        introduction in prop::sample::select(vec!["je m'appelle", "mon nom est", "my name is", "I'm called", "Moi c'est"]),
        name in "(Zo|Kev|Mart)[a-z]{2,8}(-[A-Z][a-z]{2,6})? [A-Z]x[a-z]{2,8}",
        after in "(, | et | and |\\. )[a-z ]{0,20}",
    ) {
        let masked = mask(&format!("Hi! {introduction} {name}{after}"));
        for part in name.split(' ') {
            prop_assert!(!masked.contains(part), "{}", masked);
        }
    }
}

#[test]
fn the_work_grows_with_the_text_alone() {
    // Work that grows with the square would go on for minutes here.
    for piece in
        ["a.", "1 ", "(", "06 12 ", "a@", "http://", "this is A ", "je m'appelle A ", "order ", "AB12-", "1"]
    {
        for times in [500, 50_000] {
            assert!(!mask(&piece.repeat(times)).is_empty());
        }
    }
}
