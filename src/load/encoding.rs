//! Bytes to text and back: byte order marks, UTF-8 with stray bytes, Windows-1252.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr;

use super::Error;
use crate::model::TextEncoding;

/// Decoded text. The bytes are UTF-8, except that stray bytes of a UTF-8 file are left where they stand, so that it can
/// be written back byte for byte; the tokeniser reads their cells as Windows-1252.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    pub(crate) encoding: TextEncoding,
    pub(crate) bom: bool,
    /// The bytes in front of the text: the byte order mark.
    pub(crate) mark: &'a [u8],
}

/// Byte order marks, the longer ones first: UTF-32 LE begins like UTF-16 LE.
const MARKS: [(&[u8], TextEncoding); 5] = [
    (b"\xff\xfe\0\0", TextEncoding::Utf32Le),
    (b"\0\0\xfe\xff", TextEncoding::Utf32Be),
    (b"\xef\xbb\xbf", TextEncoding::Utf8),
    (b"\xff\xfe", TextEncoding::Utf16Le),
    (b"\xfe\xff", TextEncoding::Utf16Be),
];

/// Decodes the bytes of a text export; `path` is for messages.
pub(crate) fn decode<'a>(bytes: &'a [u8], path: &str) -> Result<Text<'a>, Error> {
    let marked = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    let (mark, encoding) = match marked {
        Some((mark, encoding)) => (mark.len(), short_marked(&bytes[mark.len()..], *encoding)),
        None => (0, guess(bytes, path)?),
    };
    let (mark, body) = bytes.split_at(mark);
    let bytes = match encoding {
        TextEncoding::Utf8 => Cow::Borrowed(body),
        TextEncoding::Utf16Le => into_bytes(UTF_16LE.decode_without_bom_handling(body).0),
        TextEncoding::Utf16Be => into_bytes(UTF_16BE.decode_without_bom_handling(body).0),
        TextEncoding::Utf32Le => Cow::Owned(utf32(body, u32::from_le_bytes).into_bytes()),
        TextEncoding::Utf32Be => Cow::Owned(utf32(body, u32::from_be_bytes).into_bytes()),
        TextEncoding::Windows1252 => into_bytes(WINDOWS_1252.decode_without_bom_handling(body).0),
    };
    Ok(Text { bytes, encoding, bom: !mark.is_empty(), mark })
}

