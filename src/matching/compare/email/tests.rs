use super::super::testing::{is_sound, levels_hold};
use super::*;

#[test]
fn levels_of_pairs() {
    levels_hold(
        EmailAddresses::new,
        &[
            ("Jane.Doe@Acme.example", " jane.doe@acme.example", SAME),
            ("Jane Doe <jane.doe@acme.example>", "mailto:jane.doe@acme.example", SAME),
            ("jane.doe+crm@acme.example", "jane.doe@acme.example", MAILBOX),
            ("j.a.doe@gmail.com", "jadoe@googlemail.com", MAILBOX),
            // Slips: a letter too many, too few, another, two swapped; the @ hit.
            ("hannah77@rivers.example", "hanah77@rivers.example", SLIP),
            ("hannah77@rivers.example", "hannah77orivers.exampl@e", SLIP),
            ("hannah77@rivers.example", "hannah77rivers.example", SLIP),
            ("hannah77@rivers.example", "hannah77@rviers.example", SLIP),
            ("jane.doe@gmial.com", "jane.doe@gmail.com", SLIP),
            ("hannah77@rivers.example", "hannnh77@riwers.exmple", SLIP),
            ("josephine.watson@cedar.example", "josphinwatsn@cedra.exmple", ALIKE),
            ("hannahmoss@gmail.com", "hannahmoss@ymail.com", ELSEWHERE),
            ("hannahmoss@gmail.com", "hannamoss@ymail.com", DIFFERENT),
            ("hannah77@rivers.example", "hannah88@cedarworks.example", DIFFERENT),
            ("hannahmoss77@gmail.com", "hannahmoss@cedarworks.example", FORM),
            ("info@cedarwork.example", "info@cedarworks.example", DIFFERENT),
            ("jane.doe@gmail.com", "jane.doe@acme.example", ELSEWHERE),
            ("hannah77@rivers.example", "hannah77@acme.example", ELSEWHERE),
            ("maximilian.moss@acme.example", "maxmilan.moss@acme.example", NEAR),
            ("jane.doe@gmail.com", "jdoe@gmail.com", DIFFERENT),
            ("jane.moss@gmail.com", "jmoss@acme.example", FORM),
            ("jane.moss@gmail.com", "moss.jane@acme.example", FORM),
            ("j.moss@gmail.com", "jane.moss@acme.example", FORM),
            ("janemoss22@gmail.com", "jane_moss@acme.example", FORM),
            // Other digits, swapped ones too, are other mailboxes; so are other places and countries.
            ("young1041@acme.example", "young1401@acme.example", DIFFERENT),
            ("clark2589@acme.example", "clark2982@acme.example", DIFFERENT),
            ("q12345@uni.example", "q12354@uni.example", DIFFERENT),
            ("hannahmoss@acmeworks.co.uk", "hannahmoss@acmeworks.co.nz", ELSEWHERE),
            ("hannahmoss@north-acme.example", "hannahmoss@south-acme.example", ELSEWHERE),
            // Co-workers, siblings and offices.
            ("jmoss@acme.example", "dmoss@acme.example", DIFFERENT),
            ("moss1@acme.example", "moss2@acme.example", DIFFERENT),
            ("jane.moss@acme.example", "ana.lind@acme.example", DIFFERENT),
            ("info@acme.example", "info@cedarworks.example", DIFFERENT),
            ("sales@acme.example", "sale@acme.example", DIFFERENT),
            ("jane.moss@acme.example", "john.moss@gmail.com", DIFFERENT),
            ("j.moss@acme.example", "m.moss@gmail.com", DIFFERENT),
            ("a@b.example", "c@b.example", DIFFERENT),
            ("none", "unknown", DIFFERENT),
        ],
    );
}

proptest::proptest! {
    #[test]
    fn sound(values in super::super::testing::values("[a-c]{1,6}[.+]?[a-c1-2]{0,4}@?[a-c]{1,6}[.@]example")) {
        is_sound(EmailAddresses::new, &values);
    }
}
