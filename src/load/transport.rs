//! Bytes in: a file, a member of a zip or standard input, unpacked if it is gzip or zstd, with the SHA-256 of what was
//! packed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::inputs::Input;
use super::limits::{Stopped, read_within, too_big, unpacked};
use super::{Error, archive};
use crate::model::Packing;

/// The first bytes of a gzip member: magic number and the one compression method there is.
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// The first bytes of a zstd frame.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// What a file holds, before it is a table.
#[derive(Debug)]
pub(crate) struct Payload {
    disk: Vec<u8>,
    inflated: Option<Vec<u8>>,
    packing: Packing,
}

impl Payload {
    /// Reads an input whole; of a file of several parts, all of it.
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

    /// Reads what an input names: of a zip, the one member.
    pub(crate) fn read_part(input: &Input) -> Result<Self, Error> {
        let whole = Self::read(input)?;
        match input.part().and_then(|part| part.strip_prefix('!')) {
            None => Ok(whole),
            Some(name) => Self::from_bytes(archive::member(whole.content(), name, input.shown())?, input.shown()),
        }
    }

    /// Takes bytes as they stand on disk, or in a zip; `path` is for messages.
    pub(crate) fn from_bytes(disk: Vec<u8>, path: &str) -> Result<Self, Error> {
        let packing = packing(&disk);
        let inflated = inflate(&disk, packing, path)?;
        Ok(Self { disk, inflated, packing })
    }

    /// The bytes, unpacked.
    pub(crate) fn content(&self) -> &[u8] {
        self.inflated.as_deref().unwrap_or(&self.disk)
    }

    /// The bytes as they stand on disk.
    pub(crate) fn disk(&self) -> &[u8] {
        &self.disk
    }

    /// The bytes as they stand on disk.
    pub(crate) fn into_disk(self) -> Vec<u8> {
        self.disk
    }

    /// How the file was packed.
    pub(crate) fn packing(&self) -> Packing {
        self.packing
    }
}

/// How bytes are packed, by the first of them. zstd may begin with a frame to be skipped, as `pzstd` writes it.
pub(crate) fn packing(bytes: &[u8]) -> Packing {
    if bytes.starts_with(GZIP) {
        Packing::Gzip
    } else if bytes.starts_with(ZSTD) || matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]) {
        Packing::Zstd
    } else {
        Packing::None
    }
}

