#!/usr/bin/env bash
# Turns this machine into a one-node Slurm, for tests: `node.sh start FOLDER`, `node.sh stop FOLDER`. Debian, as root, with
# the packages slurm-wlm and munge. FOLDER takes state and logs; /etc/slurm/slurm.conf must not exist yet.
set -euo pipefail
[ $# = 2 ] || { echo "usage: node.sh start|stop FOLDER" >&2; exit 2; }
action=$1 folder=$2
# Where Slurm looks by itself: jobs do not inherit SLURM_CONF from every tool.
conf=/etc/slurm/slurm.conf

# Ends the process of a pid file, if it still is that program.
end() {
  local pid
  pid=$(cat "$folder/$1.pid" 2>/dev/null) || return 0
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then kill "$pid"; fi
}

stop() {
  end slurmd
  end slurmctld
  end munged
  if grep -qs "^StateSaveLocation=$folder/" "$conf"; then rm -f "$conf"; fi
}

start() {
  if [ -e "$conf" ]; then
    echo "$conf exists: this machine has a Slurm already" >&2
    exit 1
  fi
  mkdir -p /etc/slurm "$folder"/{state,spool,munge}
  # munged runs as its own user and wants nobody else to write above its files.
  chmod 755 "$folder"
  chown munge: "$folder/munge"
  if [ ! -s /etc/munge/munge.key ]; then
    (umask 077 && head -c 1024 /dev/urandom >/etc/munge/munge.key)
    chown munge: /etc/munge/munge.key
  fi
  mkdir -p /run/munge
  chown munge: /run/munge
  runuser -u munge -- munged --force --pid-file="$folder/munge/munged.pid" --log-file="$folder/munge/munged.log" \
    --seed-file="$folder/munge/munged.seed"
  ln -sf munge/munged.pid "$folder/munged.pid"
  local host
  host=$(hostname -s)
  cat >"$conf" <<CONF
ClusterName=dash
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1100)}' /proc/meminfo) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  slurmctld
  slurmd
  for _ in $(seq 60); do
    if [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; then return; fi
    sleep 1
  done
  echo "the node does not become idle; see $folder/*.log" >&2
  exit 1
}

case $action in
  start) start ;;
  stop) stop ;;
  *) echo "usage: node.sh start|stop FOLDER" >&2; exit 2 ;;
esac
