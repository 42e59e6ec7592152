//! No bytes do harm: sound files, damaged at random, are read or refused.

use proptest::prelude::*;

use super::*;

/// Bytes of a sound file of each kind.
fn sound(kind: usize) -> (Vec<u8>, &'static str) {
    let rows = texts(&[&["Id", "Email", "City"], &["1", "a@x.co", "Rome"], &["2", "b@x.co", "Oslo"]]);
    let csv = b"Id,Email\n1,a@x.co\n2,b@x.co\n".repeat(20);
    match kind % 8 {
        0 => (book(&rows), "x.xlsx"),
        1 => (
            ods(&format!(
                "<table:table table:name=\"a\">{}{}</table:table>",
                ods_row(&["Id", "x"]),
                ods_row(&["1", "y"])
            )),
            "x.ods",
        ),
        2 => (zipped([("a.csv", &csv[..]), ("b/c.csv", &csv)]), "x.zip"),
        3 => (parquet(typed()), "x.parquet"),
        4 => (zstd::encode_all(&csv[..], 3).unwrap(), "x.csv.zst"),
        5 => (xls(&[(0, 0, Err("Id")), (0, 1, Err("Email")), (1, 0, Ok(7.0)), (1, 1, Err("a@x.co"))], [2, 2]), "x.xls"),
        6 => (parquet(df!("id" => (0..500).collect::<Vec<i32>>(), "city" => vec!["Rome"; 500]).unwrap()), "y.parquet"),
        _ => (zipped([("b.xlsx", &book(&rows)[..])]), "y.zip"),
    }
}

/// Reading ends without a panic, and what it refuses it refuses by name.
fn survives(bytes: &[u8], path: &str) -> Result<(), TestCaseError> {
    if let Err(error) = tables(bytes, path) {
        let said = error.to_string();
        prop_assert!(said.starts_with(path), "{said}");
        prop_assert!(!matches!(error, Error::Frame { .. }), "{said}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_behind_a_known_beginning_do_harm(kind in 0_usize..7, tail in prop::collection::vec(any::<u8>(), 0..600)) {
        let start: &[u8] = [
            &b"PK\x03\x04"[..], b"PK\x05\x06", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08", b"\x50\x2a\x4d\x18",
        ][kind];
        survives(&[start, &tail].concat(), "x.bin")?;
        survives(&[start, &tail, b"PAR1"].concat(), "x.bin")?;
    }

    #[test]
    fn no_damage_to_a_sound_file_does_harm(
        kind in 0_usize..8,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let (mut bytes, path) = sound(kind);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survives(&bytes, path)?;
    }

    #[test]
    fn no_damage_within_a_workbook_does_harm(
        open in any::<bool>(),
        member in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), "[<>/\"' a-z0-9:=&;]{0,6}"), 1..4),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let (bytes, path) = sound(usize::from(open));
        let zip = ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let name = &names[member.index(names.len())];
        let damaged = rewritten(&bytes, name, |text| {
            let mut text: Vec<u8> = text.as_bytes().to_vec();
            for (at, new) in &flips {
                let at = at.index(text.len() + 1);
                let end = (at + new.len()).min(text.len());
                text.splice(at..end, new.bytes());
            }
            if let Some(cut) = &cut {
                text.truncate(cut.index(text.len() + 1));
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        survives(&damaged, path)?;
    }

    #[test]
    fn a_workbook_and_parquet_read_as_the_csv_of_them(
        cells in prop::collection::vec(prop::collection::vec("[a-zA-Z0-9éß ,\"\n'<&;=@._-]{0,12}", 3), 1..12),
    ) {
        let header = ["Id", "Email address", "City"];
        let mut whole = vec![header.map(str::to_owned).to_vec()];
        whole.extend(cells.iter().enumerate().map(|(at, row)| {
            let mut row: Vec<String> = row.iter().map(|cell| cell.replace('\r', "")).collect();
            row[0] = format!("r{at}{}", row[0]);
            row
        }));
        let mut csv = csv::Writer::from_writer(Vec::new());
        for row in &whole {
            csv.write_record(row).unwrap();
        }
        let columns = (0..3).map(|at| {
            Column::new(header[at].into(), whole[1..].iter().map(|row| row[at].clone()).collect::<Vec<_>>())
        });
        let frame = DataFrame::new(cells.len(), columns.collect()).unwrap();
        let read = |bytes: &[u8], path: &str| rows(&tables(bytes, path).unwrap()[0]);
        let expected = read(&csv.into_inner().unwrap(), "x.csv");
        prop_assert_eq!(&expected, &whole);
        prop_assert_eq!(&read(&parquet(frame), "x.parquet"), &expected);
        prop_assert_eq!(&read(&book(&whole), "x.xlsx"), &expected);
    }
}
