"""Words as they are written, over the time of all that is read for them."""

from fractions import Fraction

from frameloom.media.speech.chinese import read_aloud
from frameloom.media.speech.reading import Piece, written_words
from frameloom.media.speech.spoken import Word


def words(text: str, *times: float) -> list[Word]:
    """Return a word for each stretch between bars."""
    parts = text.split("|")
    return [
        Word(part, Fraction(str(a)), Fraction(str(b))) for part, a, b in zip(parts, times[:-1], times[1:], strict=True)
    ]


def test_a_word_lasts_as_long_as_its_signs() -> None:
    pieces = read_aloud("客流增长了3.5%。")
    assert pieces[1] == Piece("3.5%", "百分之三点五")
    heard = words("客|增|了|百|分|之|三|五", 0, 0.4, 0.8, 1, 1.2, 1.4, 1.6, 2, 2.2)  # one time for 客流, one for 增长
    told = [(word.text, float(word.start), float(word.stop)) for word in written_words(pieces, heard)]
    assert told == [("客流", 0, 0.4), ("增长", 0.4, 0.8), ("了", 0.8, 1), ("3.5%", 1, 2.2)]


def test_signs_share_what_is_told_of_several() -> None:
    heard = words("长|在|重", 0, 0.8, 1, 2)
    told = [(word.text, float(word.start), float(word.stop)) for word in written_words(read_aloud("长江在重庆"), heard)]
    assert told == [("长江", 0, 0.8), ("在", 0.8, 1), ("重庆", 1, 2)]


def test_what_is_not_heard_is_no_word() -> None:
    assert written_words(read_aloud("好，走"), []) == ()
