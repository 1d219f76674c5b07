//! Reports as a browser shows them: no figure is blank, and nothing is wider than a phone. Skipped without Chromium.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use assert_cmd::Command;
use serde_json::Value;

/// Least share of a figure's pixels that are not white.
const INK: f64 = 0.005;

/// A script that draws every figure of the page and counts what is not white, then puts the counts where the page was.
const JUDGE: &str = r#"<script>
(async () => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const ink = [];
  for (const svg of document.querySelectorAll('.figure svg, .curves svg')) {
    const box = svg.viewBox.baseVal;
    const copy = svg.cloneNode(true);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    const width = box && box.width ? box.width : svg.width.baseVal.value;
    const height = box && box.height ? box.height : svg.height.baseVal.value;
    copy.setAttribute('width', width);
    copy.setAttribute('height', height);
    const image = new Image();
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(copy));
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width; canvas.height = height;
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height).data;
    let dark = 0;
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i] + pixels[i + 1] + pixels[i + 2] < 740) dark++;
    ink.push(dark / (pixels.length / 4));
  }
  document.body.innerHTML = '<pre id="judged">' + JSON.stringify({ ink, wide }) + '</pre>';
})();
</script>"#;

fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found =
        std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    found.into_iter().find(|path| path.is_file())
}

/// Shares of ink of the figures of a page, and by how many pixels it is wider than a window of this width.
fn judge(browser: &Path, html: &str, width: u32) -> (Vec<f64>, f64) {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    fs::write(&page, html.replace("</body>", &format!("{JUDGE}</body>"))).unwrap();
    let shown = Process::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("--window-size={width},1000"))
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    let (_, judged) = text
        .split_once("id=\"judged\">")
        .unwrap_or_else(|| panic!("no verdict in {text:.2000}"));
    let judged: Value = serde_json::from_str(judged.split('<').next().unwrap()).unwrap();
    let ink = judged["ink"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| share.as_f64().unwrap());
    (ink.collect(), judged["wide"].as_f64().unwrap())
}

#[test]
fn no_figure_of_a_fit_is_blank_and_its_report_is_no_wider_than_a_phone() {
    let Some(browser) = chromium() else {
        println!("skipped: no Chromium is installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/own-data");
    for file in ["expression.csv", "prior.csv"] {
        fs::copy(example.join(file), folder.path().join(file)).unwrap();
    }
    let config = fs::read_to_string(example.join("fit.toml")).unwrap();
    let config = config.replace(
        "\n[expression]",
        "seeds = 2\n[training]\nepochs = 3\n[expression]",
    );
    fs::write(folder.path().join("fit.toml"), config).unwrap();
    let run = Command::cargo_bin("xtask")
        .unwrap()
        .current_dir(folder.path())
        .args(["fit", "fit.toml"])
        .output()
        .unwrap();
    assert_eq!(
        run.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let report = fs::read_to_string(folder.path().join("out/fit/report.html")).unwrap();
    // A blank figure at the end shows that a blank one is noticed.
    let blank = "<div class=\"figure\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 90\"></svg></div></main>";
    for width in [1280, 500] {
        let (ink, wide) = judge(&browser, &report.replace("</main>", blank), width);
        assert_eq!(ink.len(), 5, "{ink:?}");
        assert!(ink[..4].iter().all(|share| *share > INK), "{ink:?}");
        assert!(ink[4] < INK, "{ink:?}");
        assert!(wide <= 0.0, "{wide} pixels wider than {width}");
    }
}
