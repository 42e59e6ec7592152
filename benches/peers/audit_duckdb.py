"""What a person who knows SQL types in half an hour to look at the exports: `audit_duckdb.py FOLDER`.

A small part of what leadlint checks: addresses that occur twice, blanks and distinct values of each column of the leads,
how often each value of six columns occurs, how long leads took, hours with errors, one chat field held against the field it
lands in, chats that left no lead.
"""

import sys

import duckdb

COUNTED = ["Region__c", "Industry", "LeadSource", "Country", "Plan__c", "Company"]

folder = sys.argv[1]
db = duckdb.connect()
for name in ("leads", "chats", "sync_log"):
    db.execute(
        f"create table {name} as from read_csv(?, header = true, all_varchar = true, ignore_errors = true)",
        [f"{folder}/{name}.csv"],
    )


def ask(title, query):
    print(title, db.execute(query).fetchall())


ask(
    "addresses that occur twice",
    """with counted as (select lower(trim(Email)) as address, count(*) as records from leads group by all)
    select count(*), sum(records) from counted where records > 1 and address <> ''""",
)
for (column,) in db.execute("select column_name from (describe leads)").fetchall():
    ask(
        f"{column}: blank, distinct",
        f"""select count(*) filter (where trim(coalesce("{column}", '')) = ''), count(distinct "{column}") from leads""",
    )
for column in COUNTED:
    # Every count is fetched, since the reader looks for spellings in the tail; the first few are enough to print.
    rows = db.execute(f'select "{column}", count(*) as cells from leads group by all order by cells desc').fetchall()
    print(column, len(rows), rows[:5])
ask(
    "seconds from chat to lead: median, 95 %, 99 %",
    """select quantile_cont(
        epoch(try_cast(CreatedDate as timestamptz)) - epoch(try_cast(ended_at as timestamptz)), [0.5, 0.95, 0.99]
    ) from chats join leads on Chat_Id__c = chat_id""",
)
ask(
    "hours in which over 2 % of the attempts failed, and more than two",
    """with hours as (
        select date_trunc('hour', try_cast(attempted_at as timestamptz)) as hour, count(*) as attempts,
        count(*) filter (where status = 'error') as errors from sync_log group by all
    ) select count(*) from hours where errors > 2 and errors > 0.02 * attempts""",
)
ask(
    "reasons that arrived as something else",
    """select count(*) from chats join leads on Chat_Id__c = chat_id
    where coalesce(reason, '') <> '' and reason <> coalesce(Reason__c, '')""",
)
ask(
    "chats with an address and without a lead",
    "select count(*) from chats anti join leads on Chat_Id__c = chat_id where coalesce(visitor_email, '') <> ''",
)
