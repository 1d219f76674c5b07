mod tuning;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::experiment::Profile;
use crate::experiment::tuned::Settled;
use crate::job::Work;
use crate::science::Progress;
use crate::testing::pretend;

/// Keeps what it hears.
#[derive(Default)]
struct Ear {
    notes: Mutex<Vec<String>>,
}

impl Observer for Ear {
    fn expect(&self, _jobs: usize) {}
    fn started(&self, _worker: usize, _job: &dyn Work) {}
    fn progressed(&self, _worker: usize, _progress: Progress) {}
    fn ended(&self, _worker: usize, _job: &dyn Work, _end: &End) {}
    fn note(&self, text: &str) {
        self.notes.lock().unwrap().push(text.to_owned());
    }
}

fn request(only: &str) -> Request {
    Request {
        only: vec![only.to_owned()],
        config: None,
        profile: Profile::Quick,
        seeds: Some(2),
        data: None,
    }
}

/// Everything that table 1 needs, once all that has run in `out` is known.
fn plan_in(out: &Path) -> Plan {
    let settled = Settled {
        runs: &Runs::new(out),
        failed: &BTreeMap::new(),
    };
    Plan::new(&request("table1"), &settled).unwrap()
}

/// What table 1 needs before anything has run.
fn plan() -> Plan {
    plan_in(Path::new("nowhere"))
}

fn call<'a>(out: &Path, workers: usize, execute: &'a Execute<'a>) -> Call<'a> {
    Call {
        request: request("table1"),
        explain: false,
        out: out.to_owned(),
        workers,
        shard: None,
        execute,
    }
}

fn run_all(out: &Path, workers: usize, execute: &Execute<'_>) -> BTreeMap<String, End> {
    let done = call(out, workers, execute).run(&Ear::default()).unwrap();
    done.ends
}

fn files(out: &Path, folder: &str) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(out.join(folder))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// Compares two folders and names the first file that differs.
fn assert_same(one: &BTreeMap<String, Vec<u8>>, two: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(two));
    for (name, content) in one {
        assert!(content == &two[name], "{name} differs");
    }
}

#[test]
fn the_number_of_workers_changes_no_byte() {
    let (one, four) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run_all(one.path(), 1, &pretend);
    run_all(four.path(), 4, &pretend);
    for folder in ["tables", "figures"] {
        let written = files(one.path(), folder);
        assert!(!written.is_empty());
        assert_same(&written, &files(four.path(), folder));
    }
    let names = |out| files(out, "runs").into_keys().collect::<Vec<_>>();
    assert_eq!(names(one.path()), names(four.path()));
}

#[test]
fn finished_jobs_are_not_repeated_and_damaged_ones_are() {
    let out = tempfile::tempdir().unwrap();
    let count = AtomicUsize::new(0);
    let counting: &Execute<'_> = &|config, inputs, progress| {
        count.fetch_add(1, Ordering::Relaxed);
        pretend(config, inputs, progress)
    };
    run_all(out.path(), 2, counting);
    let jobs = plan_in(out.path()).jobs.len();
    assert!(jobs > plan().jobs.len(), "rows wait for their settings");
    assert_eq!(count.swap(0, Ordering::Relaxed), jobs);
    let tables = files(out.path(), "tables");

    let ends = run_all(out.path(), 2, counting);
    assert_eq!(count.load(Ordering::Relaxed), 0);
    assert!(ends.values().all(|end| *end == End::Present));

    let runs = Runs::new(out.path());
    let (lost, cut) = (&plan().jobs[0].key, &plan().jobs[1].key);
    fs::remove_file(runs.path(lost)).unwrap();
    let text = fs::read_to_string(runs.path(cut)).unwrap();
    fs::write(runs.path(cut), &text[..text.len() / 3]).unwrap();
    let ear = Ear::default();
    call(out.path(), 2, counting).run(&ear).unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 2);
    let notes = ear.notes.into_inner().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].contains("cut off") && notes[0].contains("runs again"),
        "{notes:?}"
    );
    assert_same(&files(out.path(), "tables"), &tables);
}

#[test]
fn one_failure_or_panic_stops_nothing_else() {
    let out = tempfile::tempdir().unwrap();
    let failing: &Execute<'_> = &|config, inputs, progress| match config.strategy.name() {
        "IMP" => anyhow::bail!("the solver gave up"),
        "MP" => panic!("index out of bounds"),
        _ => pretend(config, inputs, progress),
    };
    let call = call(out.path(), 3, failing);
    let Done { ends, written, .. } = call.run(&Ear::default()).unwrap();
    let failed = ends
        .values()
        .filter(|end| matches!(end, End::Failed(_)))
        .count();
    assert_eq!((failed, ends.len()), (4, plan_in(out.path()).jobs.len()));
    let markdown = &written.markdown["table1"];
    assert!(
        markdown.contains("IMP, phoenix: failed: the solver gave up"),
        "{markdown}"
    );
    assert!(
        markdown.contains("MP, phoenix: failed: panicked: index out of bounds"),
        "{markdown}"
    );
    assert_eq!(exit_code(&ends), ExitCode::from(1));
    assert!(
        !files(out.path(), "runs")
            .keys()
            .any(|name| name.contains(".lock"))
    );

    let ends = run_all(out.path(), 3, &pretend);
    assert_eq!(
        ends.values()
            .filter(|end| matches!(end, End::Ran(_)))
            .count(),
        4
    );
    let report = fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(!report.contains("gave up"));
}

