//! What the documents promise about files and names: links lead somewhere, the book holds every page, and the list of
//! public interfaces is what the crates export.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// All Markdown files of the clone that are written by hand.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir()
                && !name.starts_with('.')
                && !["target", "out", "data"].contains(&&*name)
            {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// Targets of `[text](target)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code || line.starts_with("    ") {
            continue;
        }
        // Every other part is between backticks.
        let plain: String = line.split('`').step_by(2).collect();
        for part in plain.split("](").skip(1) {
            found.extend(part.split(')').next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn links_between_files_lead_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for page in pages() {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            let path = link.split('#').next().unwrap();
            // What `\[a, b\](...)` and addresses on the web are is not for this test.
            if path.is_empty() || path.contains("://") || path.contains(' ') {
                continue;
            }
            count += 1;
            if !page.parent().unwrap().join(path).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(count > 40, "only {count} links found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn code_holds_no_links() {
    assert_eq!(
        links("a [b](c.md) `[d](e.md)` [f](g.md#h)\n```\n[i](j)\n```"),
        ["c.md", "g.md#h"]
    );
}

#[test]
fn the_book_holds_every_page() {
    let docs = root().join("docs");
    let summary = links(&fs::read_to_string(docs.join("SUMMARY.md")).unwrap());
    let listed: BTreeSet<PathBuf> = summary.iter().map(|page| docs.join(page)).collect();
    // Tables that a program wrote are in it if a page links them: see below.
    let is_page = |page: &PathBuf| {
        let inside = page
            .strip_prefix(&docs)
            .ok()
            .filter(|inside| !inside.starts_with("results"));
        let dated =
            |inside: &Path| inside.starts_with("benchmarks") && !inside.ends_with("README.md");
        inside.is_some_and(|inside| !dated(inside) && inside != Path::new("SUMMARY.md"))
    };
    let written: BTreeSet<PathBuf> = pages().into_iter().filter(is_page).collect();
    let missing: Vec<_> = written.difference(&listed).collect();
    assert!(missing.is_empty(), "not in SUMMARY.md: {missing:?}");
    // The book turns links to its own pages into links to HTML; others would lead nowhere.
    for page in &listed {
        for link in links(&fs::read_to_string(page).unwrap()) {
            let path = link.split('#').next().unwrap();
            if path.contains("://") || Path::new(path).extension().is_none_or(|e| e != "md") {
                continue;
            }
            let target = page.parent().unwrap().join(path).canonicalize().unwrap();
            assert!(
                listed.contains(&target),
                "{} links {link}, which is not in SUMMARY.md",
                page.display()
            );
        }
    }
}

/// The names that a crate exports: `pub use a::{B, c};` and `pub mod d;` of its lib.rs.
fn exports(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for item in source.split(';') {
        let item = item.trim_start();
        let item = item.rsplit_once("\npub ").map_or(item, |(_, last)| last);
        let item = item.strip_prefix("pub ").unwrap_or(item);
        if let Some(module) = item.strip_prefix("mod ") {
            if !source.contains(&format!("\nmod {module};")) {
                names.insert(module.to_owned());
            }
        } else if let Some(list) = item.strip_prefix("use ") {
            let list = list.rsplit("::").next().unwrap();
            let bare = list.trim_matches(['{', '}', '\n', ' ']);
            let each = bare
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            names.extend(each.map(str::to_owned));
        }
    }
    names
}

#[test]
fn the_list_of_interfaces_is_what_the_crates_export() {
    let text = fs::read_to_string(root().join("docs/interfaces.md")).unwrap();
    for name in [
        "dash-ode",
        "dash-prior",
        "dash-prune",
        "dash-synth",
        "dash-eval",
    ] {
        let source = root().join("crates").join(name).join("src/lib.rs");
        let exported = exports(&fs::read_to_string(source).unwrap());
        let section = text.split(&format!("## {name}\n")).nth(1);
        let section = section.unwrap_or_else(|| panic!("docs/interfaces.md has no section {name}"));
        let section = section.split("\n## ").next().unwrap();
        let listed: BTreeSet<String> = section
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        assert!(exported.len() > 10, "{name}: {exported:?}");
        assert_eq!(listed, exported, "docs/interfaces.md, {name}");
    }
}
