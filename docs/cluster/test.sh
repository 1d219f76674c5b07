#!/usr/bin/env bash
# Runs a smoke profile on a one-node Slurm, by `sbatch --array` and by Snakemake: several tasks at a time, cancelled in the
# middle, resumed. Debian, as root, with slurm-wlm and munge; the Snakemake part needs snakemake and
# snakemake-executor-plugin-slurm on PATH and is skipped without. From the root of the clone, after
# `cargo build --release -p xtask`. Minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
XTASK=$(realpath "${XTASK:-target/release/xtask}")
export XTASK
unset DASH_DATA
call=(reproduce --only table1 --profile smoke --seeds "${SEEDS:-10}")
node=$(mktemp -d) work=$(mktemp -d)
trap 'docs/cluster/node.sh stop "$node"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
finished() { find "$1/runs" -name '*.json' 2>/dev/null | wc -l; }
running() { squeue -h -t RUNNING | wc -l; }
queued() { squeue -h | wc -l; }

# Waits until some jobs of folder $1 are done and two tasks run side by side.
middle() {
  for _ in $(seq 1200); do
    if [ "$(finished "$1")" -ge 2 ] && [ "$(running)" -ge 2 ]; then squeue; return; fi
    sleep 0.2
  done
  fail "never two finished jobs and two running tasks"
}

drained() {
  for _ in $(seq 1200); do
    if [ "$(queued)" = 0 ]; then return; fi
    sleep 0.5
  done
  fail "the queue does not become empty"
}

# Notes what folder $1 holds when it was cancelled.
cancelled() {
  sha256sum "$1"/runs/*.json >"$1.before"
  echo "cancelled after $(finished "$1") jobs"
}

# What was there must not have been computed again, something must have been left to do, and everything must be there.
resumed() {
  local before all left
  sha256sum --check --quiet "$1.before" || fail "a finished job was computed again"
  before=$(wc -l <"$1.before") all=$(finished "$1")
  [ "$before" -lt "$all" ] || fail "nothing was left to resume"
  left=$("$XTASK" "${call[@]}" --out "$1" --dry-run | tail -n 1)
  [[ $left == "0 jobs to run, $all done already;"* ]] || fail "$left"
  [ -s "$1/report.html" ] || fail "no report"
  echo "resumed: $all jobs done, $before of them kept"
}

echo "== one-node Slurm, $(date -u +%F)"
docs/cluster/node.sh start "$node"
sinfo --version
sinfo

echo "== sbatch --array, 4 shards"
out=$work/array
submit() {
  sbatch --parsable --array=1-4 --output="$work/%A_%a.log" docs/cluster/array.sbatch "${call[@]}" --out "$out"
}
first=$(submit)
middle "$out"
scancel "$first"
drained
cancelled "$out"
second=$(submit)
sbatch --dependency="afterok:$second" --output="$work/%j.log" --wrap "$XTASK ${call[*]} --out $out" >/dev/null
drained
resumed "$out"

echo "== fit in an array of 2 shards"
id=$(sbatch --parsable --wait --array=1-2 --output="$work/%A_%a.log" docs/cluster/array.sbatch \
  fit examples/own-data/fit.toml --out "$work/fit")
cat "$work/$id"_*.log
"$XTASK" fit examples/own-data/fit.toml --out "$work/fit" 2>"$work/fit.log"
[ "$(grep -c ': already done' "$work/fit.log")" = 10 ] || { cat "$work/fit.log"; fail "fits ran again"; }

if ! command -v snakemake >/dev/null; then
  echo "skipped: no snakemake"
  exit 0
fi
echo "== Snakemake $(snakemake --version), 4 shards"
out=$work/snake
# Without accounting the plugin must be told to ask squeue, or it never notices that a job has ended.
flow() {
  exec timeout -k 10 1200 snakemake -s docs/cluster/Snakefile --directory "$work/flow" --executor slurm --jobs 4 \
    --rerun-incomplete --slurm-status-command squeue --slurm-no-account --default-resources slurm_partition=main \
    --config shards=4 out="$out" xtask="$XTASK" call="${call[*]}" "$@"
}
mkdir "$work/flow"
flow >"$work/snake1.log" 2>&1 &
pid=$!
middle "$out"
# It waits for its jobs on SIGTERM. timeout leads a process group of its own.
kill -KILL -- "-$pid"
wait "$pid" || true
scancel --user="$(id -un)"
drained
cancelled "$out"
(flow --unlock) >"$work/unlock.log" 2>&1
(flow) >"$work/snake2.log" 2>&1 || { tail -n 40 "$work/snake2.log"; fail "Snakemake"; }
resumed "$out"

for network in "$work"/array/runs/*.network.csv; do
  cmp "$network" "$out/runs/$(basename "$network")"
done
echo "the same networks either way"
rm -rf "$work"
