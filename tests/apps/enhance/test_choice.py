"""Which network a film goes through, and how hard it was compressed."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import onnx
import pytest
import torch
from tests.apps.enhance.films import film, noisy
from tests.effects.clips import texture

from frameloom.apps.enhance import choice
from frameloom.apps.enhance.choice import Chosen, choose, drawing, refiner_of
from frameloom.apps.enhance.compression import Compression, bits_of_pixel, compression_of
from frameloom.apps.enhance.condition import condition_of
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.enhance import enhance
from frameloom.apps.enhance.network import Lanczos
from frameloom.apps.enhance.planning import plan
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, ModelError
from frameloom.generation import networks, torch_network
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.networks import OnnxNetwork
from frameloom.media.files.source import Picture, probe, read_pictures
from frameloom.media.flow import between
from frameloom.media.planes import Planes
from frameloom.models.upscaler import Upscaler, UpscalerConfig

Ship = Callable[..., None]


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Put networks with random weights into an empty package."""
    folder = tmp_path / "shipped"
    monkeypatch.setattr(networks, "SHIPPED", folder)

    def put(name: str, scale: int) -> None:
        torch.manual_seed(0)
        model = Upscaler(UpscalerConfig(scale=scale, width=4, depth=1))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.05 * torch.randn_like(parameter))
        (folder / name).mkdir(parents=True)
        export_upscaler(model, folder / name / "model.onnx")

    return put


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return film(tmp_path / "film.mp4", list(range(0, 240, 24)), 240, sounds=0)


def chosen_for(config: EnhanceConfig, source: Path) -> Chosen:
    """Return what is chosen for a film, with the notes on its condition before its own."""
    condition = condition_of(config, probe(source))
    found = choose(config, condition)
    return replace(found, notes=(*condition.notes, *found.notes))


def asked(source: Path, **options: object) -> EnhanceConfig:
    return EnhanceConfig.model_validate({"input": source, "out": source.with_name("out.mp4"), **options})


def moving(path: Path, crf: int, pixels: str = "yuv420p") -> Path:
    """Write a texture that turns and grows, with a little grain."""
    draw = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 320, 176, pixels
        for number in range(25):
            luma = np.roll(texture(320, 176), (2 * number, 3 * number), (0, 1)) + draw.normal(0, 2, (176, 320))
            rgb = np.clip(luma, 0, 255).astype(np.uint8)[..., None].repeat(3, 2)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("options", [{"fps": 50}, {"denoise": 4}, {"quality": "small", "color": "auto"}])
def test_without_a_scale_no_network_is_opened(ship: Ship, source: Path, options: dict) -> None:
    assert chosen_for(asked(source, **options), source).network == Lanczos(1)


def test_three_times_takes_its_own_network_or_that_of_four(ship: Ship, source: Path) -> None:
    config = asked(source, scale=3)
    with pytest.raises(ModelError, match=r"upscale-small-x4: no such network; .* a shipped one: none"):
        chosen_for(config, source)
    ship("upscale-small-x4", 4)
    assert chosen_for(config, source).network.scale == 4
    enhance(config)
    assert probe(config.out).width == 192
    ship("upscale-small-x3", 3)
    assert chosen_for(config, source).network.scale == 3


def test_where_a_size_is_not_shipped_small_stands_in(ship: Ship, source: Path) -> None:
    ship("upscale-small-x2", 2)
    chosen = chosen_for(asked(source, scale=2, quality="perceptual"), source)
    assert chosen.network.scale == 2
    assert chosen.notes == ("quality: upscale-perceptual-x2 is not shipped; upscale-small-x2 stands in",)
    ship("upscale-perceptual-x2", 2)
    assert chosen_for(asked(source, scale=2, quality="perceptual"), source).notes == ()
    ship("upscale-small-x4", 4)
    chosen = chosen_for(asked(source, scale=3, quality="tiny"), source)
    assert chosen.notes == ("quality: upscale-tiny-x4 is not shipped; upscale-small-x4 stands in",)


def test_the_compression_is_told_and_noted(ship: Ship, source: Path) -> None:
    ship("upscale-small-x2", 2)
    luma = next(iter(read_pictures(source))).planes.y.astype(np.float32) / 255
    made = []
    for level in (0.25, 1.0):
        chosen = chosen_for(asked(source, scale=2, deblock=level), source)
        assert chosen.notes == (
            f"deblock: as hard as CRF {18 + 24 * level:.0f} of x264 (level {level:.2f}), as asked for",
        )
        assert isinstance(chosen.network, OnnxNetwork)
        expected = networks.open_network("upscale-small-x2", compression=level)(luma)
        assert np.array_equal(chosen.network(luma), expected)
        made.append(expected)
    assert np.abs(made[0] - made[1]).max() > 1e-4
    assert chosen_for(asked(source, scale=2), source).notes == ()


