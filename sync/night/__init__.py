"""The nightly: both sides read, compared, and made to say the same; opt-outs only, ever."""
