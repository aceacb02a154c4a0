"""Robot pushing video: records as BAIR published them, and a robot of our own that makes more."""
