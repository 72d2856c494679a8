"""The first k of a city's workers, exactly, whatever the city's size. Pure: NumPy and Numba, no database, no Django.

`facts` what is known of workers and asked of them; `points` the score in whole numbers; `city` the columns in memory,
searched and kept up to date; `kernel` the compiled search.
"""
