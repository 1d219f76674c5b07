//! The frame of the page.

const STYLE: &str = include_str!("style.css");

/// A page with this body and everything it needs.
pub(super) fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>dash: reproduction</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Pruning neural models of gene regulation: reproduction</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// Text with the characters that mean something to HTML replaced.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_html_would_read_is_replaced() {
        assert_eq!(
            super::escape("a<b & \"c\">"),
            "a&lt;b &amp; &quot;c&quot;&gt;"
        );
    }
}
