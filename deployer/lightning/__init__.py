"""Lightning page bytes in, bytes out: does it carry fields itself, put ours in, take it out."""

from deployer.lightning.edit import edit_page, is_persons, shows_person, take_off_page
from deployer.lightning.parts import HIGHLIGHTS, PageMap
from deployer.lightning.read import read_page
from deployer.lightning.same import same_page

__all__ = [
    "HIGHLIGHTS",
    "PageMap",
    "edit_page",
    "is_persons",
    "read_page",
    "same_page",
    "shows_person",
    "take_off_page",
]
