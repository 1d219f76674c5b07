//! Hands three facts to the binary at compile time: the fingerprint of all code that determines a result, the
//! commit it was built from, and the toolchain.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates whose sources determine a result.
const CRATES: [&str; 5] = [
    "dash-eval",
    "dash-ode",
    "dash-prior",
    "dash-prune",
    "dash-synth",
];

fn main() {
    let root = PathBuf::from("..");
    let mut sources = vec![PathBuf::from("src/science")];
    for name in CRATES {
        sources.push(root.join("crates").join(name).join("src"));
        sources.push(root.join("crates").join(name).join("Cargo.toml"));
    }
    let lock = root.join("Cargo.lock");
    for path in sources.iter().chain([&lock]) {
        tell(&format!("rerun-if-changed={}", path.display()));
    }
    let head_log = root.join(".git/logs/HEAD");
    if head_log.exists() {
        tell(&format!("rerun-if-changed={}", head_log.display()));
    }
    tell(&format!(
        "rustc-env=DASH_CODE={}",
        fingerprint(&sources, &lock)
    ));
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"]).unwrap_or_default();
    tell(&format!("rustc-env=DASH_COMMIT={commit}"));
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let toolchain = output(&rustc, &["--version"]).unwrap_or_default();
    tell(&format!("rustc-env=DASH_TOOLCHAIN={toolchain}"));
    let target = std::env::var("TARGET").unwrap_or_default();
    tell(&format!("rustc-env=DASH_TARGET={target}"));
}

fn tell(instruction: &str) {
    println!("cargo:{instruction}");
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Hash of every source file (by sorted path) and of the locked versions of what those crates depend on. What only
/// the rendering uses is left out, so that a new colour does not make finished runs stale.
fn fingerprint(sources: &[PathBuf], lock: &Path) -> String {
    let mut files = BTreeSet::new();
    for source in sources {
        collect(source, &mut files);
    }
    let mut hasher = blake3::Hasher::new();
    for file in &files {
        let content = fs::read(file).unwrap_or_default();
        hasher.update(file.to_string_lossy().as_bytes());
        hasher.update(&(content.len() as u64).to_le_bytes());
        hasher.update(&content);
    }
    for package in locked_dependencies(lock) {
        hasher.update(package.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) {
    if path.is_file() {
        files.insert(path.to_owned());
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}

/// `name version` of every package that the crates reach through `Cargo.lock`, sorted.
fn locked_dependencies(lock: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(lock).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    let mut packages: BTreeMap<&str, Vec<&toml::Table>> = BTreeMap::new();
    for package in table
        .get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(package) = package.as_table() {
            packages
                .entry(field(package, "name"))
                .or_default()
                .push(package);
        }
    }
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = CRATES.to_vec();
    while let Some(name) = open.pop() {
        for package in packages.get(name).into_iter().flatten() {
            if !reached.insert(format!("{name} {}", field(package, "version"))) {
                continue;
            }
            let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
            for dependency in dependencies.into_iter().flatten() {
                // An entry is `name`, or `name version` where several versions are locked.
                let name = dependency.as_str().and_then(|d| d.split(' ').next());
                open.extend(name);
            }
        }
    }
    reached
}

fn field<'a>(package: &'a toml::Table, key: &str) -> &'a str {
    package
        .get(key)
        .and_then(toml::Value::as_str)
        .unwrap_or_default()
}
