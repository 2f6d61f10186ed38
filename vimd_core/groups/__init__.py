"""Groups: captures that a split must never separate, because they show one thing or one moment."""
