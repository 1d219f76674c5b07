//! Against a server on loopback that misbehaves as told.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::super::check::tests::entry;
use super::*;

/// What is sent for one request.
struct Reply {
    head: String,
    body: Vec<u8>,
    /// Keep the connection open and say nothing more, in place of closing it.
    hang: bool,
}

fn reply(status: &str, headers: &str, length: usize, body: &[u8]) -> Reply {
    Reply {
        head: format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
        ),
        body: body.to_vec(),
        hang: false,
    }
}

fn whole(content: &[u8]) -> Reply {
    reply("200 OK", "", content.len(), content)
}

/// The first `sent` bytes only.
fn broken(content: &[u8], sent: usize) -> Reply {
    reply("200 OK", "", content.len(), &content[..sent])
}

fn rest(content: &[u8], start: usize) -> Reply {
    let range = format!(
        "Content-Range: bytes {start}-{}/{}\r\n",
        content.len() - 1,
        content.len()
    );
    let body = &content[start..];
    reply("206 Partial Content", &range, body.len(), body)
}

fn hanging(mut reply: Reply) -> Reply {
    reply.hang = true;
    reply
}

/// A server that answers with these replies in turn, then refuses; the range asked for in every request.
fn serve(replies: Vec<Reply>) -> (String, Receiver<Option<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    let (sender, ranges) = channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        for reply in replies {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let range = head.iter().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("range: ")
                    .map(str::to_owned)
            });
            // The test may not care for ranges, and the client may have gone away, which is for it to say.
            let _ = sender.send(range);
            let _ = stream.write_all(reply.head.as_bytes());
            let _ = stream.write_all(&reply.body);
            if reply.hang {
                held.push(stream);
            }
        }
        // Open until the test ends.
        thread::sleep(Duration::from_secs(if held.is_empty() { 0 } else { 60 }));
    });
    (url, ranges)
}

const STALL: Duration = Duration::from_millis(300);

fn downloader(attempts: u32) -> Downloader {
    Downloader::new(Patience {
        attempts,
        connect: Duration::from_secs(5),
        stall: STALL,
        pause: Duration::from_millis(1),
    })
}

/// A file of the registry, its content, and a folder for it.
struct Case {
    content: Vec<u8>,
    file: File,
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let content: Vec<u8> = (0..200_000_u32)
            .flat_map(|i| i.wrapping_mul(i).to_le_bytes())
            .collect();
        Self {
            file: entry("set/file.csv", &content),
            content,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("set/file.csv")
    }

    fn fetch(&self, attempts: u32, url: &str) -> Result<(), String> {
        downloader(attempts)
            .fetch(&self.file, url, &self.target(), &mut |_, _| {})
            .map_err(|error| format!("{error:#}"))
    }

    fn assert_whole(&self) {
        assert!(fs::read(self.target()).unwrap() == self.content);
        assert!(!partial(&self.target()).unwrap().exists());
    }

    /// That it ends in an error with these words, and that nothing is there that could be taken for the file.
    fn assert_refused(&self, result: Result<(), String>, words: &[&str]) {
        let error = result.unwrap_err();
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
        assert!(!self.target().exists());
    }
}

#[test]
fn a_file_comes_whole_and_progress_ends_at_its_size() {
    let case = Case::new();
    let (url, ranges) = serve(vec![whole(&case.content)]);
    let mut last = (0, None);
    downloader(1)
        .fetch(&case.file, &url, &case.target(), &mut |have, total| {
            last = (have, total);
        })
        .unwrap();
    case.assert_whole();
    let size = case.content.len() as u64;
    assert_eq!(last, (size, Some(size)));
    assert_eq!(ranges.recv().unwrap(), None);
}

#[test]
fn a_broken_connection_is_taken_up_where_it_broke() {
    let case = Case::new();
    let (url, ranges) = serve(vec![
        broken(&case.content, 70_000),
        rest(&case.content, 70_000),
    ]);
    case.fetch(2, &url).unwrap();
    case.assert_whole();
    let asked: Vec<_> = ranges.iter().collect();
    assert_eq!(asked, [None, Some("bytes=70000-".to_owned())]);
}

#[test]
fn a_later_call_goes_on_where_the_first_stopped_and_a_half_file_is_never_taken_for_whole() {
    let mut case = Case::new();
    // As of most missing files only git's name is known, not the size.
    case.file.size = None;
    case.file.sha256 = None;
    let (url, ranges) = serve(vec![
        broken(&case.content, 99_999),
        rest(&case.content, 99_999),
    ]);
    case.assert_refused(case.fetch(1, &url), &["1 attempts", "goes on", &url]);
    case.fetch(1, &url).unwrap();
    case.assert_whole();
    assert_eq!(ranges.iter().nth(1).unwrap().unwrap(), "bytes=99999-");
}

