#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A repair that is in effect only after a restart of the connector, which never came: the run was killed before
# it, or it failed. The next run makes it, once, and a fault that is not in effect is not called ok before.
# bats file_tags=slow
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/standin

# daemon: its pid, with no job of systemd under way. mode: of the folder that fault 5 is about.
INSIDE='
daemon() {
        soon 60 eval "[[ -z \$(systemctl list-jobs --no-legend cisco-amp.service) ]]" && soon 60 pgrep -ox ampdaemon >/dev/null && pgrep -ox ampdaemon
}
mode() { stat -c %a /opt/cisco/amp/etc; }
'

@test "killed at each turn of its own: the restart is made by the next run, and by no other" {
        cp "$STEP" "$ROOT/usr/bin/step"
        boot "$INSIDE"'
                soon 60 scanner_runs
                owed=0 made=0
                for ((k = 1; ; k++)); do
                        chmod 0700 /opt/cisco/amp/etc
                        before=$(daemon) code=0
                        step -o /result/turns $k /usr/bin/secep-repair --fault 5 --allow again >/result/out 2>&1 || code=$?
                        [[ $code == 137 ]] || break
                        between=$(daemon) done=$(mode)
                        repair 0 --fault 5 --allow again
                        [[ $(mode) == 755 && $(daemon) != "$before" ]]
                        if [[ $done == 755 && $between == "$before" ]]; then
                                owed=$((owed + 1))
                                is "[.closing[] | .kind, .state] | join(\" \")" "restart-service done"
                                is ".faults[0].connector_says" cleared
                        elif [[ $between != "$before" ]]; then
                                made=$((made + 1))
                                [[ $(daemon) == "$between" ]]
                        fi
                        repair 0 --fault 5 --allow again
                        is .changed false
                done
                cat /result/out
                [[ $code == 0 ]]
                echo "$((k - 1)) turns, $owed owed a restart, $made had made it" >/result/counts
                [[ $owed -ge 2 && $made -ge 1 ]]'
        echo "# $(cat "$ROOT/result/counts")" >&3
}

@test "killed before the restart twice; then another fault is asked about" {
        cp "$STEP" "$ROOT/usr/bin/step"
        boot "$INSIDE"'
                soon 60 scanner_runs
                before=$(daemon)
                chmod 0700 /opt/cisco/amp/etc
                step -o /result/all 0 /usr/bin/secep-repair --fault 5 >/result/out
                [[ $(daemon) != "$before" ]]
                before=$(daemon)
                # the third from last: begin, intent and outcome of the folder, then intent and outcome of the restart, end
                intent=$(grep "before write .*/runs/" /result/all | tail -3 | head -1 | cut -d" " -f1)
                chmod 0700 /opt/cisco/amp/etc
                code=0; step $intent /usr/bin/secep-repair --fault 5 --allow again || code=$?
                [[ $code == 137 && $(mode) == 755 && $(daemon) == "$before" ]]
                step -o /result/all2 1 /usr/bin/secep-repair --fault 5 || code=$?
                [[ $code == 137 && $(daemon) == "$before" ]]
                secep-repair --fault 6 >/result/text 2>&1
                cat /result/text
                grep -q "has not restarted the connector" /result/text
                [[ $(daemon) != "$before" ]]
                repair 0 --fault 5
                is .changed false'
}

@test "a restart that failed is no ok in the next run, and is made once it can be" {
        boot "$INSIDE"'
                soon 60 scanner_runs
                before=$(daemon)
                cp -p /opt/cisco/amp/bin/ampcli /root/ampcli
                echo "# changed" >>/opt/cisco/amp/bin/ampcli
                chmod 0700 /opt/cisco/amp/etc
                for run in 1 2; do
                        repair 4 --fault 5
                        is ".faults[0].verdict" blocked
                        is "[.closing[] | .kind, .state] | join(\" \")" "restart-service failed"
                        [[ $(mode) == 755 && $(daemon) == "$before" ]]
                done
                cp -p /root/ampcli /opt/cisco/amp/bin/ampcli
                repair 0 --fault 5
                is "[.closing[] | .kind, .state] | join(\" \")" "restart-service done"
                [[ $(daemon) != "$before" ]]
                repair 0 --fault 5
                is .changed false'
}

@test "whoever starts the connector anew has made the restart" {
        boot "$INSIDE"'
                soon 60 scanner_runs
                cp -p /opt/cisco/amp/bin/ampcli /root/ampcli
                echo "# changed" >>/opt/cisco/amp/bin/ampcli
                chmod 0700 /opt/cisco/amp/etc
                repair 4 --fault 5
                cp -p /root/ampcli /opt/cisco/amp/bin/ampcli
                systemctl restart cisco-amp
                before=$(daemon)
                repair 0 --fault 5
                is .changed false
                [[ $(daemon) == "$before" ]]'
}