def test_the_network_that_mends_is_taken_where_it_is_shipped(ship: Ship, source: Path) -> None:
    config = asked(source, deblock=0.5)
    message = r"deblock: pictures that keep their size take the network 'mend', which is not shipped; give a scale"
    with pytest.raises(ModelError, match=message):
        enhance(config)
    ship("mend", 1)
    planned = plan(config, probe(source), chosen_for(config, source).network)
    assert [stage.name for stage in planned.stages] == ["mend"]
    made = enhance(config)
    assert (made.written.width, made.written.height) == (64, 48)
    assert made.written.notes == ("deblock: as hard as CRF 30 of x264 (level 0.50), as asked for",)


def test_noise_is_told_to_a_network_that_wants_to_know_and_only_chroma_is_filtered(ship: Ship, source: Path) -> None:
    ship("upscale-small-x2", 2)
    luma = next(iter(read_pictures(source))).planes.y.astype(np.float32) / 255
    chosen = chosen_for(asked(source, scale=2, denoise=10.2), source)
    expected = networks.open_network("upscale-small-x2", noise=0.5)(luma)
    assert np.array_equal(chosen.network(luma), expected)
    config = asked(source, scale=2, denoise=10.2)
    planned = plan(config, probe(source), chosen.network, 10.2)
    assert [stage.name for stage in planned.stages] == ["denoise", "upscale"]
    grey = noisy(10, 0)
    given = Picture(Planes(grey.y, grey.y[::2, ::2].copy(), grey.v), Fraction(0), Fraction(1, 25))
    (made,) = planned.stages[0].run(iter([given]))
    assert np.array_equal(made.planes.y, given.planes.y)
    assert not np.array_equal(made.planes.u, given.planes.u)


def test_without_a_share_of_the_network_the_filter_takes_out_all_noise(ship: Ship, source: Path) -> None:
    ship("upscale-small-x2", 2)
    config = asked(source, scale=2, denoise=10.2, strength=0)
    planned = plan(config, probe(source), chosen_for(config, source).network, 10.2)
    pictures = [Picture(noisy(10, seed), Fraction(seed, 25), Fraction(1, 25)) for seed in range(3)]
    *_, made = planned.stages[0].run(iter(pictures))
    assert not np.array_equal(made.planes.y, pictures[-1].planes.y)


def test_noise_alone_is_mended_where_the_network_is_shipped_and_filtered_where_not(ship: Ship, source: Path) -> None:
    assert chosen_for(asked(source, denoise=4), source).network == Lanczos(1)
    ship("mend", 1)
    assert chosen_for(asked(source, denoise=4), source).network.scale == 1
    assert isinstance(chosen_for(asked(source, denoise=4), source).network, OnnxNetwork)
    assert chosen_for(asked(source, denoise="auto"), source).network == Lanczos(1)  # there is none in it


def test_what_needs_no_mending_is_left_alone(ship: Ship, source: Path) -> None:
    """The film was made with a CRF of 12."""
    ship("mend", 1)
    chosen = chosen_for(asked(source, deblock="auto"), source)
    assert chosen.network == Lanczos(1)
    assert chosen.notes == ("deblock: nothing to mend; compressed no harder than CRF 18 of x264 (level 0.00)",)


def test_a_network_of_another_maker_is_told_nothing(tmp_path: Path, source: Path) -> None:
    make, real = onnx.helper, onnx.TensorProto.FLOAT
    ends = [make.make_tensor_value_info(name, real, [1, 1, None, None]) for name in ("x", "y")]
    graph = make.make_graph([make.make_node("Abs", ["x"], ["y"])], "g", ends[:1], ends[1:])
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 20)], ir_version=10), tmp_path / "a.onnx")
    name = str(tmp_path / "a.onnx")
    chosen = chosen_for(asked(source, model=name, deblock=0.5), source)
    assert chosen.notes == (
        "deblock: as hard as CRF 30 of x264 (level 0.50), as asked for",
        f"deblock: {name} cannot be told how hard a film was compressed, and does what it was made for",
    )
    made = enhance(asked(source, model=name))  # a model without a scale is something asked for
    assert (made.written.width, made.written.notes) == (64, ())


def test_lanczos_mends_nothing_and_says_so(source: Path) -> None:
    chosen = chosen_for(asked(source, scale=2, quality="lanczos", deblock="auto"), source)
    assert chosen.network == Lanczos(2)
    assert chosen.notes == ("deblock: Lanczos mends nothing; give a quality of tiny, small or quality",)
    with pytest.raises(ConfigError, match="deblock takes a network, and lanczos is none"):
        validate(EnhanceConfig, {"input": source, "out": "o.mp4", "quality": "lanczos", "deblock": 1}, "enhance")


@pytest.mark.parametrize("level", [0, 1.1, "hard"])
def test_a_level_out_of_range_is_refused(level: object) -> None:
    given = {"input": "a.mp4", "out": "b.mp4", "scale": 2, "deblock": level}
    with pytest.raises(ConfigError, match="deblock: write auto, no, or how hard it was compressed: above 0, at most 1"):
        validate(EnhanceConfig, given, "enhance")


