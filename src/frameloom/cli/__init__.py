"""The command line: each command validates settings, makes one library call and shows what came of it."""
