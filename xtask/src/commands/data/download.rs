//! Fetching one file: it comes whole and checked, or not at all.

use std::fs::{self, File as Disk, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

use super::check::compare;
use super::registry::File;

/// Ends a body that never ends, where the size is not known beforehand.
const LARGEST: u64 = 1 << 31;

/// How long to wait, and how often to try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) attempts: u32,
    /// For a connection to be made.
    pub(super) connect: Duration,
    /// For the next bytes of an answer.
    pub(super) stall: Duration,
    /// Before the second attempt; twice as long before each one after it.
    pub(super) pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            connect: Duration::from_secs(20),
            stall: Duration::from_secs(30),
            pause: Duration::from_secs(1),
        }
    }
}

/// Fetches files over HTTP.
#[derive(Debug)]
pub(super) struct Downloader {
    agent: Agent,
    patience: Patience,
}

/// Why an attempt ended.
enum Failure {
    /// The next one may go better.
    Passing(anyhow::Error),
    /// No other attempt will help.
    Final(anyhow::Error),
}

impl Downloader {
    pub(super) fn new(patience: Patience) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_send_request(Some(patience.stall))
            .timeout_recv_response(Some(patience.stall))
            .timeout_per_read(Some(patience.stall))
            .build()
            .into();
        Self { agent, patience }
    }

    /// Fetches `url` to `target`. What came of an earlier call is not fetched again. `progress` is told the bytes
    /// that are there and the size, where it is known.
    ///
    /// # Errors
    /// When it cannot be fetched, is not the file of the registry, or cannot be written; `target` is then untouched.
    pub(super) fn fetch(
        &self,
        file: &File,
        url: &str,
        target: &Path,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> anyhow::Result<()> {
        let path = partial(target)?;
        let mut part = open(&path)?;
        let mut attempt = 1;
        let mut pause = self.patience.pause;
        loop {
            let failure = match self.attempt(file, url, &mut part, &path, progress) {
                Ok(()) => break,
                Err(failure) => failure,
            };
            let error = match failure {
                Failure::Final(error) => {
                    if part.metadata().is_ok_and(|part| part.len() == 0) {
                        // Nothing to go on with; the error is what matters.
                        let _ = fs::remove_file(&path);
                    }
                    return Err(error.context(format!("cannot fetch {url}")));
                }
                Failure::Passing(error) => error,
            };
            if attempt == self.patience.attempts {
                return Err(error.context(format!(
                    "cannot fetch {url} in {attempt} attempts; the same call goes on where this one stopped"
                )));
            }
            tracing::warn!("{url}: {error:#}; trying again");
            attempt += 1;
            thread::sleep(pause);
            pause *= 2;
        }
        let place = || format!("cannot write {}", target.display());
        part.sync_all().with_context(place)?;
        fs::rename(&path, target).with_context(place)
    }

    /// Fetches what is missing of `part`, and checks the whole.
    fn attempt(
        &self,
        file: &File,
        url: &str,
        part: &mut Disk,
        path: &Path,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), Failure> {
        let disk = |error: io::Error| {
            Failure::Final(anyhow!(error).context(format!("cannot write {}", path.display())))
        };
        let mut start = part.seek(SeekFrom::End(0)).map_err(disk)?;
        if start > 0 && compare(file, path).map_err(disk)?.is_none() {
            return Ok(());
        }
        if file.size.is_some_and(|size| start >= size) {
            start = 0;
        }
        let mut response = self.ask(url, start)?;
        let Some(start) = accept(&response, start)? else {
            part.set_len(0).map_err(disk)?;
            let error = anyhow!("the server sent another part than the one asked for");
            return Err(Failure::Passing(error));
        };
        part.set_len(start).map_err(disk)?;
        part.seek(SeekFrom::Start(start)).map_err(disk)?;
        let rest = response.body().content_length();
        let total = file.size.or(rest.map(|rest| start + rest));
        receive(&mut response, part, start, total, progress)
            .map_err(|failure| located(failure, path))?;
        match compare(file, path).map_err(disk)? {
            None => Ok(()),
            Some(difference) => {
                // Not a byte of it can be trusted, nor appended to.
                part.set_len(0).map_err(disk)?;
                let error = anyhow!("it is not the file of the registry: {difference}");
                // What an earlier call left may have been the wrong part.
                Err(if start > 0 {
                    Failure::Passing(error)
                } else {
                    Failure::Final(error)
                })
            }
        }
    }

    /// The answer to a request for everything from `start` on.
    fn ask(&self, url: &str, start: u64) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.get(url);
        if start > 0 {
            request = request.header(header::RANGE, format!("bytes={start}-"));
        }
        request.call().map_err(|error| match error {
            ureq::Error::BadUri(_) | ureq::Error::TooManyRedirects => Failure::Final(error.into()),
            _ => Failure::Passing(error.into()),
        })
    }
}

