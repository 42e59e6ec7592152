"""Duplicates of the leads with Splink on DuckDB: `leads_splink.py LEADS.csv`.

As its documentation shows: five comparisons, three blocking rules, u from random pairs, m by expectation maximisation,
clusters at a match probability of 0.99. No labels.
"""

import logging
import sys
import warnings

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


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
