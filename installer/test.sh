#!/usr/bin/env bash
# Sets up what is missing, the development tools included, and runs every check without a display.
# Arguments go to pytest: `bash installer/test.sh -k storage`.
set -euo pipefail

# shellcheck source=installer/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
prepare_environment dev
cd "$repository"
export PATH="$environment:$PATH"

# The same order of sets and the same texts on every machine.
export PYTHONHASHSEED=0 LC_ALL=C.UTF-8
# One thread per process: the suite starts several, and threads that fight for two cores are far slower than one.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

step() {
    say
    say "== $*"
    "$@"
}

step ruff check
step ruff format --check
step mypy
step lint-imports
step python -m pytest "$@"
