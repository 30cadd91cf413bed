"""What an administrator decides: people, settings, catalogues, the contact scale, and who did what."""
