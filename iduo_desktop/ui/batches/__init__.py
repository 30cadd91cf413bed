"""Lists that go out and come in: the day's messages, any list as a sheet, the wizard, the board of batches."""
