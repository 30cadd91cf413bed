"""iduo Desktop: the operators' workstation, straight to one PostgreSQL.

The database decides, the services ask, the interface shows.

app        puts the parts together: login, configuration, database, feed, window; one running instance
terms      the words of the trade, with their Spanish labels; phones, links and sms, what a number may be
config     where the database is and what IT decided, each value with its source (config_keys, registry)
gate       the way in; opening, trust and private_server, what it needs first
caller     a call that another program hands over; command_line, all that can be said at the start
smoke      tries the whole program and writes down what it found
credentials, logs    the password in the OS keyring; the log file and the exception hook
models     what the tables are (SQLAlchemy, for migrations and tests only)
database   the only place that connects; its functions/ is the door (schema api)
services   what can be asked and done: functions(database, values) -> frozen dataclasses
workbooks  sheets to rows and rows to sheets, in a child process
admin      iduo-admin, the console program
ui         widgets; operations is the one bridge to slow work
"""

__version__ = "0.1.0"
