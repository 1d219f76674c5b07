//! Where files are fetched from.

use anyhow::bail;

use super::registry::File;

/// The public home of the repositories that the registry names.
const UPSTREAM: &str = "https://raw.githubusercontent.com/{repository}/{commit}/{upstream}";

/// A pattern of addresses.
#[derive(Debug)]
pub(super) struct Source(String);

impl Source {
    /// The published places; or a mirror, as an address that `{path}` (below the data folder) or `{repository}`,
    /// `{commit}` and `{upstream}` are put into. A mirror without them is laid out like the data folder.
    ///
    /// # Errors
    /// A mirror that is no HTTP address.
    pub(super) fn new(mirror: Option<&str>) -> anyhow::Result<Self> {
        let Some(mirror) = mirror else {
            return Ok(Self(UPSTREAM.to_owned()));
        };
        if !(mirror.starts_with("http://") || mirror.starts_with("https://")) {
            bail!(
                "mirror `{mirror}` is no address that starts with http:// or https://; name a folder with --data"
            );
        }
        Ok(Self(if mirror.contains('{') {
            mirror.to_owned()
        } else {
            format!("{}/{{path}}", mirror.trim_end_matches('/'))
        }))
    }

    /// The address of a file; nothing when nobody publishes it there.
    pub(super) fn url(&self, file: &File) -> Option<String> {
        let mut url = self.0.replace("{path}", &escaped(&file.path));
        if url.contains('{') {
            let upstream = file.upstream.as_ref()?;
            url = url
                .replace("{repository}", &escaped(&upstream.repository))
                .replace("{commit}", &escaped(&upstream.commit))
                .replace("{upstream}", &escaped(&upstream.path));
        }
        Some(url)
    }
}

/// Percent-encoding of what may not stand in the path of an address.
fn escaped(path: &str) -> String {
    path.bytes().fold(String::new(), |mut text, byte| {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
        if is_plain {
            text.push(char::from(byte));
        } else {
            use std::fmt::Write;
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::registry::Upstream;
    use super::*;

    #[test]
    fn addresses_are_pinned_escaped_and_can_be_moved_to_a_mirror() {
        let mut file = File {
            path: "yeast/zev.csv".to_owned(),
            upstream: Some(Upstream {
                repository: "o/r".to_owned(),
                commit: "c0ffee".to_owned(),
                path: "Paper datasets/zev+1.csv".to_owned(),
            }),
            ..File::default()
        };
        let url = |mirror, file: &File| Source::new(mirror).unwrap().url(file);
        let official = url(None, &file).unwrap();
        assert!(
            official.ends_with("/o/r/c0ffee/Paper%20datasets/zev%2B1.csv"),
            "{official}"
        );
        assert_eq!(
            url(Some("http://m/data/"), &file).unwrap(),
            "http://m/data/yeast/zev.csv"
        );
        assert_eq!(
            url(Some("http://m/{commit}/{path}?raw"), &file).unwrap(),
            "http://m/c0ffee/yeast/zev.csv?raw"
        );
        file.upstream = None;
        assert_eq!(url(None, &file), None);
        assert!(url(Some("https://m"), &file).is_some());
        assert!(Source::new(Some("/some/folder")).is_err());
    }
}
