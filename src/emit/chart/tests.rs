//! Drawings are well-formed, hold no foreign content, and use the colours that a style can swap.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;

fn bar(label: &str, value: f32) -> Bar {
    Bar { label: label.to_owned(), value, shown: value.to_string(), tone: Tone::Plain }
}

fn charts(label: &str) -> [Chart; 6] {
    let of = |name, figure| Chart {
        name,
        title: label.to_owned(),
        says: label.to_owned(),
        headers: ["what", "how many"],
        figure,
    };
    let bars = vec![bar(label, 3.0), bar("b", 0.0), bar(label, 12.5)];
    let limits = vec![Limit { before: 1, label: label.to_owned(), tone: Tone::Bad }];
    let part = |paint, values: [u64; 3]| Part { name: label.to_owned(), paint, values: values.to_vec() };
    let stack = Stack {
        labels: vec![label.to_owned(), "b".to_owned(), "c".to_owned()],
        rows: vec![label.to_owned(), "b".to_owned(), "c".to_owned()],
        parts: [Paint::Kind(0), Paint::Kind(1), Paint::Kind(2), Paint::Kind(3), Paint::Kind(4), Paint::Rest]
            .map(|paint| part(paint, [1, 0, 12]))
            .to_vec(),
        axis: "x".to_owned(),
        ..Stack::default()
    };
    let over = Line { name: "score", values: vec![Some(70.0), None, Some(81.5)], limits: limits.clone() };
    let runs = Stack { over: Some(over), counts: "rows", ..stack.clone() };
    let (across, down) = (vec![label.to_owned(), "y".to_owned()], vec![label.to_owned(), "b".to_owned()]);
    let shares = vec![vec![0.0, 0.1], vec![50.0, 100.0]];
    [
        of("fill", Figure::Across { bars: bars.clone(), full: Some(100.0) }),
        of("latency", Figure::Upright { bars, limits, axis: "x".to_owned(), full: None }),
        of("mapping", Figure::Grid { across, down, shares }),
        of("duplicates-by-week", Figure::Stacked(stack)),
        of("trend", Figure::Stacked(runs)),
        of("trend", Figure::Words),
    ]
}

/// The elements of a drawing and its words; fails where it is not well-formed.
fn read(svg: &str) -> (Vec<String>, String) {
    let mut reader = Reader::from_str(svg);
    let (mut names, mut words, mut depth) = (Vec::new(), String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                tag.attributes().for_each(|attribute| assert!(!attribute.unwrap().key.as_ref().starts_with(b"on")));
                names.push(String::from_utf8(tag.name().as_ref().to_vec()).unwrap());
                depth += 1;
            }
            Event::Empty(tag) => {
                tag.attributes().for_each(|attribute| assert!(!attribute.unwrap().key.as_ref().starts_with(b"on")));
                names.push(String::from_utf8(tag.name().as_ref().to_vec()).unwrap());
            }
            Event::Text(text) => words.push_str(&text.decode().unwrap()),
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element is closed");
    (names, words)
}

#[test]
fn a_drawing_says_what_it_is_and_its_words_are_text() {
    for chart in charts("East Region") {
        let picture = draw(chart).unwrap();
        assert!(picture.svg.starts_with("<svg ") && picture.svg.contains("role=\"img\""));
        let (names, words) = read(&picture.svg);
        assert_eq!(names[..3], ["svg", "title", "desc"]);
        assert!(names.contains(&"text".to_owned()) && words.contains("East Region"), "{words}");
        assert!(picture.name == "trend" || !picture.rows.is_empty());
        assert!(picture.rows.iter().all(|row| row.len() == picture.headers.len()));
        assert!(NAMES.contains(&picture.name));
        read(&picture.file());
    }
}

#[test]
fn every_colour_can_be_swapped() {
    let colour = regex::Regex::new("(?:fill|stroke)=\"(#[0-9A-Fa-f]+)\"").unwrap();
    for chart in charts("x") {
        let svg = draw(chart).unwrap().svg;
        let mut found = 0;
        for one in colour.captures_iter(&svg) {
            assert!(DARK.contains(&format!("=\"{}\"]", &one[1])), "{} has no dark side", &one[1]);
            found += 1;
        }
        assert!(found > 0 && !svg.contains("style="));
    }
}

#[test]
fn labels_of_a_heat_map_are_slanted_where_they_would_touch() {
    let drawn = |names: &[&str], row: &str| {
        let across: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let shares = vec![vec![1.0; names.len()]];
        let figure = Figure::Grid { across, down: vec![row.to_owned()], shares };
        let of = Chart { name: "mapping", title: "t".to_owned(), says: "s".to_owned(), headers: ["what", ""], figure };
        draw(of).unwrap().svg
    };
    assert!(!drawn(&["equal", "translated"], "a").contains("rotate("));
    let many = ["equal", "translated", "contained", "lost", "altered", "misrouted", "other"];
    let svg = drawn(&many, "chats.visitor_phone → leads.MobilePhone");
    assert_eq!(svg.matches("rotate(-35)").count(), many.len());
    assert!(many.iter().all(|name| svg.contains(&format!(">{name}</text>"))), "{svg}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hostile_labels_stay_text(label in any::<String>(), tail in r#"[ -~<>&"'\u{fffe}\u{0}]{0,60}"#) {
        const KNOWN: [&str; 12] = [
            "svg", "title", "desc", "g", "rect", "line", "text", "path", "polyline", "polygon", "circle", "tspan",
        ];
        for chart in charts(&format!("{label}{tail}")) {
            let (names, _) = read(&draw(chart).unwrap().svg);
            prop_assert!(names.iter().all(|name| KNOWN.contains(&name.as_str())), "{names:?}");
        }
    }
}