/// Appends the body to `part`, up to the size that it must have.
fn receive(
    response: &mut Response<Body>,
    part: &mut Disk,
    start: u64,
    total: Option<u64>,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Failure> {
    let most = total.unwrap_or(LARGEST);
    let mut body = response.body_mut().as_reader();
    let mut block = vec![0; 1 << 16];
    let mut have = start;
    loop {
        progress(have, total);
        let bytes = match body.read(&mut block) {
            Ok(0) => break,
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let after = format!("broken off after {have} bytes");
                return Err(Failure::Passing(anyhow!(error).context(after)));
            }
        };
        have += bytes as u64;
        if have > most {
            let _ = part.set_len(0);
            let error = anyhow!("wrong content: more than the {most} bytes that it must have");
            return Err(Failure::Final(error));
        }
        part.write_all(&block[..bytes])
            .map_err(|error| Failure::Final(error.into()))?;
    }
    match total {
        Some(total) if have < total => Err(Failure::Passing(anyhow!(
            "truncated: {have} of {total} bytes"
        ))),
        _ => Ok(()),
    }
}

/// Where the body of this answer belongs: at `start`, or at 0 when the server sends everything anew; nowhere when it is
/// another part than the one asked for.
fn accept(response: &Response<Body>, start: u64) -> Result<Option<u64>, Failure> {
    let status = response.status();
    match status {
        StatusCode::OK => Ok(Some(0)),
        StatusCode::PARTIAL_CONTENT if start > 0 && range_start(response) == Some(start) => {
            Ok(Some(start))
        }
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Ok(None),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Final(anyhow!(
            "{status}: the file is not there (any more)"
        ))),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Passing(anyhow!("the server says {status}")))
        }
        _ if status.is_server_error() => Err(Failure::Passing(anyhow!("the server says {status}"))),
        _ => Err(Failure::Final(anyhow!("the server says {status}"))),
    }
}

/// The first byte of `Content-Range: bytes FIRST-LAST/SIZE`.
fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = response
        .headers()
        .get(header::CONTENT_RANGE)?
        .to_str()
        .ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

fn located(failure: Failure, path: &Path) -> Failure {
    match failure {
        Failure::Final(error) if error.is::<io::Error>() => {
            Failure::Final(error.context(format!("cannot write {}", path.display())))
        }
        other => other,
    }
}

/// Where a file grows until it is whole: a hidden one beside it, which no reader takes for it.
fn partial(target: &Path) -> anyhow::Result<PathBuf> {
    let name = target.file_name().context("not a path of a file")?;
    Ok(target.with_file_name(format!(".{}.part", name.to_string_lossy())))
}

/// Opens it, and keeps other processes from it for as long as it is open.
fn open(path: &Path) -> anyhow::Result<Disk> {
    let place = || format!("cannot write {}", path.display());
    fs::create_dir_all(path.parent().with_context(place)?).with_context(place)?;
    let part = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .with_context(place)?;
    match part.try_lock() {
        // The process that held the lock may have put it in its place.
        Ok(()) if path.exists() => Ok(part),
        Ok(()) => bail!("another process has just fetched it"),
        Err(TryLockError::WouldBlock) => {
            bail!("{} is being fetched by another process", path.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(place),
    }
}

#[cfg(test)]
mod tests;
