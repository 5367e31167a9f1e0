# Functions of the guest's driver.

prepare_machine() {
  mkdir -p $bin /run/bed
  for name in $($in/vmload --list); do
    cp $in/vmload $bin/$name
  done
  head -c 67108864 /dev/urandom > $bin/probe.data
  mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
  cd /sys/kernel/tracing || exit 1
  echo mono > trace_clock
  echo 64 > buffer_size_kb
  echo 1 > options/record-tgid
  echo 'sig==9 || sig==15' > events/signal/signal_generate/filter
  # Once and for all: each switching makes the kernel patch its own code, which an emulated one now and then does not survive.
  echo 1 > events/signal/signal_generate/enable
  echo 1 > events/oom/mark_victim/enable
  cd /
  mount -t ext4 -o noatime /dev/vdd /data && chmod 1777 /data
  dmesg --console-off
  { uname -r
    dpkg-query -W -f '${Package} ${Version}\n' systemd earlyoom systemd-oomd oomd nohang 2>/dev/null
    ! [ -x $in/payload/pressured ] || echo "pressured $($in/payload/pressured --version)"; } > $out/versions.txt
  sync
}

# What each killer is given is its distribution's default; what differs from the package as installed is in killers/.
prepare_killer() {
  unit=
  case $KILLER in
  none) return ;;
  pressured)
    $in/payload/install >$out/install.txt 2>&1 || echo "bed: payload/install failed: $(tail -1 $out/install.txt)"
    systemd-sysusers
    unit=pressured.service ;;
  systemd-oomd)
    mkdir -p /etc/systemd/system
    cp -r $in/killers/systemd-oomd/. /etc/systemd/
    unit=systemd-oomd.service ;;
  *) unit=$KILLER.service ;;
  esac
  systemctl daemon-reload
  [ "$KILLER" != pressured ] || systemctl reload dbus.service
}

start_killer() {
  killer_pid=0
  rm -rf /run/bed/evidence
  mkdir -p /run/bed/evidence
  [ -n "$unit" ] || return 0
  systemctl reset-failed $unit 2>/dev/null
  drop_ins_on
  systemctl start $unit || systemctl status --no-pager $unit > $dir/killer-failed.txt
  killer_pid=$(systemctl show -P MainPID $unit)
  cp /proc/$killer_pid/status $dir/killer.status 2>/dev/null
}

# What this scenario gives the killer's unit, and nothing of what one before it gave. A reload takes seconds here.
drop_ins_on() {
  given=/run/systemd/system/$unit.d
  [ -e $given ] || [ -n "$DROP_INS" ] || [ "$DRY_RUN" = 1 ] || return 0
  rm -rf $given
  [ -z "$DROP_INS" ] && [ "$DRY_RUN" != 1 ] || mkdir -p $given
  for drop_in in $DROP_INS; do
    cp /usr/share/doc/pressured/drop-ins/$drop_in.conf $given/
  done
  if [ "$DRY_RUN" = 1 ]; then
    start_line=$(systemctl cat $unit | grep '^ExecStart=.' | head -1)
    printf '[Service]\nExecStart=\n%s --dry-run\n' "$start_line" > $given/dry-run.conf
  fi
  systemctl daemon-reload
}

