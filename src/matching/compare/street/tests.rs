use super::super::testing::{is_sound, levels_hold};
use super::*;

#[test]
fn levels_of_pairs() {
    levels_hold(
        StreetAddresses::new,
        &[
            ("123 Main Street", "123 main st.", SAME),
            ("42 N. Elm Ave", "42 North Elm Avenue", SAME),
            ("435 s. la cienega blv.", "435 S La Cienega Blvd", SAME),
            ("12 Fifth Avenue", "12 5th Ave", SAME),
            ("P.O. Box 123", "PO Box 123", SAME),
            ("Lindenstraße 12", "Lindenstr. 12", SAME),
            ("Linden Str. 12", "Lindenstrasse 12", SAME),
            ("3/45 Smith St", "Unit 3, 45 Smith Street", SAME),
            ("elm street", "Elm St", SAME),
            ("Apt #287, 1662 Moss Rd", "Ap #287 - 1662 Moss Road", SAME),
            ("123 Main Street, Las Vegas NV 89132", "123 Main St", CORE),
            ("123 Main St Apt 4", "123 Main St", CORE),
            ("1515 Adela Ln, LV, NV", "1515 Adela Lane Las Vegas NV", CORE),
            ("12-14 Mill Lane", "12 Mill Ln", CORE),
            ("12 E Main St", "12 Main St", CORE),
            ("12 Elm", "12 Elm Street", CORE),
            ("804 northpoint", "804 north point st.", CORE),
            ("freeman ave", "freeman avenue dallas", CORE),
            ("Lindenstr. 12, 10115 Berlin", "Lindenstraße 12", CORE),
            ("12 rue de la Paix, Paris", "12, rue de la Paix", CORE),
            ("via Roma 5", "5 via Roma", SAME),
            ("PO Box 330, 284 Moss Ave", "PO Box 330", CORE),
            ("123 Tullaroop Street", "123 Tullarop Street", STREET_NEAR),
            ("123 Elm Street", "123 Elm Road", STREET_NEAR),
            ("tullaroop street", "tulllaroop street", STREET_NEAR),
            ("brooker street", "brooke rstreet", STREET_NEAR),
            ("roseberyostreet", "rosebery street", STREET_NEAR),
            ("7 Claude La.", "7 Claude Lane", SAME),
            (
                "133 New Bridge Road, Point Tower, Singapore 059413",
                "Point Tower, 133 New Bridge Road, 059413 singapore",
                CORE,
            ),
            ("6371 E Moss Dr, Orrville, CA", "6371 E Moss Drive, 95915", CORE),
            ("224 s. beverly dr.", "8600 beverly blvd.", DIFFERENT),
            ("160 Brenville Pl", "1602 Brenville Pl", NUMBER_NEAR),
            ("freeman ave dallas 75024", "546 freeman avenue dallas tx 75024", NUMBER_NEAR),
            ("123 Main St, Las Vegas", "123 Main St, Boston", NUMBER_NEAR),
            ("123 Main St", "4577 Main St", NEIGHBOURS),
            ("123 Main St Apt 4", "123 Main St Apt 5", NEIGHBOURS),
            ("12 Main St", "13 Main St", NEIGHBOURS),
            ("12 5th Ave", "12 6th Ave", DIFFERENT),
            ("PO Box 123", "PO Box 124", DIFFERENT),
            ("123 Main St", "123 Oak St", DIFFERENT),
            ("–", "…", DIFFERENT),
        ],
    );
}

proptest::proptest! {
    #[test]
    fn sound(values in super::super::testing::values(
        "((PO Box|Apt #?|Unit )?[1-3]{1,3}[a/-]?)? ?(N |5th |rue )?[A-B][a-c]{0,5} ?(St|Road|Ave|str)?,?( [A-B][a-b]{1,3}){0,2}( 1[12])?"
    )) {
        is_sound(StreetAddresses::new, &values);
    }
}