#[test]
fn shards_together_do_everything_once() {
    let out = tempfile::tempdir().unwrap();
    let seen = Mutex::new(BTreeSet::new());
    let noting: &Execute<'_> = &|config, inputs, progress| {
        assert!(seen.lock().unwrap().insert(config.seed), "twice");
        pretend(config, inputs, progress)
    };
    // The first shard cannot know all settings before the second has run its part.
    for (shard, is_last) in [("1/2", false), ("2/2", false), ("1/2", true)] {
        let call = Call {
            shard: Some(shard.parse().unwrap()),
            ..call(out.path(), 2, noting)
        };
        let done = call.run(&Ear::default()).unwrap();
        let markdown = &done.written.markdown["table1"];
        if shard == "1/2" && !is_last {
            assert!(markdown.contains("belongs to another shard"), "{markdown}");
        }
        if is_last {
            assert!(!markdown.contains("not run"), "{markdown}");
        }
    }
    assert_eq!(seen.lock().unwrap().len(), plan_in(out.path()).jobs.len());
    let whole = tempfile::tempdir().unwrap();
    run_all(whole.path(), 2, &pretend);
    assert_same(&files(out.path(), "tables"), &files(whole.path(), "tables"));
}

#[test]
fn two_calls_at_once_share_a_folder() {
    let out = tempfile::tempdir().unwrap();
    let count = AtomicUsize::new(0);
    let slow: &Execute<'_> = &|config, inputs, progress| {
        count.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(std::time::Duration::from_millis(5));
        pretend(config, inputs, progress)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run_all(out.path(), 2, slow));
        let mine = run_all(out.path(), 2, slow);
        assert_eq!(mine.len(), other.join().unwrap().len());
    });
    let jobs = plan_in(out.path()).jobs.len();
    assert_eq!(count.load(Ordering::Relaxed), jobs);
}

#[test]
fn the_report_is_rendered_again_to_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    assert!(render_again(out.path()).unwrap_err().is::<BadInput>());
    run_all(out.path(), 2, &pretend);
    let before = (files(out.path(), "tables"), files(out.path(), "figures"));
    let report = fs::read(out.path().join("report.html")).unwrap();
    for folder in ["tables", "figures"] {
        fs::remove_dir_all(out.path().join(folder)).unwrap();
    }
    render_again(out.path()).unwrap();
    assert_same(&files(out.path(), "tables"), &before.0);
    assert_same(&files(out.path(), "figures"), &before.1);
    assert!(fs::read(out.path().join("report.html")).unwrap() == report);
}

#[test]
fn after_a_kill_what_has_finished_is_rendered() {
    let out = tempfile::tempdir().unwrap();
    let plan = plan();
    // A kill after the third job: the manifest of the beginning, three results, a claim, a cut temporary file.
    let mut manifest = Manifest::empty();
    manifest.plan(&plan.tables);
    manifest.save(out.path()).unwrap();
    let runs = Runs::new(out.path());
    let done = |job: &&Job| ["PHOENIX", "MP", "IMP"].contains(&job.config.strategy.name());
    let first: Vec<&Job> = plan.jobs.iter().filter(done).take(3).collect();
    let compute = |job: &Job, progress: &Observe<'_>| pretend(&job.config, &job.inputs, progress);
    crate::runner::run(&first, &runs, 1, &compute, &Ear::default());
    let holder = "{\"pid\":4294967295,\"host\":\"HOST\",\"process_start\":1,\"claimed\":0}"
        .replace("HOST", &machine::host());
    fs::write(runs.lock_path(&plan.jobs[3].key), holder).unwrap();
    fs::write(out.path().join("runs/.x.json.1.0.tmp"), "{").unwrap();

    let written = render_again(out.path()).unwrap();
    assert!(
        written.markdown["table1"].contains("| PHOENIX | phoenix | 1 |"),
        "{}",
        written.markdown["table1"]
    );
    let ends = run_all(out.path(), 2, &pretend);
    let present = ends.values().filter(|end| **end == End::Present).count();
    assert_eq!(present, 3);
}

#[test]
fn figures_and_tables_share_their_jobs() {
    let by = |only: &str| {
        let settled = Settled {
            runs: &Runs::new(Path::new("nowhere")),
            failed: &BTreeMap::new(),
        };
        Plan::new(&request(only), &settled)
            .unwrap()
            .jobs
            .into_iter()
            .map(|job| job.key)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(by("table1"), by("fig2"));
    assert!(by("table5").is_superset(&by("table1")));
    let heat_maps = by("fig3");
    let shared: BTreeSet<String> = ["table1", "table3", "table4"]
        .into_iter()
        .flat_map(by)
        .collect();
    let own = heat_maps.difference(&shared).count();
    assert_eq!(
        own, 6,
        "the truth at three levels and two seeds, nothing else"
    );
    assert!(!by("table7").is_disjoint(&by("table1")));
}

#[test]
fn strategies_are_compared_on_the_same_data_and_weights() {
    let plan = plan();
    let (mut paired, mut own) = (BTreeSet::new(), BTreeSet::new());
    for job in &plan.jobs {
        paired.insert((job.seed_number, job.config.data.seed, job.config.model.seed));
        own.insert(job.config.seed);
    }
    assert_eq!(paired.len(), 2);
    assert_eq!(own.len(), plan.jobs.len());
}
