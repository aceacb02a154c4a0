"""Models at work: load one, sample clips, continue a clip, write what came of it."""
