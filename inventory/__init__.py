"""Everything that is true without HTTP.

Reading order: `clock`, `texts`, `errors`, `columns`, `database` (the only place that commits), `access` (who may what
where), `audit`, `retries`, `keys`, `paging`; then the features, each with the same files inside:

    models.py    the tables
    rules.py     pure decisions: no database, no clock, no I/O
    commands.py  one function = one transaction = one audit row
    queries.py   reads

`regions` -> `offices`, `catalogue`, `people` -> `stock` (the ledger) -> `custody`, `transfers`, `opname`, `disposal`
-> `outreach` -> `recordings` -> `printing` -> `intake`, `residents`, `queue` -> `settlement` -> `documents`, `seals`,
`planning` -> `hooks` -> `reports`, which holds ledger and documents against each other and tells what moved on each
day. `demo` tells the five reference scenarios through the same commands.
"""
