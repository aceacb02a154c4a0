"""Frames to batches: moving digits made on the fly, folders of videos, and the one crossing from pixels to floats."""
