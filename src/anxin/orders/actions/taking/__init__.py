"""Taking a demand: `reading` is what is read before, `writing` all that is written; each is one trip."""
