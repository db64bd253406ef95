"""What the benchmark says of growth: the exponent of a cost, by least squares."""

import pytest
from benches.growth import exponent


@pytest.mark.parametrize(
    ("costs", "slope"),
    [
        ((3, 12, 48), 1.0),
        ((2, 4, 8), 0.5),
        ((7, 7, 7), 0.0),
        ((1, 16, 256), 2.0),
        # One that is off the line is off by as much in the fit as all three allow.
        ((1, 4, 32), 1.25),
    ],
)
def test_growth_is_the_slope_of_the_logarithms(costs, slope):
    assert exponent((10, 40, 160), costs) == pytest.approx(slope)
