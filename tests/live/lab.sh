# What the live tests share: two network namespaces with a wire between them. Sourced, not run.

skip() { echo "skipped: $1"; exit 77; }

need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "$program is not installed (scripts/install-dependencies test)"
    done
}

# Names that no other run has.
LAB=rungs$$
SENDER=${LAB}a
SNIFFER=${LAB}b
WORK=$(mktemp -d)
chmod 777 "$WORK" # rungs writes as nobody

clean_up() {
    local process
    for process in $(jobs -p); do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    ip netns del "$SENDER" 2>/dev/null || true
    ip netns del "$SNIFFER" 2>/dev/null || true
    rm -rf "$WORK"
}
trap clean_up EXIT

make_lab() {
    need ip
    ip netns add "$SENDER" 2>/dev/null || skip "network namespaces cannot be made here (needs root)"
    ip netns add "$SNIFFER"
    ip link add wire0 netns "$SENDER" type veth peer name wire1 netns "$SNIFFER" || skip "no veth here"
    local end
    for end in "$SENDER:wire0" "$SNIFFER:wire1"; do
        # Nothing but what the test sends: no neighbour discovery, no router solicitation.
        ip netns exec "${end%:*}" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip netns exec "${end%:*}" ip link set "${end#*:}" arp off up
        ip netns exec "${end%:*}" ip link set lo up
    done
}

# Waits until standard input's command succeeds, 10 s at most.
wait_until() {
    local _
    for _ in $(seq 100); do
        "$@" && return 0
        sleep 0.1
    done
    echo "never happened: $*" >&2
    return 1
}

# Packets that the interface of the sniffer has received.
arrived() { ip netns exec "$SNIFFER" cat /sys/class/net/wire1/statistics/rx_packets; }

# Starts `rungs live` on the wire; the events go to $WORK/events.ndjson. Sets LIVE.
start_live() {
    ip netns exec "$SNIFFER" "$RUNGS" live -i wire1 --to ndjson "$@" >"$WORK/events.ndjson" 2>"$WORK/said.txt" &
    LIVE=$!
    # It runs once it has given up its rights.
    wait_until grep -qs $'Seccomp:\t2' "/proc/$LIVE/status"
    sleep 0.3
}

# Ends it as Ctrl-C does; its exit status is in STATUS.
stop_live() {
    kill -INT "$LIVE"
    STATUS=0
    wait "$LIVE" || STATUS=$?
}

send() { ip netns exec "$SENDER" tcpreplay -q -i wire0 "$@" >"$WORK/tcpreplay.txt" 2>&1; }
