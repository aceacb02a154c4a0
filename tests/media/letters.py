"""Two fonts of one letter, so that what is drawn is known to the pixel.

A is a box 0.8 em wide and 0.7 em high on the baseline; advance 0.8 em, ascent 0.8, descent 0.2. In the second font its
left half is red and its right half blue (COLR).
"""

import base64
import zlib
from pathlib import Path

PLAIN = (
    "c-muNWME+6VrXDsW>D}C);Dsra9Ya1z^DNfO-Rm7EMVYam;&SjF@s5ZPGwsDjtL4t{uLnKD<d^A#h@d3B9OfXh|My90&Gr9Q9$++AXdr9Eva"
    "DH0Aw*Rc7SZj$xlvXFl3Mb@=t*Hxrr483~WHiz{mmQE952SrZRN1Tw`Eh0@}eKQIKC;0(2J;Fj;`)89;6Y;?oKW?(zIKUm2L0Uw~wvYx1v!&"
    ";lMHnpuHq4~Sx5Vt@cfkl23<5DAe7n}iG)!6Ga`2$5l8KnKjs3XBsNSb-`C0~FKkfdEK30wFG-0CO2o>jb#{AfJl>Nk%Zu0#XHcq2vGm5c2;"
    "4B-?m^VXF$W9~=rmGYkb41wrh;E)a3X2?%iz8zc_06{cPhEDn`{_(lli3KmWv3m8`nAq?dV`H*<Q4FDq@L6-"
)
TWO = (
    "c-n<hu}T9$5PiFMMwDPk5J_Qi0Y$AeB9cNdmsp4dB5ENvdd6sqoOfWr*jWmKT;VSWHiCtPg@qp=*!c_k0ct1b+r1=4K{9(gGw;pr?9A>#0Ep"
    "uh2J*#nX$}3D0A!QwXmQmpAq-Q*m&7CG_32qVSGWSiGVxBub$sq+OxzLA9n??uz5Bo-ekWe3Rh_+=v)xbnPn`2L60w5ZV%#JitGSJ)c}oxCn"
    "rg7_RUBlICVo@cb(%h691xSl)}iB8ac;h_o;-2d_l_E@n<6(=9I6-2f`9S6omlvQVW>QKol4wvTf>qM%0MC#p|~)obQIT_x<zQl<cJ~?f5k8"
    "?5ugtyddsiuixe80<3F+5m2qp(IbU@?Of9rE)v8W~b{IxFeC#?c&bu9NpRaF$IkL%2Qu$v?5if!tUipewr?%H;G~bFu-K10%<^Vmu6*h1TFM"
    "5}rw=kq@m)e)Dt|DJ(q~iPq*$lsLUKmY`"
)


def write_font(folder: Path, coloured: bool = False) -> Path:
    """Write one of the fonts and return its path."""
    path = folder / ("two.ttf" if coloured else "box.ttf")
    path.write_bytes(zlib.decompress(base64.b85decode(TWO if coloured else PLAIN)))
    return path
