"""The ground floor: processes, their pipes and locks, threads, and atomic writes. Torch-free."""
