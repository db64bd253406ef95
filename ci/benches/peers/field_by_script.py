"""What an admin writes to put a field below the e-mail address in retrieved layout files.

`add_by_script.py FOLDER FIELD`: every file of the folder, as text.
"""

import sys
from pathlib import Path

BELOW = "<field>Email</field>\n            </layoutItems>\n"
ITEM = (
    "            <layoutItems>\n                <behavior>Edit</behavior>\n"
    "                <field>{}</field>\n            </layoutItems>\n"
)

folder, field = sys.argv[1:]
for path in Path(folder).iterdir():
    text = path.read_text(encoding="utf-8")
    if f"<field>{field}</field>" not in text and BELOW in text:
        path.write_text(text.replace(BELOW, BELOW + ITEM.format(field), 1), encoding="utf-8")
