#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Slurm of one node on the loopback, for tests (Debian: slurm-wlm, munge; root).
#
#   slurm.sh start DIR    its configuration, logs, sockets and state are in DIR; prints SLURM_CONF=... or says why not (exit 77)
#   slurm.sh stop DIR     ends what was started there
set -euo pipefail

leave() {
  echo "No Slurm: $1."
  exit 77
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

configure() {
  local host controller node
  host=$(hostname -s)
  controller=$(free_port)
  node=$(free_port)
  cat > "$dir/slurm.conf" <<CONF
ClusterName=sightline
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$node
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
KillWait=10
MinJobAge=300
SchedulerParameters=sched_interval=2,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES:4
CONF
}

# A daemon may refuse to start, or the node may never be ready: then its log says why.
start() {
  local program
  for program in munged slurmctld slurmd sbatch; do
    PATH=$PATH:/usr/sbin command -v $program > /dev/null || leave "$program is missing (slurm-wlm and munge have it)"
  done
  [[ $(id -u) == 0 ]] || leave "it needs root"
  mkdir -p "$dir/state" "$dir/spool"
  chmod 755 "$dir"
  dd if=/dev/urandom of="$dir/munge.key" bs=1 count=1024 status=none
  chmod 400 "$dir/munge.key"
  configure
  PATH=$PATH:/usr/sbin
  munged --force --socket="$dir/munge.socket" --key-file="$dir/munge.key" --pid-file="$dir/munged.pid" \
    --seed-file="$dir/munge.seed" --log-file="$dir/munged.log" > /dev/null 2>&1 || leave "munged does not start ($dir/munged.log)"
  export SLURM_CONF=$dir/slurm.conf
  slurmctld > "$dir/start.log" 2>&1 || leave "slurmctld does not start ($dir/slurmctld.log)"
  slurmd >> "$dir/start.log" 2>&1 || leave "slurmd does not start ($dir/slurmd.log)"
  for _ in $(seq 100); do
    if [[ $(sinfo --noheader --format=%T 2> /dev/null) == idle ]]; then
      echo "SLURM_CONF=$SLURM_CONF"
      return
    fi
    sleep 0.2
  done
  stop
  leave "the node is not ready after 20 seconds ($dir/slurmd.log)"
}

stop() {
  local file pid
  SLURM_CONF=$dir/slurm.conf timeout 10 scancel --user=root > /dev/null 2>&1 || true
  for file in slurmd slurmctld munged; do
    pid=$(cat "$dir/$file.pid" 2> /dev/null || true)
    [[ -z $pid ]] || kill "$pid" 2> /dev/null || true
  done
}

[[ $# == 2 && $1 =~ ^(start|stop)$ ]] || { sed -n '3,7s/^# *//p' "$0"; exit 2; }
dir=$(realpath -m "$2")
"$1"
