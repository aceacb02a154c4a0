"""Signs with durations become phonemes and words."""

from fractions import Fraction

from frameloom.media.speech.signs import placed, words_of

UNIT = Fraction(1, 10)


def read(signs: str, begin: Fraction = Fraction(0)) -> list[tuple[int, str, float, float]]:
    found = placed(list(signs), [UNIT] * len(signs), begin)
    return [(group, one.ipa, float(one.start), float(one.stop)) for group, one in found]


def test_a_stress_belongs_to_its_vowel_and_a_space_to_what_follows() -> None:
    assert read("pˈa mi") == [(0, "p", 0, 0.1), (0, "a", 0.1, 0.3), (1, "m", 0.3, 0.5), (1, "i", 0.5, 0.6)]


def test_a_comma_is_a_pause_with_the_space_after_it() -> None:
    assert read("p, m") == [(0, "p", 0, 0.1), (1, "m", 0.3, 0.4)]
    assert read(" m")[0][2] == 0.1


def test_marks_lengthen_and_affricates_are_one_sound() -> None:
    assert read("aːtʃ") == [(0, "aː", 0, 0.2), (0, "tʃ", 0.2, 0.4)]
    assert [sign for _, sign, _, _ in read("t ʃ")] == ["t", "ʃ"]


def test_a_voice_that_is_late_is_put_right() -> None:
    assert read("pa", Fraction(-1, 20))[1][2:] == (0.05, 0.15)


def words(signs: str, text: str) -> list[tuple[str, float, float]]:
    return [
        (one.text, float(one.start), float(one.stop))
        for one in words_of(placed(list(signs), [UNIT] * len(signs), Fraction(0)), text)
    ]


def test_words_last_over_their_groups() -> None:
    assert words("pa mi", "Pa, mi!") == [("Pa", 0, 0.2), ("mi", 0.2, 0.5)]


def test_a_number_takes_the_groups_that_are_left_over() -> None:
    assert [one[0] for one in words("a b c d e", "a 123 e")] == ["a", "123", "e"]
    assert words("a b c d e", "a 123 e")[1] == ("123", 0.1, 0.7)
    assert words("a b c", "a — b c") == words("a b c", "a b c")


def test_more_words_than_groups_are_all_told() -> None:
    assert [one[0] for one in words("a b", "x y z")] == ["x", "y", "z"]
    assert words("", "x") == []
