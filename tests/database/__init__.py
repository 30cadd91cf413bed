"""The door itself: functions, rights, migrations, connection and feed, on a real PostgreSQL."""
