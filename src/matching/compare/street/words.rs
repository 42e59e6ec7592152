//! Words that streets and addresses are made of.

/// What kind of street a word means, the same number for all its spellings. Kinds are told apart so that Elm Street and
/// Elm Road are two streets.
pub(super) fn kind(word: &str) -> Option<u8> {
    KINDS.iter().position(|spellings| spellings.contains(&word)).map(|at| at as u8 + 1)
}

/// The first spelling of a kind; nothing for 0.
pub(super) fn name(kind: u8) -> &'static str {
    usize::from(kind).checked_sub(1).and_then(|at| KINDS.get(at)).and_then(|spellings| spellings.first()).unwrap_or(&"")
}

const KINDS: &[&[&str]] = &[
    &["street", "st", "str", "strt", "strasse", "straat"],
    &["avenue", "ave", "av", "aven", "avn", "avenida", "avda"],
    &["road", "rd"],
    &["drive", "dr", "drv"],
    &["boulevard", "blvd", "blv", "boul", "bvd", "bld", "bd"],
    &["lane", "ln"],
    &["court", "ct", "crt"],
    &["place", "pl", "platz", "plein"],
    &["square", "sq", "sqr"],
    &["terrace", "ter", "tce", "terr"],
    &["circle", "cir", "circ"],
    &["circuit", "cct"],
    &["crescent", "cres", "cr", "crescnt"],
    &["highway", "hwy", "hiway"],
    &["parkway", "pkwy", "pky", "pwy"],
    &["way", "wy", "weg"],
    &["close", "cl"],
    &["trail", "trl", "tr"],
    &["loop"],
    &["alley", "aly"],
    &["allee"],
    &["plaza", "plz"],
    &["turnpike", "tpke", "tpk"],
    &["expressway", "expy", "expwy"],
    &["freeway", "fwy"],
    &["route", "rte"],
    &["grove", "gr", "gro"],
    &["gardens", "gdns"],
    &["row"],
    &["mews"],
    &["parade", "pde"],
    &["esplanade", "esp"],
    &["quay", "qy", "kade", "quai"],
    &["rise"],
    &["cove", "cv"],
    &["pike"],
    &["gasse"],
    &["ring"],
    &["laan"],
    &["gata", "gatan", "gade", "gate"],
    &["vagen", "vag", "vej", "vei"],
    &["rue"],
    &["chemin", "che"],
    &["impasse", "imp"],
    &["cours"],
    &["via"],
    &["viale"],
    &["piazza", "pza"],
    &["corso"],
    &["calle"],
    &["paseo"],
    &["rua"],
    &["ulica", "ul"],
    &["walk"],
];

/// Words of a kind that stand in front of the name: rue de la Paix, via Roma.
pub(super) fn leads(word: &str) -> bool {
    matches!(
        word,
        "rue"
            | "avenue"
            | "av"
            | "ave"
            | "boulevard"
            | "bd"
            | "chemin"
            | "impasse"
            | "cours"
            | "quai"
            | "place"
            | "allee"
            | "via"
            | "viale"
            | "piazza"
            | "corso"
            | "calle"
            | "avenida"
            | "avda"
            | "paseo"
            | "plaza"
            | "rua"
            | "ulica"
            | "ul"
            | "route"
    )
}

/// A word that ends in what makes it a street, and the rest: Hauptstrasse, Hauptstr.
pub(super) fn split(word: &str) -> Option<(&str, &'static str)> {
    for (ending, kind) in [("strasse", "street"), ("straat", "street"), ("str", "street")] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.len() >= 3
        {
            return Some((rest, kind));
        }
    }
    None
}

/// The direction that a word says.
pub(super) fn direction(word: &str) -> Option<&'static str> {
    Some(match word {
        "n" | "north" | "no" => "north",
        "s" | "south" | "so" => "south",
        "e" | "east" => "east",
        "w" | "west" => "west",
        "ne" | "northeast" => "northeast",
        "nw" | "northwest" => "northwest",
        "se" | "southeast" => "southeast",
        "sw" | "southwest" => "southwest",
        _ => return None,
    })
}

/// Words in front of the number of a flat, an office or a floor.
pub(super) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "#" | "apt"
            | "ap"
            | "apartment"
            | "appt"
            | "unit"
            | "suite"
            | "ste"
            | "flat"
            | "fl"
            | "floor"
            | "flr"
            | "room"
            | "rm"
            | "lot"
            | "bldg"
            | "building"
            | "dept"
            | "level"
            | "lvl"
            | "shop"
            | "office"
            | "no"
            | "nr"
            | "bte"
            | "piso"
            | "etage"
    )
}

/// Words in front of the number of a box at the post office; `po box` counts as one.
pub(super) fn is_box(word: &str) -> bool {
    matches!(word, "box" | "pobox" | "postfach" | "apartado" | "postbus")
}

/// A number as a place in an order, in the one form: `5th` for `fifth`. Written out, so that 5th and 6th stay apart.
pub(super) fn ordinal(word: &str) -> Option<&'static str> {
    Some(match word {
        "first" => "1st",
        "second" => "2nd",
        "third" => "3rd",
        "fourth" => "4th",
        "fifth" => "5th",
        "sixth" => "6th",
        "seventh" => "7th",
        "eighth" => "8th",
        "ninth" => "9th",
        "tenth" => "10th",
        "eleventh" => "11th",
        "twelfth" => "12th",
        _ => return None,
    })
}

/// Other words with a usual short form.
pub(super) fn long_form(word: &str) -> &str {
    match word {
        "mt" => "mount",
        "ft" => "fort",
        "hts" => "heights",
        "ctr" | "centre" | "cntr" => "center",
        "intl" => "international",
        "bros" => "brothers",
        word => word,
    }
}
