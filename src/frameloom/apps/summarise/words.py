"""Where a cut would split a word: as it was heard, or as a file of subtitles says."""

from pathlib import Path

from frameloom.apps.edit.automatic.spans import Span, Spans, merged
from frameloom.apps.summarise.analysis import Analysis
from frameloom.media.subtitles import read_subtitles


def words_for(analysis: Analysis, subtitles: Path | None = None) -> Spans:
    """Return the words of a film; the cues of a file, one word or one sentence each, count for what was heard.

    Raises:
        MediaError: the file is damaged.
    """
    if subtitles is None:
        return analysis.words
    cues = read_subtitles(subtitles).cues
    spans = [Span(min(cue.start, analysis.duration), min(cue.end, analysis.duration)) for cue in cues]
    return merged(spans)
