"""Settings: flags > environment > optout.toml > default, each value knowing its source.

Load with `loading.load`, which reads no secret; `key_places.read_secret` opens one when it is used.
"""
