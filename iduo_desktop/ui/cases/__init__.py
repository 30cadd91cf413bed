"""Cases: the six lists, the panel of one client, and the dialogs that move a case."""
