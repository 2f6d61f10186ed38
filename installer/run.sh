#!/usr/bin/env bash
# Sets up what is missing and opens ViMD Studio: on the bundled sample captures, or with the arguments given.
set -euo pipefail

# shellcheck source=installer/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

prepare_environment run
if [[ $# -eq 0 ]]; then
    set -- "$repository/resources/samples/captures"
fi
exec "$environment/vimd-studio" "$@"