def test_levels_are_those_that_networks_learn() -> None:
    assert [Compression(crf).level for crf in (10, 18, 30, 42, 51)] == [0, 0, 0.5, 1, 1]
    assert Compression.of(0.25) == Compression(24)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv420p10le"])
def test_the_crf_of_a_film_is_found(tmp_path: Path, pixels: str) -> None:
    """Within 5 of what was asked for, and 12 steps apart are 12 steps apart."""
    found = []
    for crf in (20, 32):
        measured = compression_of(probe(moving(tmp_path / f"{crf}.mp4", crf, pixels)))
        assert measured is not None
        assert measured.crf == pytest.approx(crf, abs=5)
        found.append(measured.crf)
    assert found[1] - found[0] == pytest.approx(12, abs=0.5)


def test_what_is_found_is_found_again(tmp_path: Path) -> None:
    """Else work that goes on would not do what it did before."""
    info = probe(moving(tmp_path / "film.mp4", 20))
    assert len({compression_of(info) for _ in range(8)}) == 1


def test_other_codecs_are_judged_by_their_bits(tmp_path: Path) -> None:
    info = probe(moving(tmp_path / "film.mp4", 30))
    (video,) = info.videos
    vp8 = replace(video, codec="vp8", bit_rate=500_000)
    bits = 500_000 / (320 * 176 * 25)
    assert bits_of_pixel(info, vp8) == pytest.approx(bits)
    found = compression_of(replace(info, videos=(vp8,)))
    av1 = compression_of(replace(info, videos=(replace(vp8, codec="av1", bit_rate=500_000 * 4 // 14),)))
    twice = compression_of(replace(info, videos=(replace(vp8, bit_rate=1_000_000),)))
    assert found is not None
    assert found.crf == pytest.approx(2.6 - 5.7 * np.log2(0.4 * bits))
    assert av1 is not None
    assert av1.crf == pytest.approx(found.crf, abs=0.01)
    assert twice is not None
    assert found.crf - twice.crf == pytest.approx(5.7)
    without = replace(info, bit_rate=600_000, videos=(replace(vp8, bit_rate=None),))
    assert bits_of_pixel(without, without.videos[0]) == pytest.approx(600_000 / (320 * 176 * 25))


def test_what_loses_nothing_was_not_compressed(source: Path) -> None:
    info = probe(source)
    assert compression_of(replace(info, videos=(replace(info.videos[0], codec="ffv1"),))) is None
    assert compression_of(replace(info, videos=())) is None
    nothing = replace(info.videos[0], codec="vp9", bit_rate=None, frames=0, duration=Fraction(0))
    assert compression_of(replace(info, videos=(nothing,))) is None
    lossless = replace(info, videos=(replace(info.videos[0], codec="ffv1"),))
    config = asked(source, scale=2, deblock="auto", model="x.onnx")
    with pytest.raises(ModelError, match=r"x.onnx: no such network"):
        choose(config, condition_of(config, lossless))


def test_what_holds_no_pictures_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), "s16", "mono")
        sound.sample_rate = 48_000
        container.mux(stream.encode(sound))
    with pytest.raises(MediaError, match=r"sound.wav: no video stream; give a file with video"):
        enhance(asked(path, scale=2, quality="lanczos"))


def test_a_gpu_that_is_not_there_is_named(ship: Ship, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship("upscale-small-x2", 2)
    monkeypatch.setattr(torch_network, "has_gpu", lambda: False)
    with pytest.raises(ModelError, match=r"no GPU for the network \(torch finds none\); give a device of auto or cpu"):
        chosen_for(asked(source, scale=2, device="gpu"), source)
    assert isinstance(chosen_for(asked(source, scale=2), source).network, OnnxNetwork)
    monkeypatch.setattr(torch_network, "has_gpu", lambda: True)
    path = networks.SHIPPED / "upscale-small-x2" / "model.onnx"
    with pytest.raises(ModelError, match=r"model.onnx is a file for ONNX Runtime, which computes on the CPU here"):
        chosen_for(asked(source, scale=2, device="gpu", model=str(path)), source)


def test_pictures_between_pictures_take_a_network_where_there_is_one_and_time(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {name: tmp_path / name / "refine.onnx" for name in ("there", "missing")}
    paths["there"].parent.mkdir()
    paths["there"].touch()
    monkeypatch.setattr(choice, "file_of", lambda name, file: paths["there"])
    assert refiner_of(asked(source, fps=50)) == paths["there"]
    assert refiner_of(asked(source, fps=50, quality="tiny")) is None
    assert refiner_of(asked(source, fps=50, quality="lanczos")) is None
    assert refiner_of(asked(source, scale=2)) is None
    monkeypatch.setattr(choice, "file_of", lambda name, file: paths["missing"])
    assert refiner_of(asked(source, fps=50)) is None
    assert drawing(asked(source, fps=50)) is between
