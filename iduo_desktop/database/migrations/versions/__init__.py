"""One file a step, applied in order and never changed afterwards."""
