//! Whether a file on disk is the published one.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::registry::File;

/// What lies where a file of the registry belongs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// The published bytes.
    Present,
    /// Other bytes, which the registry allows for.
    StandIn,
    Absent,
    /// Not the published bytes: how they differ.
    Changed(String),
    /// Something is there, but no hash tells what.
    Unknown,
    /// It cannot be read.
    Unreadable(String),
}

/// Compares what lies at `path` with the registry, by size and hashes.
pub(super) fn state(file: &File, path: &Path) -> State {
    match compare(file, path) {
        Ok(None) if file.has_hash() => State::Present,
        Ok(None) => State::Unknown,
        Ok(Some(_)) if file.stand_in.is_some() => State::StandIn,
        Ok(Some(difference)) => State::Changed(difference),
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Absent,
        Err(error) => State::Unreadable(error.to_string()),
    }
}

/// How the file at `path` differs from the published one; nothing when it does not.
pub(super) fn compare(file: &File, path: &Path) -> io::Result<Option<String>> {
    let mut content = fs::File::open(path)?;
    let metadata = content.metadata()?;
    if !metadata.is_file() {
        return Ok(Some("it is not a file".to_owned()));
    }
    let size = metadata.len();
    if let Some(expected) = file.size.filter(|expected| *expected != size) {
        return Ok(Some(format!("{size} bytes, expected {expected}")));
    }
    let (sha256, git_blob) = hashes(&mut content, size)?;
    let differs = |kind: &str, found: &str, expected: Option<&String>| {
        expected
            .filter(|expected| *expected != found)
            .map(|expected| format!("{kind} {found}, expected {expected}"))
    };
    Ok(differs("SHA-256", &sha256, file.sha256.as_ref())
        .or_else(|| differs("git blob", &git_blob, file.git_blob.as_ref())))
}

/// SHA-256 and git's name of a content of `size` bytes, in hex.
fn hashes(content: &mut impl Read, size: u64) -> io::Result<(String, String)> {
    let mut sha256 = Sha256::new();
    let mut sha1 = Sha1::new_with_prefix(format!("blob {size}\0"));
    let mut block = vec![0; 1 << 16];
    loop {
        match content.read(&mut block) {
            Ok(0) => break,
            Ok(bytes) => {
                sha256.update(&block[..bytes]);
                sha1.update(&block[..bytes]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((hex(&sha256.finalize()), hex(&sha1.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A registry entry for this content.
    pub(in super::super) fn entry(path: &str, content: &[u8]) -> File {
        let size = content.len() as u64;
        let (sha256, git_blob) = hashes(&mut &content[..], size).unwrap();
        File {
            path: path.to_owned(),
            size: Some(size),
            sha256: Some(sha256),
            git_blob: Some(git_blob),
            ..File::default()
        }
    }

    #[test]
    fn hashes_are_those_of_git_and_sha256sum() {
        // `printf 'hello\n' | git hash-object --stdin`, `printf 'hello\n' | sha256sum`
        let file = entry("a/b", b"hello\n");
        assert_eq!(
            file.git_blob.as_deref(),
            Some("ce013625030ba8dba906f756967f9e9ca394464a")
        );
        assert_eq!(
            file.sha256.as_deref(),
            Some("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
        );
    }

    #[test]
    fn one_other_byte_is_a_change_whichever_hash_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        let mut file = entry("a/b", b"hello\n");
        assert_eq!(state(&file, &path), State::Absent);
        fs::write(&path, b"hello\n").unwrap();
        assert_eq!(state(&file, &path), State::Present);
        fs::write(&path, b"hellO\n").unwrap();
        assert!(matches!(state(&file, &path), State::Changed(text) if text.contains("SHA-256")));
        file.sha256 = None;
        file.size = None;
        assert!(matches!(state(&file, &path), State::Changed(text) if text.contains("git blob")));
        file.stand_in = Some("simulated".to_owned());
        assert_eq!(state(&file, &path), State::StandIn);
        file.git_blob = None;
        assert_eq!(state(&file, &path), State::Unknown);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(!matches!(state(&file, &path), State::Present));
    }
}
