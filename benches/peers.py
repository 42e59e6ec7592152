#!/usr/bin/env python3
"""Times leadlint beside polars and Splink on one file of leads, in turn, in one run.

    python3 -m venv VENV && VENV/bin/pip install polars "splink==4.*" duckdb pandas
    VENV/bin/python benches/peers.py LEADS.csv --leadlint target/release/leadlint [--runs 3] [--no-splink]

LEADS.csv is what `cargo run --release --example generate` writes. Every run is a process of its own; wall time, CPU time
and peak memory are the system's figures for it. Printed is a Markdown table of medians with ratios to polars reading the
file as text, and to Splink. Splink is run as its documentation shows: five comparisons, three blocking rules, u from random
pairs, m by expectation maximisation, clusters at a match probability of 0.99.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

POLARS = """
import sys, polars
polars.read_csv(sys.argv[1], infer_schema=False, truncate_ragged_lines=True)
"""

SPLINK = """
import logging, sys, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

def folded(column):
    return f"nullif(lower(trim({column})), '')"

frame = duckdb.sql(
    f'''select Id as unique_id, {folded("FirstName")} as first_name, {folded("LastName")} as surname,
    {folded("Email")} as email, {folded("Company")} as company,
    nullif(right(regexp_replace(Phone, '[^0-9]', '', 'g'), 10), '') as phone
    from read_csv('{sys.argv[1]}', all_varchar = true, ignore_errors = true)'''
).df()
comparisons = [
    cl.NameComparison("first_name"),
    cl.NameComparison("surname"),
    cl.EmailComparison("email"),
    cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("company", [0.9]),
]
blocks = [block_on("email"), block_on("phone"), block_on("first_name", "surname", "company")]
settings = SettingsCreator(
    link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocks
)
linker = Linker(frame, settings, db_api=DuckDBAPI())
training = linker.training
training.estimate_probability_two_random_records_match([block_on("email")], recall=0.7)
training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
training.estimate_parameters_using_expectation_maximisation(block_on("email"))
training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
pairs = linker.inference.predict(threshold_match_probability=0.5)
linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.99).as_pandas_dataframe()
"""


def measured(command):
    """Wall seconds, CPU seconds and peak MB of a command; ends the run if it fails."""
    began = time.monotonic()
    child = os.posix_spawnp(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("leads")
    parser.add_argument("--leadlint", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-splink", action="store_true")
    given = parser.parse_args()

    def audit(codes):
        return [given.leadlint, "check", f"crm={given.leads}", "--select", codes, "--fail-on", "never", "--quiet"]

    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "drift.toml")
        with open(config, "w", encoding="utf-8") as out:
            out.write('[drift]\ncolumns = ["Company"]\n')
        tasks = {
            "polars, reads the file as text": [sys.executable, "-c", POLARS, given.leads],
            "leadlint, duplicates (DUP001-DUP004)": audit("DUP001,DUP002,DUP003,DUP004"),
            "leadlint, drift (DRF001-DRF003)": audit("DRF001,DRF002,DRF003"),
            "leadlint, drift of the company too": [*audit("DRF001,DRF002,DRF003"), "--config", config],
        }
        if not given.no_splink:
            tasks["Splink, duplicates"] = [sys.executable, "-c", SPLINK, given.leads]
        taken = {task: [] for task in tasks}
        for _ in range(given.runs):
            for task, command in tasks.items():
                taken[task].append(measured(command))
    medians = {task: [statistics.median(column) for column in zip(*runs)] for task, runs in taken.items()}
    first = next(iter(medians.values()))
    last = medians.get("Splink, duplicates")
    print("| | wall s | CPU s | peak MB | wall, of polars | memory, of polars | wall, of Splink | memory, of Splink |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for task, (wall, cpu, peak) in medians.items():
        ratios = f"{wall / first[0]:.1f} | {peak / first[2]:.1f} | "
        ratios += f"{wall / last[0]:.2f} | {peak / last[2]:.2f}" if last else " | "
        print(f"| {task} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {ratios} |")


if __name__ == "__main__":
    main()
