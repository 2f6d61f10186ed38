"""How weights change: learning rate, parameter groups, weight averaging, number format, frozen layers."""
