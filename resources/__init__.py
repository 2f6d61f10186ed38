"""Icons, styles, models and sample captures that ship with the product."""