stop_killer() {
  [ -n "$unit" ] || return 0
  ls /proc/$(systemctl show -P MainPID $unit)/task > $dir/killer.threads 2>/dev/null
  systemctl show $unit -p ActiveState,SubState,Result,NRestarts,MainPID,MemoryCurrent,CPUUsageNSec > $dir/killer.end
  pid=$(systemctl show -P MainPID $unit)
  began=$(uptime_usec)
  systemctl stop $unit &
  stopping=$!
  # The daemon's own exit is timed apart: what follows it is ExecStopPost, another process's start.
  if [ "$pid" != 0 ]; then
    while [ -e /proc/$pid ]; do
      sleep 0.02
    done
    echo "exit_usec=$(($(uptime_usec) - began))" >> $dir/killer.end
  fi
  wait $stopping
  echo "stop_usec=$(($(uptime_usec) - began))" >> $dir/killer.end
  [ "$unit" != systemd-oomd.service ] || systemctl stop systemd-oomd.socket
  if [ "$unit" = pressured.service ]; then
    pressurectl why --directory /var/lib/pressured/incidents > $dir/why.txt 2>&1
    pressurectl incidents export --directory /var/lib/pressured/incidents > $dir/incidents.jsonl 2>&1
    rm -rf /var/lib/pressured/incidents
  fi
  cp /run/bed/evidence/* $dir/ 2>/dev/null
  # Each scenario starts from a killer that remembers nothing of the one before.
  [ "$unit" != pressured.service ] || rm -rf /run/pressured
}

# What a process has cost so far: processor time, how often its threads went to sleep, major faults.
cost() { # PID before|after
  [ "$1" != 0 ] || return 0
  echo "usec_$2=$(uptime_usec)"
  cat /proc/$1/task/*/schedstat | awk -v when=$2 '{ sum += $1 } END { printf "cpu_nsec_%s=%.0f\n", when, sum }'
  cat /proc/$1/task/*/status | awk -v when=$2 '/^voluntary_ctxt_switches/ { sum += $2 } END { print "sleeps_" when "=" sum }'
  awk -v when=$2 '{ sub(/.*\) /, ""); print "major_faults_" when "=" $10 }' /proc/$1/stat
}

# How long the probe has waited for memory so far, by its cgroup: neither a busy host nor the disk counts there.
probe_waits() { awk '/^some/ { sub("total=", "", $5); print "waited_usec=" $5 }' /sys/fs/cgroup/system.slice/probe.service/memory.pressure; }

# Another killer's cost in the same calm machine, for as long.
rival_cost() {
  [ -n "$RIVAL" ] && [ "$KILLER" = pressured ] || return 0
  systemctl start $RIVAL.service
  wait_calm 4
  rival_pid=$(systemctl show -P MainPID $RIVAL.service)
  cost $rival_pid before > $dir/rival.cost
  sleep $DURATION
  cost $rival_pid after >> $dir/rival.cost
  systemctl stop $RIVAL.service
}

# Not %d: after 35 minutes that is more than this awk's whole numbers hold.
uptime_usec() { awk '{ printf "%.0f", $1 * 1000000 }' /proc/uptime; }

# Sets `cpu` and `full` to how long somebody has waited for a processor, and all for memory. Without a process of its own, which alone would
# keep an emulated machine from being quiet.
read_stalls() {
  read -r line < /proc/pressure/cpu
  cpu=${line##*total=}
  { read -r _; read -r line; } < /proc/pressure/memory
  full=${line##*total=}
}

# wait_calm HALVES: until the processors and the memory have been quiet for some half seconds, at most 20.
wait_calm() {
  calm=0 waited=0
  read_stalls
  while [ $waited -lt 20 ]; do
    waited=$((waited + 1)) cpu_before=$cpu full_before=$full
    sleep 0.5
    read_stalls
    if [ $((cpu - cpu_before)) -lt 50000 ] && [ $((full - full_before)) -lt 5000 ]; then
      calm=$((calm + 1))
      [ $calm -lt $1 ] || return 0
    else
      calm=0
    fi
  done
}

# service UNIT SLICE COMMAND...: a system service of an ordinary user.
service() { service_with '-p RemainAfterExit=yes' "$@"; }

# service_with OPTIONS UNIT SLICE COMMAND...: the same with options of systemd-run.
service_with() {
  options=$1 name=$2 slice=$3
  shift 3
  systemd-run --quiet --unit=$name.service --slice=$slice --uid=tester $options -p WorkingDirectory=/tmp \
    $bin/"$@" || echo "bed: $name did not start"
  systemctl show -p MainPID -p ControlGroup $name.service |
    awk -F= -v unit=$name.service '{ value[$1] = $2 } END { print unit, value["MainPID"], value["ControlGroup"] }' >> $dir/started
}

# mark UNIT NAME: the service's user sets an extended attribute on the cgroup that was delegated to him.
mark() {
  setpriv --reuid=tester --regid=tester --clear-groups \
    $bin/mark /sys/fs/cgroup$(systemctl show -P ControlGroup $1.service) $2 || echo "bed: $1 could not be marked"
}

# check UNIT SHELL: something that must be true of the machine; the scenario asks for the unit's success.
check() {
  systemd-run --quiet --unit=$1.service -p RemainAfterExit=yes sh -c "$2"
  echo "$1.service 0 /" >> $dir/started
}

# as_user USER: whose calls those of `ask`, `ask_by_name` and `read_all` are from now on; errors for people (busctl) and by name
# (dbus-send).
as_user() {
  user=$1
  as="setpriv --reuid=$1 --regid=$1 --clear-groups"
  manager="org.pressured1 /org/pressured1 org.pressured1.Manager"
}

ask() { # METHOD SIGNATURE ARGUMENT...
  echo "$1: $($as busctl --no-pager call $manager "$@" 2>&1)"
}

ask_by_name() { # METHOD ARGUMENT...
  [ $user != root ] || return 0
  method=$1
  shift
  echo "$method: $($as dbus-send --system --print-reply --dest=org.pressured1 /org/pressured1 org.pressured1.Manager.$method "$@" 2>&1)"
}

read_all() { # PROPERTY...
  for property in "$@"; do
    echo "$property: $($as busctl get-property $manager $property 2>&1)"
  done
}

# ask_daemon USER [NAME]: what a user gets who reads over the bus, and who wants to change something.
ask_daemon() {
  as_user $1
  {
    read_all State
    ask ListRules
    ask Reload
    ask_by_name Reload
    ask Pause ts 600000000 because
    ask_by_name Pause uint64:600000000 string:because
    ask SetDryRun sb "" true
    ask_by_name SetDryRun string: boolean:true
    ask Kill ssub "" "" $(systemctl show -P MainPID probe.service) false
    ask_by_name Kill string: string: uint32:$(systemctl show -P MainPID probe.service) boolean:false
    sleep 1
    read_all State DryRun
  } > /run/bed/evidence/bus-${2:-$user}.txt
}

# put_back USER NAME: a user takes back what `ask_daemon` changed.
put_back() {
  as_user $1
  {
    ask Resume
    ask SetDryRun sb "" false
    sleep 1
    read_all State DryRun
  } > /run/bed/evidence/bus-$2.txt
}

# make_operator USER: as the drop-in says.
make_operator() {
  groupadd --system pressured-operators
  usermod -aG pressured-operators $1
  install -Dm644 /usr/share/doc/pressured/drop-ins/operators.rules $operators_rules
  wait_polkit $1 until
}

# unmake_operator USER: the rules go, and the user stays in the group.
unmake_operator() {
  rm $operators_rules
  wait_polkit $1 while
}

operators_rules=/etc/polkit-1/rules.d/pressured-operators.rules

# wait_polkit USER until|while: until polkit has read its rules again, and lets this user steer, or no longer does.
wait_polkit() {
  timeout 20 setpriv --reuid=$1 --regid=$1 --clear-groups sh -c \
    "$2 pkcheck --action-id org.pressured1.control --process \$\$; do sleep 0.2; done" > /dev/null 2>&1
}

# session UNIT COMMAND...: a process in the user's login session, beside others of that session.
session() {
  name=$1
  shift
  systemd-run --quiet --scope --unit=$name.scope --slice=user-1000.slice --uid=tester choom -n 0 -- $bin/"$@" \
    > /dev/null 2>&1 &
  echo "$name.scope $! /user.slice/user-1000.slice/$name.scope" >> $dir/started
}

# One more process in a scope that is already there.
join_session() {
  name=$1
  shift
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -e /sys/fs/cgroup/user.slice/user-1000.slice/$name.scope/cgroup.procs ] && break
    sleep 0.5
  done
  sh -c 'echo 0 > "$1" && shift && exec choom -n 0 -- setpriv --reuid=tester --regid=tester --clear-groups "$@"' \
    join /sys/fs/cgroup/user.slice/user-1000.slice/$name.scope/cgroup.procs $bin/"$@" > /dev/null 2>&1 &
  echo "$name.scope $! /user.slice/user-1000.slice/$name.scope" >> $dir/started
}

swap_on() {
  if [ "$SWAP_MIB" -gt 0 ]; then
    mkswap /dev/vdc $((SWAP_MIB * 1024)) > /dev/null && swapon /dev/vdc
  fi
  if [ "$ZRAM_MIB" -gt 0 ]; then
    modprobe zram && echo ${ZRAM_MIB}M > /sys/block/zram0/disksize && mkswap /dev/zram0 > /dev/null && swapon -p 100 /dev/zram0
  fi
}

swap_off() {
  [ "$SWAP_MIB" = 0 ] || swapoff /dev/vdc
  [ "$ZRAM_MIB" = 0 ] || { swapoff /dev/zram0 && echo 1 > /sys/block/zram0/reset; }
}

# The scenario's own policy, beside the shipped one.
policy_on() {
  [ "$KILLER" = pressured ] && [ -e $in/policies/$NAME.yaml ] || return 0
  mkdir -p /etc/pressured/policies.d
  cp $in/policies/$NAME.yaml /etc/pressured/policies.d/50-bed.yaml
}

# A workload: an administrator adds rules while the machine is as it is.
reload_policy() {
  cp $in/policies/$NAME-later.yaml /etc/pressured/policies.d/60-later.yaml
  systemctl reload pressured.service || echo "bed: the reload failed"
}

policy_off() { rm -f /etc/pressured/policies.d/50-bed.yaml /etc/pressured/policies.d/60-later.yaml; }

running_services() { systemctl list-units --no-legend --plain --type=service --state=running | cut -d' ' -f1 | sort; }

# What the machine does is recorded for replay. The recorder's memory is protected, as it must go on when there is none left; the file is
# in memory, for the disk is not to be waited for.
record() {
  [ "$RECORDS" = 1 ] || return 0
  systemctl set-property --runtime recorder.slice MemoryMin=48M
  systemd-run --quiet --unit=recorder.service --slice=recorder.slice -p MemoryMin=48M -p OOMScoreAdjust=-1000 -p Nice=-20 \
    -p StandardOutput=file:/run/bed/evidence/recorder.txt -p StandardError=inherit \
    $in/payload/pressurectl record --every 200ms --out /run/bed/evidence/recording.rec
  until [ -s /run/bed/evidence/recording.rec ] || ! systemctl -q is-active recorder.service; do
    sleep 0.2
  done
  wait_calm 2
}

record_end() {
  [ "$RECORDS" = 1 ] || return 0
  systemctl stop recorder.service
  systemctl reset-failed recorder.service 2>/dev/null
  cp /run/bed/evidence/recording.rec /run/bed/evidence/recorder.txt $dir/
}

bus_evidence() {
  [ "$BUS" = 1 ] && [ "$KILLER" = pressured ] || return 0
  busctl --no-pager introspect org.pressured1 /org/pressured1 > $dir/bus-before.txt 2>&1
  systemd-analyze security --no-pager pressured.service > $dir/security.txt 2>&1
  busctl --no-pager --match="type='signal',path='/org/pressured1'" monitor > /run/bed/bus-monitor.txt 2>&1 &
  bus_pid=$!
}

bus_evidence_end() {
  [ "$BUS" = 1 ] && [ "$KILLER" = pressured ] || return 0
  busctl --no-pager introspect org.pressured1 /org/pressured1 > $dir/bus-after.txt 2>&1
  for asker in root tester bystander; do
    setpriv --reuid=$asker --regid=$asker --clear-groups pressurectl why --bus system > $dir/why-$asker.txt 2>&1
  done
  kill $bus_pid
  wait $bus_pid 2>/dev/null
  mv /run/bed/bus-monitor.txt $dir/
}

run_plan() {
  . "$1"
  dir=$out/$NAME
  mkdir -p $dir
  echo "bed: $NAME"
  sync
  echo 3 > /proc/sys/vm/drop_caches
  dmesg --clear
  began_at=$(date +%s)
  policy_on
  start_killer
  service database system.slice ballast $BALLAST_MIB
  service probe system.slice probe $bin/probe.data /tmp/probe.out
  beside
  swap_on
  bus_evidence
  # A Type=simple killer is running before it is ready; neither its start-up work nor the services' is part of the scenario.
  wait_calm 5
  record
  # What is not locked in memory has to be read again from here on.
  [ "$DROP_CACHES" = 0 ] || { sync; echo 3 > /proc/sys/vm/drop_caches; }
  running_services > $dir/services.before
  awk '/^oom_kill |^pgmajfault |^pswpout / { print $1 "_before=" $2 }' /proc/vmstat > $dir/counters.env
  cat /proc/meminfo > $dir/meminfo.before
  echo > /sys/kernel/tracing/trace
  set --
  for group in $UNTIL_EMPTY; do
    set -- "$@" /sys/fs/cgroup/$group/cgroup.events
  done
  [ "$UNTIL_SIGNAL" = 0 ] || set -- "$@" --first-signal
  cost $killer_pid before > $dir/killer.cost
  probe_waits > $dir/probe.before
  $bin/watch $dir $DURATION $LINGER $killer_pid "$@" &
  watch_pid=$!
  sleep 1
  workloads
  [ "$UNTIL_DONE" = 0 ] || kill -USR1 $watch_pid
  wait $watch_pid
  probe_waits > $dir/probe.after
  record_end
  [ "$(systemctl show -P MainPID ${unit:-none})" != $killer_pid ] || cost $killer_pid after >> $dir/killer.cost
  dmesg > $dir/dmesg.txt
  awk '/^oom_kill |^pgmajfault |^pswpout / { print $1 "_after=" $2 }' /proc/vmstat >> $dir/counters.env
  cat /proc/meminfo > $dir/meminfo.after
  running_services > $dir/services.after
  systemctl show -p Id,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,ExecMainExitTimestampMonotonic,MainPID \
    $(cut -d' ' -f1 $dir/started) > $dir/units.txt
  for group in $SESSIONS; do
    for process in $(cat /sys/fs/cgroup/user.slice/user-1000.slice/$group.scope/cgroup.procs 2>/dev/null); do
      echo "$group.scope $(cat /proc/$process/comm)"
    done
  done > $dir/sessions.txt 2>/dev/null
  bus_evidence_end
  stop_killer
  policy_off
  rival_cost
  end_plan
  # By its name as well as by its unit: the last words of a process that is gone when they are read are no unit's.
  [ -z "$unit" ] || journalctl -b --since=@$began_at -o short-monotonic --no-hostname \
    _SYSTEMD_UNIT=$unit + _PID=1 UNIT=$unit + SYSLOG_IDENTIFIER=${unit%.service} > $dir/killer.txt
  touch $dir/completed
  sync
}

end_plan() {
  systemctl stop probe.service
  mv /tmp/probe.out $dir/probe.txt 2>/dev/null
  started=$(cut -d' ' -f1 $dir/started | sort -u)
  systemctl kill -s KILL $started 2>/dev/null
  systemctl stop $started 2>/dev/null
  systemctl reset-failed $started 2>/dev/null
  swap_off
  umount /run/bed/tmp 2>/dev/null
  rm -f /data/copy*
}

# A program of the host's choosing as root, in a delegated cgroup with every controller at hand.
run_command() {
  echo '+cpu +io +memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
  systemd-run --quiet --wait --collect --unit=exec.service -p Delegate=yes -p WorkingDirectory=$in/exec -p TimeoutStartSec=infinity \
    -E DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 -E DOTNET_CLI_TELEMETRY_OPTOUT=1 -E HOME=/root \
    -E PRESSURED_PAYLOAD=$in/payload \
    -p StandardOutput=file:$out/stdout.txt -p StandardError=file:$out/stderr.txt \
    sh -c "$(cat $in/command)"
  echo $? > $out/exit-code
}
