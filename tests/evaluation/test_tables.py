"""Figures as tables and clips as films: what a reader of the page is shown."""

import torch

from frameloom.evaluation.films import error, hand_film
from frameloom.evaluation.tables import differences, heading, themes
from frameloom.evaluation.tally import Estimate, Method


def method(name: str, **metrics: float) -> Method:
    found = {key: Estimate(mean=value, ci95=0.1) for key, value in metrics.items()}
    return Method(name=name, clips=9, metrics=found, per_frame={})


def test_only_what_is_known_is_told() -> None:
    methods = [method("m", psnr=20, psnr_at_10=18, sharpness=0.9), method("still", psnr=15, psnr_at_10=12, hand_px=4)]
    references = {"unrelated": Estimate(mean=0.3, ci95=0.1), "frechet_halves": Estimate(mean=1, ci95=0.1)}
    found = {title: (headings, rows) for title, headings, rows in themes(methods, references)}
    assert list(found) == ["Single frames", "Sharpness and spread", "Where the hand goes"]
    assert found["Single frames"] == (["", "psnr at frame 10 ↑"], [["m", "18.00 ± 0.10"], ["still", "12.00 ± 0.10"]])
    assert found["Sharpness and spread"] == (["", "sharpness / truth → 1"], [["m", "0.90 ± 0.10"]])
    assert found["Where the hand goes"][1] == [["still", "4.00 ± 0.10"]]


def test_real_clips_stand_below() -> None:
    methods = [method("m", frechet=3, frechet_halves=4, feature_distance=1)]
    references = {"feature_unrelated": Estimate(mean=2, ci95=0.1), "frechet_halves": Estimate(mean=1, ci95=0.1)}
    found = {title: rows for title, _, rows in themes(methods, references)}
    assert found["In features of the house"] == [
        ["m", "1.00 ± 0.10", "3.00 ± 0.10", "4.00 ± 0.10"],
        ["unrelated real clips", "2.00 ± 0.10", "", ""],
        ["real clips", "", "", "1.00 ± 0.10"],
    ]


def test_a_difference_that_leaves_out_0_is_marked() -> None:
    found = {
        "a": {"ssim": Estimate(mean=0.3, ci95=0.1), "hand_px": Estimate(mean=-0.05, ci95=0.1)},
        "b": {"ssim": Estimate(mean=-0.3, ci95=0.1)},
    }
    headings, rows = differences(found)
    assert headings == ["", "a", "b"]
    assert rows == [["ssim ↑", "+0.30 ± 0.10 *", "-0.30 ± 0.10 *"], ["hand, px off ↓", "-0.05 ± 0.10", ""]]
    assert heading("spread") == "spread between draws"


def test_the_way_of_the_hand_grows_with_the_clip() -> None:
    past, truth = torch.zeros(2, 1, 8, 8), torch.zeros(3, 1, 8, 8)
    true = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    ours = torch.tensor([[5.0, 5.0], [6.0, 6.0], [99.0, -9.0]])  # the last one lies outside
    frames = hand_film(past, truth, true, ours).frames
    assert frames.shape == (5, 8, 8, 3)
    green, magenta = [26, 230, 76], [255, 51, 230]
    assert frames[2, 1, 1].tolist() == green
    assert frames[2, 5, 5].tolist() == magenta
    assert frames[2, 2, 2].max() == 0
    assert frames[4, 3, 3].tolist() == green
    assert frames[:2].max() == 0


def test_errors_are_orange_and_blue() -> None:
    found = error(torch.tensor([1.0, 0.0]).view(1, 1, 1, 2), torch.tensor([0.0, 1.0]).view(1, 1, 1, 2))[0, :, 0]
    assert found[:, 0].argmax() == 0
    assert found[:, 1].argmax() == 2
