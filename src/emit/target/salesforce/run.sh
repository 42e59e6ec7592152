#!/usr/bin/env bash
# Carries the cleanup out in a Salesforce organisation with the `sf` command (version 2, logged in). Changes nothing unless
# it is told to.
#
#   bash run.sh dry-run ORG    compares and says what would be loaded
#   bash run.sh backup ORG     saves every touched record, and the children that merges move
#   bash run.sh apply ORG      consent, merges, values; resumes where it stopped
#   bash run.sh delete ORG     the deletions, after the quarantine
#   bash run.sh verify ORG     says what is not as planned
#   bash run.sh undo ORG       takes back what can be taken back
#
# Exit code 1: something failed, as named; the rest was done. What a run saves is in organisation-ID/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077

task=${1:-}
org=${2:-}
if [[ -z $org ]]; then
    sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
fi

# Functions are never called where bash would overlook an error in them (`f || …`): they say it here.
failed=0

stop() {
    echo "$*" >&2
    exit 1
}

id=$(sf data query --query "SELECT Id FROM Organization" --json --target-org "$org" </dev/null |
    node guard.mjs organisation) || stop "$org: no organisation answers; log in with sf org login"

# A rehearsal elsewhere is neither a backup nor a receipt of this organisation.
made=organisation-$id
mkdir -p "$made/ready" "$made/receipts"
now=$(mktemp -d "$made/now-XXXXXX")
trap 'rm -rf "$now"' EXIT

# Saves what a query finds.
export_to() {
    sf data export bulk --query "$2" --output-file "$1" --result-format csv --wait 60 --target-org "$org" \
        </dev/null >/dev/null || stop "a query failed: ${2:0:200}"
}

# Runs every query whose file begins so; results in the folder given.
fetch() {
    local into=$1 begin=$2 query
    mkdir -p "$into"
    for query in queries/"$begin"*.soql; do
        [[ -e $query ]] || continue
        export_to "$into/$(basename "$query" .soql).csv" "$(<"$query")"
    done
}

