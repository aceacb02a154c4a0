"""Pure functions of tensors: how far prediction is from truth, and samples from data.

Video is (B, T, C, H, W) in [0, 1] everywhere in this room.
"""
