"""Layout bytes in, layout bytes out: find the place, put the field in, take it out."""

from deployer.layouts.diff import draw_diff
from deployer.layouts.draw import draw_layout
from deployer.layouts.edit import edit_layout, find_field, is_tree_with_item, take_out
from deployer.layouts.parts import LayoutMap
from deployer.layouts.place import looks_like_opt_out, parse_wish
from deployer.layouts.read import read_layout
from deployer.layouts.scan import layout_tree, same_tree

__all__ = [
    "LayoutMap",
    "draw_diff",
    "draw_layout",
    "edit_layout",
    "find_field",
    "is_tree_with_item",
    "layout_tree",
    "looks_like_opt_out",
    "parse_wish",
    "read_layout",
    "same_tree",
    "take_out",
]