# What every touched record holds now, in $now/records.
records() {
    local name
    rm -rf "$now/records"
    for name in account contact lead opportunity; do
        fetch "$now/records" "$name"
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

# Loads a file, for `update` or `delete`. Rows that Salesforce refuses are named, and fail nothing else.
load() {
    local how=$1 of=$2 file=$3 said=$now/load.json job code=0 found=0
    local form=(--line-ending LF)
    [[ $how == delete ]] || form+=(--column-delimiter COMMA)
    sf data "$how" bulk --sobject "$of" --file "$file" "${form[@]}" --wait 60 --target-org "$org" --json \
        </dev/null >"$said" 2>&1 || code=$?
    job=$(node guard.mjs loaded "$said" "$code") || found=$?
    case $found in
    0) return ;;
    # Some rows were refused.
    4) failed=1 ;;
    *) stop "$file was not loaded" ;;
    esac
    (cd "$now" && sf data bulk results --job-id "$job" --target-org "$org" </dev/null >/dev/null) ||
        stop "$file: some rows failed; see sf data bulk results --job-id $job"
    node guard.mjs failures "$of" "$now"/*-failed-records.csv
    rm -f "$now"/*-records.csv
}

# Loads what the guard lets through: its words, whether to load, and how, of what object, from which file.
guarded() {
    local loads=$1 how=$2 of=$3 out=$4 code=0
    shift 4
    node guard.mjs "$@" </dev/null || code=$?
    case $code in
    0) [[ $loads == no ]] || load "$how" "$of" "$out" ;;
    # Nothing is left to load.
    3) ;;
    *) stop "$out could not be made" ;;
    esac
}

# Lets through what is unchanged and loads it: ready or back, the folder of plans, the phase, and whether to load.
updates() {
    local how=$1 from=$2 wanted=$3 loads=$4 phase name file of out
    records
    while read -r phase name file; do
        [[ $phase == "$wanted" ]] || continue
        of=$(object "$name")
        out=$made/ready/$(basename "$file")
        guarded "$loads" update "$of" "$out" "$how" "$phase" "$of" "$file" "$out" "$now/records/$name"-*.csv
    done < <(planned "$from")
}

# Lets through what is still there and unchanged, and deletes it if told to.
deletes() {
    local file name of out
    records
    for file in delete/*.csv; do
        [[ -e $file ]] || continue
        name=$(basename "$file" .csv)
        of=$(object "$name")
        out=$made/ready/delete-$name.csv
        guarded "$1" delete "$of" "$out" delete "$of" "$out" "$now/records/$name"-*.csv
    done
}

# Runs every script of a folder that no receipt says was run to its end.
scripts() {
    local script receipt code
    for script in "$1"/*.apex; do
        [[ -e $script ]] || continue
        receipt=$made/receipts/$(basename "$script").json
        if [[ -e $receipt.done ]]; then
            echo "$script was run before"
            continue
        fi
        sf apex run --file "$script" --target-org "$org" --json </dev/null >"$receipt" || true
        code=0
        node guard.mjs receipt "$script" "$receipt" || code=$?
        case $code in
        0) mv "$receipt" "$receipt.done" ;;
        # Some of it was left alone, and is looked at again the next time.
        3) ;;
        *) failed=1 ;;
        esac
    done
}

# Sends the children that were saved back to the records that came back.
children() {
    local saved child lookup part ids out name code
    records
    for saved in "$made"/backup/children-*.csv; do
        [[ -e $saved ]] || continue
        name=$(basename "$saved" .csv)
        IFS=- read -r _ _ child lookup _ <<<"$name"
        part=0
        while read -r ids; do
            part=$((part + 1))
            export_to "$now/$name-$part.csv" "SELECT Id, $lookup FROM $child WHERE Id IN ($ids)"
        done < <(node guard.mjs ids "$saved")
        [[ $part -gt 0 ]] || continue
        if [[ $child == CampaignMember ]]; then
            echo "campaign members cannot be moved; those in $saved stay with the surviving records"
            continue
        fi
        out=$made/ready/$name.csv
        code=0
        node guard.mjs children "$lookup" "$out" "$saved" "$now/$name"-*.csv -- "$now"/records/*.csv </dev/null || code=$?
        case $code in
        0) load update "$child" "$out" ;;
        3) ;;
        *) stop "$out could not be made" ;;
        esac
    done
}

backed_up() {
    [[ -e $made/backup/complete ]] || stop "no backup of $org ($id) yet: bash run.sh backup $org"
}

case $task in
dry-run)
    updates ready update consent no
    updates ready update values no
    for name in account contact lead; do
        node guard.mjs merges "$(object "$name")" "$now/records/$name"-*.csv
    done
    deletes no
    ;;
backup)
    if [[ -e $made/backup/complete ]]; then
        stop "$made/backup is complete, of $(<"$made/backup/complete"); move it away to make another"
    fi
    fetch "$made/backup" ""
    date -u +%Y-%m-%dT%H:%M:%SZ >"$made/backup/complete"
    ;;
apply)
    backed_up
    updates ready update consent yes
    scripts merges
    updates ready update values yes
    ;;
delete)
    backed_up
    node guard.mjs due "$made/backup/complete" || exit 1
    : >"$made/receipts/deleting"
    deletes yes
    ;;
verify)
    records
    begun=no
    [[ ! -e $made/receipts/deleting ]] || begun=yes
    for name in account contact lead opportunity; do
        node guard.mjs verify "$(object "$name")" "$begun" "$now/records/$name"-*.csv || failed=1
    done
    exit "$failed"
    ;;
undo)
    backed_up
    # The scripts of the way back are run anew each time: they look at what there is. So do merges that come after them.
    rm -f "$made"/receipts/undo-*.done "$made"/receipts/[0-9]*.done
    if [[ -e $made/receipts/deleting ]]; then
        scripts undo-deletes
    fi
    updates back undo values yes
    scripts undo-merges
    children
    updates back undo consent yes
    [[ $failed -ne 0 ]] || rm -f "$made/receipts/deleting"
    ;;
*)
    echo "unknown task: $task"
    exit 2
    ;;
esac
if [[ $failed -ne 0 ]]; then
    stop "some of it failed, as named above; mend that and run this again"
fi
