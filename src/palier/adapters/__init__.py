"""The outside world made real: database, files, mail, limits, secrets."""
