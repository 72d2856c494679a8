"""Day plans: routes of hourly visits by annealing over routes. A library of its own: no database, no Django.

`problem` says what is asked, `plan.plan` searches (compiled, for jobs), `board` answers a dispatcher's moves at once,
`check` finds what is wrong with a plan. Only `plan` and what it imports is compiled.
"""
