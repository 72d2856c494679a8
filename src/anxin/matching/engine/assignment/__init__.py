"""Assignment of a batch: demands and free workers brought together so that both sides gain most. Pure.

A library of its own: NumPy and Numba, no database, no clock. `problem.Problem` says what is asked, `exact.solve` finds
the certified optimum, `certificate.check` proves it without the solver, `fair` holds a bound of fairness and tells its
price, `stable` is the mode in which no two would rather have each other, `crews`, `days`, `window` and `advice` take
what a plain assignment cannot: whole crews, several orders a worker, demands that keep arriving, and demands that
nobody can serve. docs/matching-assignment.md explains the method to an operator and to an engineer.
"""