fn read_path(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    // Opened once: what comes through a pipe comes once.
    let mut file = File::open(path)?;
    #[cfg(target_os = "linux")]
    if let Some(bytes) = side_by_side::read(&file)? {
        return Ok(bytes);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Large files, read by several threads: most of the time goes into fresh memory. Where an opened file may begin somewhere else
/// than at its start, as `/dev/stdin` does on other systems, this would be wrong.
#[cfg(target_os = "linux")]
mod side_by_side {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt as _;

    use rayon::prelude::*;

    /// Bytes that one task reads; from twice that on several do.
    pub(super) const STRETCH: usize = 8 << 20;

    /// The file whole; `None` for what is small, for what is no file and for one whose length changes meanwhile: they are to
    /// be read as they come, and nothing of them is taken.
    pub(super) fn read(file: &File) -> io::Result<Option<Vec<u8>>> {
        let about = file.metadata()?;
        let len = usize::try_from(about.len()).ok().filter(|len| about.is_file() && *len >= 2 * STRETCH);
        Ok(len.and_then(|len| read_len(file, len)))
    }

    /// The file, if it has just so many bytes.
    pub(super) fn read_len(file: &File, len: usize) -> Option<Vec<u8>> {
        // What there is no memory for is an error of reading, not the end of the program.
        Vec::<u8>::new().try_reserve_exact(len).ok()?;
        let mut bytes = vec![0; len];
        let stretches = bytes.par_chunks_mut(STRETCH).enumerate();
        stretches.try_for_each(|(at, stretch)| file.read_exact_at(stretch, (at * STRETCH) as u64)).ok()?;
        matches!(file.read_at(&mut [0], len as u64), Ok(0)).then_some(bytes)
    }
}

fn inflate(disk: &[u8], packing: Packing, path: &str) -> Result<Option<Vec<u8>>, Error> {
    let (limit, expected) = (unpacked(disk.len()), disk.len() as u64 * 4);
    let text = match packing {
        Packing::None => return Ok(None),
        Packing::Gzip => read_within(MultiGzDecoder::new(disk), limit, expected),
        Packing::Zstd => match zstd::Decoder::with_buffer(disk) {
            Ok(decoder) => read_within(decoder, limit, expected),
            Err(cause) => Err(Stopped::Broken(0, cause)),
        },
    };
    match text {
        Ok(text) => Ok(Some(text)),
        Err(Stopped::Limit) => Err(too_big(path, disk.len())),
        Err(Stopped::Broken(inflated, cause)) => {
            Err(Error::CorruptPacked { path: path.to_owned(), packing: packing.as_str(), inflated, cause })
        }
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
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_members_are_joined() {
        let packed = [gzip(b"a,b\n"), gzip(b"1,2\n")].concat();
        let payload = Payload::from_bytes(packed.clone(), "x.csv").unwrap();
        assert_eq!(payload.packing(), Packing::Gzip);
        assert_eq!(payload.content(), b"a,b\n1,2\n");
        assert_eq!(payload.disk(), packed);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn large_files_are_read_whole_and_the_rest_as_it_comes() {
        use side_by_side::{STRETCH, read, read_len};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leads.csv");
        for len in [0, 1, 2 * STRETCH - 1, 2 * STRETCH, 2 * STRETCH + 1, 3 * STRETCH + 12_345] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let file = File::open(&path).unwrap();
            let found = read(&file).unwrap();
            assert_eq!(found.is_some(), len >= 2 * STRETCH, "{len}");
            assert!(found.is_none_or(|found| found == bytes), "{len}");
            // One that was cut or grew since its length was asked for.
            assert!(read_len(&file, len + 1).is_none(), "{len}");
            assert!(len == 0 || read_len(&file, len - 1).is_none(), "{len}");
            assert!(read_len(&file, len).unwrap() == bytes, "{len}");
            assert!(read_path(&path).unwrap() == bytes, "{len}");
        }
        assert_eq!(read_path(folder.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert!(read_path(&folder.path().join("absent.csv")).is_err());
        // What says that it is empty, and is not.
        assert!(!read_path(Path::new("/proc/self/status")).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_opened_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("leads");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for _ in 0..50 {
            let writer = std::thread::spawn({
                let pipe = pipe.clone();
                move || std::fs::write(pipe, b"a,b\n1,2\n").unwrap()
            });
            assert_eq!(read_path(&pipe).unwrap(), b"a,b\n1,2\n");
            writer.join().unwrap();
        }
    }

    #[test]
    fn cut_gzip_is_an_error_that_names_the_file() {
        let mut packed = gzip(&b"a,b\n1,2\n".repeat(1000));
        packed.truncate(packed.len() - 9);
        let error = Payload::from_bytes(packed, "leads.csv.gz").unwrap_err();
        assert!(error.to_string().starts_with("leads.csv.gz: damaged gzip data after"), "{error}");
    }

    #[test]
    fn zstd_is_known_by_its_first_bytes_and_frames_are_joined() {
        let skipped = [&b"\x50\x2a\x4d\x18\x04\0\0\0"[..], b"note"].concat();
        let packed =
            [skipped, zstd::encode_all(&b"a,b\n"[..], 3).unwrap(), zstd::encode_all(&b"1,2\n"[..], 3).unwrap()]
                .concat();
        let payload = Payload::from_bytes(packed, "x.csv.zst").unwrap();
        assert_eq!((payload.packing(), payload.content()), (Packing::Zstd, &b"a,b\n1,2\n"[..]));
        let mut cut = zstd::encode_all(&b"a,b\n1,2\n".repeat(1000)[..], 3).unwrap();
        cut.truncate(cut.len() - 5);
        let error = Payload::from_bytes(cut, "leads.csv.zst").unwrap_err();
        assert!(error.to_string().starts_with("leads.csv.zst: damaged zstd data after"), "{error}");
    }

    #[test]
    fn what_unpacks_to_far_more_than_it_should_is_refused_before_it_does() {
        let zeros = io::repeat(b'0').take(400 * 1024 * 1024);
        let packed = zstd::encode_all(zeros, 1).unwrap();
        let refusal = |packed, path| Payload::from_bytes(packed, path).err().map(|error| error.to_string()).unwrap();
        let error = refusal(packed, "x.csv.zst");
        assert!(error.starts_with("x.csv.zst: it unpacks to more than 64 MiB"), "{error}");
        let block = gzip(&vec![b'0'; 1024 * 1024]);
        let error = refusal(block.repeat(80), "x.csv.gz");
        assert!(error.contains("200 times its size") && error.contains("unpack it yourself"), "{error}");
    }

    #[test]
    fn the_hash_is_that_of_the_bytes_on_disk() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
