"""Pages of workers: the worker's phone, and the agency's desk. Both change a record by the same forms."""
