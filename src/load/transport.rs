//! Bytes in: a file or standard input, unpacked if it is gzip, with the SHA-256 of what stands on disk.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::Error;
use super::inputs::Input;

/// The first bytes of a gzip member: magic number and the one compression method there is.
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// What a file holds, before it is text.
#[derive(Debug)]
pub(crate) struct Payload {
    disk: Vec<u8>,
    inflated: Option<Vec<u8>>,
}

impl Payload {
    /// Reads an input whole.
    pub(crate) fn read(input: &Input) -> Result<Self, Error> {
        let unreadable = |cause| Error::Unreadable { path: input.shown().to_owned(), cause };
        let disk = match input {
            Input::Stdin => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
                bytes
            }
            Input::File { path, .. } => read_path(path).map_err(unreadable)?,
        };
        Self::from_bytes(disk, input.shown())
    }

    /// Takes bytes as they stand on disk; `path` is for messages.
    pub(crate) fn from_bytes(disk: Vec<u8>, path: &str) -> Result<Self, Error> {
        let inflated = if disk.starts_with(GZIP) { Some(inflate(&disk, path)?) } else { None };
        Ok(Self { disk, inflated })
    }

    /// The text's bytes, unpacked.
    pub(crate) fn content(&self) -> &[u8] {
        self.inflated.as_deref().unwrap_or(&self.disk)
    }

    /// The bytes as they stand on disk.
    pub(crate) fn disk(&self) -> &[u8] {
        &self.disk
    }

    /// Whether the file was packed.
    pub(crate) fn gzip(&self) -> bool {
        self.inflated.is_some()
    }
}

fn read_path(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    std::fs::read(path)
}

fn inflate(disk: &[u8], path: &str) -> Result<Vec<u8>, Error> {
    let mut text = Vec::with_capacity(disk.len().saturating_mul(4));
    match MultiGzDecoder::new(disk).read_to_end(&mut text) {
        Ok(_) => Ok(text),
        Err(cause) => Err(Error::CorruptGzip { path: path.to_owned(), inflated: text.len() as u64, cause }),
    }
}

/// SHA-256 in lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_members_are_joined() {
        let packed = [gzip(b"a,b\n"), gzip(b"1,2\n")].concat();
        let payload = Payload::from_bytes(packed.clone(), "x.csv").unwrap();
        assert!(payload.gzip());
        assert_eq!(payload.content(), b"a,b\n1,2\n");
        assert_eq!(payload.disk(), packed);
    }

    #[test]
    fn cut_gzip_is_an_error_that_names_the_file() {
        let mut packed = gzip(&b"a,b\n1,2\n".repeat(1000));
        packed.truncate(packed.len() - 9);
        let error = Payload::from_bytes(packed, "leads.csv.gz").unwrap_err();
        assert!(error.to_string().starts_with("leads.csv.gz: damaged gzip data after"), "{error}");
    }

    #[test]
    fn the_hash_is_that_of_the_bytes_on_disk() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
