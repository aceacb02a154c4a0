from frameloom.media.shots import Edit


def test_an_edit_without_extent_is_a_cut() -> None:
    assert [Edit(10, 10).kind, Edit(30, 42, 0.7).kind] == ["cut", "gradual"]
