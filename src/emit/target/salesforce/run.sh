#!/usr/bin/env bash
# Carries the cleanup out in a Salesforce organisation with the `sf` command (version 2, logged in). Changes nothing unless
# it is told to.
#
#   ./run.sh dry-run ORG       compares and says what would be loaded; the default
#   ./run.sh backup ORG        saves every touched record, and the children that merges move
#   ./run.sh apply ORG         consent, merges, values; resumes where it stopped
#   ./run.sh delete ORG        the deletions, after the quarantine
#   ./run.sh verify ORG        says what is not as planned
#   ./run.sh undo ORG          takes back what can be taken back
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077

task=${1:-}
org=${2:-}
if [[ -z $org ]]; then
    sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
fi

# Runs every query whose file begins so; results in the folder given.
fetch() {
    local into=$1 begin=$2 query name
    mkdir -p "$into"
    for query in queries/"$begin"*.soql; do
        [[ -e $query ]] || continue
        name=$(basename "$query" .soql)
        sf data export bulk --query "$(<"$query")" --output-file "$into/$name.csv" --result-format csv --wait 60 \
            --target-org "$org" >/dev/null
    done
}

# What every touched record holds now, in the folder given.
records() {
    local name
    for name in account contact lead opportunity; do
        fetch "$1" "$name"
    done
}

# Every planned file of a kind: phase, object, and the file.
planned() {
    local file name
    for file in "$1"/*.csv; do
        [[ -e $file ]] || continue
        name=$(basename "$file" .csv)
        printf '%s %s %s\n' "${name%%-*}" "$(cut -d- -f2 <<<"$name")" "$file"
    done
}

object() {
    case $1 in
    account) echo Account ;;
    contact) echo Contact ;;
    lead) echo Lead ;;
    opportunity) echo Opportunity ;;
    esac
}

load() {
    sf data update bulk --sobject "$1" --file "$2" --line-ending LF --column-delimiter COMMA --wait 60 --target-org "$org"
}

# Lets through what is unchanged and loads it: ready or back, the folder of plans, the phase, and whether to load.
updates() {
    local how=$1 from=$2 wanted=$3 loads=$4 phase name file out now
    now=$(mktemp -d ./now-XXXXXX)
    records "$now"
    mkdir -p ready
    while read -r phase name file; do
        [[ $phase == "$wanted" ]] || continue
        out=ready/$(basename "$file")
        # 3 means that nothing is left to load.
        if node guard.mjs "$how" "$phase" "$(object "$name")" "$file" "$out" "$now/$name"-*.csv; then
            [[ $loads == no ]] || load "$(object "$name")" "$out"
        elif [[ $? -ne 3 ]]; then
            exit 1
        fi
    done < <(planned "$from")
    rm -r "$now"
}

# Runs every script of a folder that no receipt says was run without a failure.
scripts() {
    local script receipt failed=0
    mkdir -p receipts
    for script in "$1"/*.apex; do
        [[ -e $script ]] || continue
        receipt=receipts/$(basename "$script").json
        if [[ -e $receipt.done ]]; then
            echo "$script was run before"
            continue
        fi
        sf apex run --file "$script" --target-org "$org" --json >"$receipt" || true
        if node guard.mjs receipt "$receipt"; then
            mv "$receipt" "$receipt.done"
        else
            failed=1
        fi
    done
    return "$failed"
}

case $task in
dry-run)
    updates ready update consent no
    updates ready update values no
    for script in merges/*.apex; do
        [[ ! -e $script ]] || echo "$script would be run; it leaves out what has changed"
    done
    ;;
backup)
    if [[ -e backup/complete ]]; then
        echo "backup/ is complete, of $(<backup/complete); move it away to make another"
        exit 1
    fi
    fetch backup ""
    date -u +%Y-%m-%dT%H:%M:%SZ >backup/complete
    ;;
apply)
    [[ -e backup/complete ]] || { echo "no backup yet: ./run.sh backup $org"; exit 1; }
    updates ready update consent yes
    scripts merges || { echo "some merges failed; mend what they say and run this again"; exit 1; }
    updates ready update values yes
    ;;
delete)
    [[ -e backup/complete ]] || { echo "no backup yet: ./run.sh backup $org"; exit 1; }
    for file in delete/*.csv; do
        [[ -e $file ]] || continue
        sf data delete bulk --sobject "$(object "$(basename "$file" .csv)")" --file "$file" --line-ending LF --wait 60 \
            --target-org "$org"
    done
    ;;
verify)
    now=$(mktemp -d ./now-XXXXXX)
    records "$now"
    wrong=0
    declare -A seen=()
    while read -r phase name _; do
        [[ -z ${seen[$phase $name]:-} ]] || continue
        seen[$phase $name]=1
        node guard.mjs verify "$phase" "$(object "$name")" "$now/$name"-*.csv || wrong=1
    done < <(planned update)
    rm -r "$now"
    exit "$wrong"
    ;;
undo)
    [[ -e backup/complete ]] || { echo "backup/ is not complete: there is nothing to go back to"; exit 1; }
    updates back undo values yes
    # The scripts of the way back are run anew each time: they look at what there is.
    rm -f receipts/undo-*.done
    failed=0
    scripts undo-merges || failed=1
    now=$(mktemp -d ./now-XXXXXX)
    mkdir -p ready
    for saved in backup/children-*.csv; do
        [[ -e $saved ]] || continue
        IFS=- read -r _ _ child lookup _ <<<"$(basename "$saved" .csv)"
        part=0
        while read -r ids; do
            part=$((part + 1))
            sf data export bulk --query "SELECT Id, $lookup FROM $child WHERE Id IN ($ids)" \
                --output-file "$now/$(basename "$saved" .csv)-$part.csv" --result-format csv --wait 60 \
                --target-org "$org" >/dev/null
        done < <(node guard.mjs ids "$saved")
        [[ $part -gt 0 ]] || continue
        out=ready/$(basename "$saved")
        if node guard.mjs children "$lookup" "$out" "$saved" "$now/$(basename "$saved" .csv)"-*.csv; then
            load "$child" "$out"
        fi
    done
    rm -r "$now"
    updates back undo consent yes
    exit "$failed"
    ;;
*)
    echo "unknown task: $task"
    exit 2
    ;;
esac