/// One cell's or line's bytes as text: UTF-8 if they are that, else Windows-1252.
pub(crate) fn lenient(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text: String =
        units.iter().map(|unit| char::from_u32(number(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// Some Java programs put the two bytes of a UTF-16 mark in front of UTF-32, whatever its byte order.
fn short_marked(body: &[u8], encoding: TextEncoding) -> TextEncoding {
    if !matches!(encoding, TextEncoding::Utf16Le | TextEncoding::Utf16Be) {
        return encoding;
    }
    let (units, rest) = body.as_chunks::<4>();
    let sample = &units[..units.len().min(256)];
    // Read as UTF-16, every other character would be NUL, or nearly all of them beyond the first plane.
    let all = |number: fn([u8; 4]) -> u32| sample.iter().all(|u| (1..0x1_0000).contains(&number(*u)));
    match () {
        () if sample.is_empty() || !rest.is_empty() => encoding,
        () if all(u32::from_be_bytes) => TextEncoding::Utf32Be,
        () if all(u32::from_le_bytes) => TextEncoding::Utf32Le,
        () => encoding,
    }
}

/// The encoding of text without a byte order mark.
fn guess(bytes: &[u8], path: &str) -> Result<TextEncoding, Error> {
    let head = &bytes[..bytes.len().min(4096)];
    let nuls = bytecount(head, 0);
    if nuls * 4 > head.len() {
        let first = memchr(0, head).unwrap_or(0);
        let line = 1 + bytecount(&head[..first], b'\n') as u64;
        return Err(Error::WideWithoutMark { path: path.to_owned(), line });
    }
    Ok(if mostly_utf8(bytes) { TextEncoding::Utf8 } else { TextEncoding::Windows1252 })
}

/// Whether the text is UTF-8: wholly, or with fewer invalid bytes than valid multibyte sequences.
fn mostly_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        invalid += chunk.invalid().len();
    }
    valid > invalid
}

fn bytecount(bytes: &[u8], wanted: u8) -> usize {
    memchr::memchr_iter(wanted, bytes).count()
}

/// A character that an encoding does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{character}\" (U+{:04X}) cannot be written in {}; leave the value, or write the file as utf-8", u32::from(*.character), .encoding.as_str())]
pub struct Unencodable {
    /// The character.
    pub character: char,
    /// Position of its first byte in the text.
    pub at: usize,
    /// The encoding.
    pub encoding: TextEncoding,
}

/// Encodes text the way a file was written, with its byte order mark if it had one.
pub fn encode(text: &str, encoding: TextEncoding, bom: bool) -> Result<Vec<u8>, Unencodable> {
    let mut bytes = Vec::with_capacity(text.len() + 4);
    if bom && let Some((mark, _)) = MARKS.iter().find(|(_, marked)| *marked == encoding) {
        bytes.extend_from_slice(mark);
    }
    match encoding {
        TextEncoding::Utf8 => bytes.extend_from_slice(text.as_bytes()),
        TextEncoding::Utf16Le => text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes())),
        TextEncoding::Utf16Be => text.encode_utf16().for_each(|unit| bytes.extend(unit.to_be_bytes())),
        TextEncoding::Utf32Le => text.chars().for_each(|c| bytes.extend(u32::from(c).to_le_bytes())),
        TextEncoding::Utf32Be => text.chars().for_each(|c| bytes.extend(u32::from(c).to_be_bytes())),
        TextEncoding::Windows1252 => {
            let mut scratch = [0; 4];
            for (at, character) in text.char_indices() {
                if character.is_ascii() {
                    bytes.push(character as u8);
                    continue;
                }
                let (encoded, _, replaced) = WINDOWS_1252.encode(character.encode_utf8(&mut scratch));
                if replaced {
                    return Err(Unencodable { character, at, encoding });
                }
                bytes.extend_from_slice(&encoded);
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: &[u8]) -> (String, TextEncoding, bool) {
        let text = decode(bytes, "x.csv").unwrap();
        (lenient(&text.bytes).into_owned(), text.encoding, text.bom)
    }

    #[test]
    fn every_byte_order_mark_is_read_alike() {
        let wanted = "naïve,\"日本\"\r\n🙂,x\n";
        for encoding in [
            TextEncoding::Utf8,
            TextEncoding::Utf16Le,
            TextEncoding::Utf16Be,
            TextEncoding::Utf32Le,
            TextEncoding::Utf32Be,
        ] {
            let bytes = encode(wanted, encoding, true).unwrap();
            assert_eq!(text(&bytes), (wanted.to_owned(), encoding, true));
        }
    }

    #[test]
    fn utf32_behind_a_mark_of_two_bytes_is_utf32() {
        for encoding in [TextEncoding::Utf32Le, TextEncoding::Utf32Be] {
            let bytes = [b"\xfe\xff".to_vec(), encode("\"a\",b\n", encoding, false).unwrap()].concat();
            assert_eq!(text(&bytes), ("\"a\",b\n".to_owned(), encoding, true));
        }
    }

    #[test]
    fn valid_utf8_is_utf8() {
        assert_eq!(text("é".as_bytes()), ("é".into(), TextEncoding::Utf8, false));
        assert_eq!(text(b"plain").1, TextEncoding::Utf8);
    }

    #[test]
    fn stray_bytes_in_utf8_leave_it_utf8_and_stay_in_place() {
        let mixed = [("é".repeat(5)).as_bytes(), b",caf\xe9\n"].concat();
        let decoded = decode(&mixed, "x.csv").unwrap();
        assert_eq!(decoded.encoding, TextEncoding::Utf8);
        assert_eq!(&*decoded.bytes, mixed);
        assert_eq!(lenient(b"caf\xe9 \x80"), "café €");
    }

    #[test]
    fn text_with_more_invalid_bytes_than_sequences_is_windows_1252() {
        assert_eq!(text(b"caf\xe9,na\xefve,\x93x\x94"), ("café,naïve,“x”".into(), TextEncoding::Windows1252, false));
    }

    #[test]
    fn utf16_without_a_mark_is_refused_with_its_line() {
        let bytes = encode("a\nb", TextEncoding::Utf16Le, false).unwrap();
        let error = decode(&bytes, "x.csv").unwrap_err().to_string();
        assert!(error.contains("x.csv: line 1") && error.contains("save it as UTF-8"), "{error}");
    }

    #[test]
    fn what_cannot_be_encoded_is_named_with_its_place() {
        let error = encode("aé€→", TextEncoding::Windows1252, false).unwrap_err();
        assert_eq!((error.character, error.at), ('→', 6));
        assert!(error.to_string().contains("U+2192"));
    }

    proptest! {
        #[test]
        fn windows_1252_gives_every_byte_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let decoded = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
            prop_assert_eq!(encode(&decoded, TextEncoding::Windows1252, false).unwrap(), bytes);
        }

        #[test]
        fn text_survives_every_encoding_with_a_mark(wanted in "[^\\x00]+") {
            for (_, encoding) in MARKS {
                let bytes = encode(&wanted, encoding, true).unwrap();
                prop_assert_eq!(&text(&bytes).0, &wanted);
            }
        }
    }
}
