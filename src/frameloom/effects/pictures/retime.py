"""Pictures between pictures, for slow motion: the nearer one again, a blend, or what moved half-way.

The last is `media.flow`; between pictures of different shots nothing moves, and the nearer one is shown.
"""

from typing import Literal

from frameloom.media import flow
from frameloom.media.changes import is_cut, look
from frameloom.media.image import mix
from frameloom.media.planes import Plane, Planes, full
from frameloom.media.views import Flows

Filling = Literal["repeat", "blend", "flow"]


def between(a: Planes, b: Planes, share: float, how: Filling, flows: Flows | None = None) -> Planes:
    """Return the picture at a share of the way from a to b; at 0 and 1 the very same objects.

    Args:
        a: picture before.
        b: picture after, of the same size and depth.
        share: 0 is a, 1 is b.
        how: repeat the nearer, blend, or move along.
        flows: what `flows_of` gave for a and b, which is worth keeping for several shares.
    """
    nearer = a if share < 0.5 else b
    if share <= 0 or share >= 1 or how == "repeat" or a is b:
        return nearer
    if how == "blend":
        return _blended(a, b, share)
    flows = flows or flows_of(a, b)
    return nearer if flows is None else flow.between(a, b, flows, share)


def flows_of(a: Planes, b: Planes) -> Flows | None:
    """Return what moves between two pictures; None at a cut."""
    return None if is_cut(look(a.y), look(b.y)) else flow.flows_between(a.y, b.y)


def _blended(a: Planes, b: Planes, share: float) -> Planes:
    alpha = None if a.alpha is None and b.alpha is None else mix(_alpha(a), _alpha(b), share)
    return Planes(mix(a.y, b.y, share), mix(a.u, b.u, share), mix(a.v, b.v, share), alpha)


def _alpha(picture: Planes) -> Plane:
    """Return the alpha of a picture, which is opaque if it has none."""
    most = 255 if picture.depth == 8 else 1023
    return full((picture.height, picture.width), most, picture.depth) if picture.alpha is None else picture.alpha
