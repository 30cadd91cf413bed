"""Generic widgets; they know nothing of cases, companies or services."""
