"""What the child does with the frozen features of captures: it computes, compares, groups and suggests by them."""
