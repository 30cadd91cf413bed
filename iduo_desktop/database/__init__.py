"""The only place that connects: one autocommit connection for each worker, errors sorted, the change feed."""
