"""Day plans: routes of hourly visits by annealing over routes. A library of its own: no database, no Django."""