#[test]
fn a_server_without_ranges_starts_anew() {
    let case = Case::new();
    let (url, _) = serve(vec![broken(&case.content, 70_000), whole(&case.content)]);
    case.fetch(2, &url).unwrap();
    case.assert_whole();
}

#[test]
fn another_part_than_the_one_asked_for_is_not_appended() {
    let case = Case::new();
    let (url, _) = serve(vec![
        broken(&case.content, 70_000),
        rest(&case.content, 60_000),
        reply("416 Range Not Satisfiable", "", 0, b""),
        whole(&case.content),
    ]);
    case.fetch(4, &url).unwrap();
    case.assert_whole();
}

#[test]
fn attempts_are_bounded() {
    let case = Case::new();
    let replies = (0..9).map(|_| broken(&case.content, 0)).collect();
    let (url, ranges) = serve(replies);
    case.assert_refused(case.fetch(3, &url), &["3 attempts", "0 bytes"]);
    assert_eq!(ranges.try_iter().count(), 3);
}

#[test]
fn wrong_content_is_refused_at_once_and_thrown_away() {
    let case = Case::new();
    let mut wrong = case.content.clone();
    wrong[5] ^= 1;
    let (url, ranges) = serve(vec![whole(&wrong), whole(&wrong)]);
    case.assert_refused(
        case.fetch(3, &url),
        &["not the file of the registry", "SHA-256"],
    );
    assert!(!partial(&case.target()).unwrap().exists());
    assert_eq!(ranges.try_iter().count(), 1);
}

#[test]
fn shorter_and_longer_files_are_refused() {
    let case = Case::new();
    let (url, _) = serve(vec![whole(b"<html>Sign in</html>")]);
    case.assert_refused(case.fetch(1, &url), &["truncated: 20 of 800000 bytes"]);
    let longer = [&case.content[..], b"x"].concat();
    let (url, _) = serve(vec![whole(&longer)]);
    case.assert_refused(case.fetch(1, &url), &["more than the 800000 bytes"]);
}

#[test]
fn what_was_left_of_other_content_is_thrown_away_not_completed() {
    let case = Case::new();
    let part = partial(&case.target()).unwrap();
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, b"other content").unwrap();
    let (url, _) = serve(vec![rest(&case.content, 13), whole(&case.content)]);
    case.fetch(2, &url).unwrap();
    case.assert_whole();
}

#[test]
fn a_missing_file_is_not_asked_for_twice() {
    let case = Case::new();
    let (url, ranges) = serve(vec![
        reply("404 Not Found", "", 9, b"Not Found"),
        whole(&case.content),
    ]);
    case.assert_refused(case.fetch(5, &url), &["404", &url]);
    assert!(!partial(&case.target()).unwrap().exists());
    assert_eq!(ranges.try_iter().count(), 1);
}

#[test]
fn an_overloaded_server_is_asked_again() {
    let case = Case::new();
    let (url, _) = serve(vec![
        reply("503 Service Unavailable", "", 0, b""),
        reply("429 Too Many Requests", "", 0, b""),
        whole(&case.content),
    ]);
    case.fetch(3, &url).unwrap();
    case.assert_whole();
}

#[test]
fn a_stalled_connection_ends_before_and_within_the_body() {
    let case = Case::new();
    let silent = Reply {
        head: String::new(),
        body: Vec::new(),
        hang: true,
    };
    let (url, ranges) = serve(vec![
        silent,
        hanging(broken(&case.content, 70_000)),
        rest(&case.content, 70_000),
    ]);
    let begin = Instant::now();
    case.fetch(3, &url).unwrap();
    case.assert_whole();
    assert!(begin.elapsed() < 20 * STALL, "{:?}", begin.elapsed());
    assert_eq!(ranges.iter().nth(2).unwrap().unwrap(), "bytes=70000-");

    let case = Case::new();
    let (url, _) = serve((0..2).map(|_| hanging(broken(&case.content, 10))).collect());
    case.assert_refused(case.fetch(2, &url), &["2 attempts", "timeout"]);
}

#[test]
fn nobody_listening_is_an_error_not_a_wait() {
    let case = Case::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    drop(listener);
    case.assert_refused(case.fetch(2, &url), &["2 attempts"]);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let case = Case::new();
    fs::write(
        case.folder.path().join("set"),
        b"a file where the folder should be",
    )
    .unwrap();
    let (url, ranges) = serve(vec![whole(&case.content)]);
    let error = case.fetch(1, &url).unwrap_err();
    assert!(
        error.contains("cannot write") && error.contains("set"),
        "{error}"
    );
    assert_eq!(ranges.try_iter().count(), 0);
}

#[test]
fn two_processes_do_not_write_one_file() {
    let case = Case::new();
    let _held = open(&partial(&case.target()).unwrap()).unwrap();
    let (url, _) = serve(vec![whole(&case.content)]);
    case.assert_refused(case.fetch(1, &url), &["another process"]);
}
