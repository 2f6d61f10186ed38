"""Where things lie that were found in a rotated region."""

from __future__ import annotations

import numpy as np
import pytest

from app.views.live.region_shape import outline_within
from vimd_core.streaming.sources.regions import Region, crop


@pytest.mark.parametrize("angle", [30.0, 90.0, 200.0, -45.0])
def test_a_box_in_a_turned_region_is_outlined_where_its_pixels_came_from(angle: float) -> None:
    region = Region(name="Turned", x_px=60, y_px=50, width_px=80, height_px=60, angle_deg=angle)
    box = (50, 12, 20, 10)
    outline = outline_within(region, box)
    frame = np.zeros((160, 200, 3), np.uint8)
    across = sum(point.x() for point in outline) / 4
    down = sum(point.y() for point in outline) / 4
    frame[round(down) - 2 : round(down) + 3, round(across) - 2 : round(across) + 3] = 255
    upright = crop(frame, region)
    assert upright is not None
    ys, xs = np.nonzero(upright[:, :, 0] > 100)
    assert (xs.mean(), ys.mean()) == pytest.approx((60, 17), abs=1.5)
    sides = [outline[i] - outline[i - 1] for i in (1, 2)]
    assert [np.hypot(side.x(), side.y()) for side in sides] == pytest.approx([20, 10])
