"""What others know this program by: Windows' task bar and shortcuts, and the database."""

# the same on the Start menu's shortcut, so that window and shortcut are one button of the task bar
APP_USER_MODEL_ID = "iduo.Desktop"
# the oldest state of the database in which everything is that this program asks for
SCHEMA = "0020"
