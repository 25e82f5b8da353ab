#!/bin/bash
# PID 1 of a lab node on its way to become systemd:  systemd-init.sh NODE_DIRECTORY
# A systemd as of a machine (systemd.io/CONTAINER_INTERFACE), with the units of NODE_DIRECTORY/units and no others.
set -eu
directory=$1
exec 2>"$directory/systemd.log"

# systemd takes the cgroup that it finds itself in for the root of its own (systemd.io/CGROUP_DELEGATION). No cgroup namespace: the
# services that a test starts in the node would not be in it, and CRIU wants to be in theirs.
umount --recursive /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
cgroup=/sys/fs/cgroup/$(tr / - <<<"${directory#/run/}")
mkdir "$cgroup"
echo 0 >"$cgroup/cgroup.procs"

# Shared, as every machine's mounts are that systemd has booted.
mount --make-rshared /
# systemd raises fs.file-max, which is the whole machine's; the test takes this off again.
mount --bind /proc/sys/fs /proc/sys/fs
mount -o remount,bind,ro /proc/sys/fs

export container=homeport SYSTEMD_UNIT_PATH=$directory/units
export SYSTEMD_GENERATOR_PATH=$directory/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=$directory/none
exec /lib/systemd/systemd --system --unit=node.target --log-target=null --show-status=no
