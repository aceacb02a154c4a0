"""The errors a user can meet: one small tree, each also the builtin it resembles.

Every message says what is wrong, where, what was given and what to do. The command line turns
these into one line and exit code 2; anything else that escapes is a defect of ours (exit code 1).
"""


class FrameloomError(Exception):
    """Anything that the person who called can mend."""


class ConfigError(FrameloomError, ValueError):
    """A setting is unknown, missing or out of range."""


class DataError(FrameloomError, ValueError):
    """A data set or an array does not have the form it must have."""


class MediaError(FrameloomError, ValueError):
    """A video, image or sound file cannot be read or written."""


class ModelError(FrameloomError, ValueError):
    """A model folder is damaged, unknown, or cannot do what was asked."""


class TrainingError(FrameloomError, RuntimeError):
    """Training cannot go on; the last good state is kept."""


class OutputError(FrameloomError, OSError):
    """A result cannot be written where it was asked for."""


class MissingDependencyError(FrameloomError, ImportError):
    """An optional package is needed for this and not installed."""
