"""Fast operations on planes: the only room that touches OpenCV, but for the nets of faces.

    colors      RGB and planes, one into the other
    mixing      arithmetic on samples
    scaling     other sizes
    warping     moved, turned, bent, seen at an angle
    blurring    Gaussian, boxes, lines, discs
    following   what moves between two pictures

Each returns new arrays of the type it was given (uint8, or uint16 with 10 bits) and keeps to straight, readable steps.
"""

from frameloom.media.image.blurring import blur, blur_along, blur_box, blur_disc, blur_rectangle, smooth_keeping_edges
from frameloom.media.image.colors import (
    add_rgb_change,
    eight_bit,
    from_premultiplied,
    from_rgb,
    rgb_shares,
    to_rgb,
    without_alpha,
)
from frameloom.media.image.following import Effort, Points, best_match, corners, flow, follow, similarity
from frameloom.media.image.mixing import (
    add_scaled,
    difference,
    look_up,
    mix,
    mix_by,
    mix_planes_by,
    samples,
    scaled,
    within_depth,
)
from frameloom.media.image.scaling import Smoothing, resize, resize_planes, resize_rgb, stretch
from frameloom.media.image.warping import (
    Edge,
    Matrix,
    bend_planes,
    between_samples,
    fill_polygon,
    place_planes,
    sample,
    sample_at,
    seen_at,
    seen_planes,
    warp_planes,
    window,
)
from frameloom.media.planes import Rgb

__all__ = [
    "Edge",
    "Effort",
    "Matrix",
    "Points",
    "Rgb",
    "Smoothing",
    "add_rgb_change",
    "add_scaled",
    "bend_planes",
    "best_match",
    "between_samples",
    "blur",
    "blur_along",
    "blur_box",
    "blur_disc",
    "blur_rectangle",
    "corners",
    "difference",
    "eight_bit",
    "fill_polygon",
    "flow",
    "follow",
    "from_premultiplied",
    "from_rgb",
    "look_up",
    "mix",
    "mix_by",
    "mix_planes_by",
    "place_planes",
    "resize",
    "resize_planes",
    "resize_rgb",
    "rgb_shares",
    "sample",
    "sample_at",
    "samples",
    "scaled",
    "seen_at",
    "seen_planes",
    "similarity",
    "smooth_keeping_edges",
    "stretch",
    "to_rgb",
    "warp_planes",
    "window",
    "within_depth",
    "without_alpha",
]
