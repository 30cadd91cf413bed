"""The agenda: what is planned and for whom, reminders to the minute, and routes that wait for a coordinator."""
