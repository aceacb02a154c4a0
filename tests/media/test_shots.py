from frameloom.media.shots import Edit, shots_of


def test_shots_lie_between_edits_and_cover_the_video() -> None:
    cut, gradual = Edit(10, 10), Edit(30, 42, 0.7)
    shots = shots_of([cut, gradual], 60)
    assert [(shot.first, shot.end, shot.opened_by) for shot in shots] == [
        (0, 10, None), (10, 42, cut), (42, 60, gradual),
    ]  # fmt: skip
    assert [(shot.first, shot.end) for shot in shots_of([], 5)] == [(0, 5)]
    assert (cut.kind, gradual.kind) == ("cut", "gradual")
