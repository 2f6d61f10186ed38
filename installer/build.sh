#!/usr/bin/env bash
# Builds the packaged app on Linux: bash installer/build.sh [--cuda] [--skip-smoke-test | --smoke-test-if-possible]
# Makes an environment of its own from the constraints, builds the folder, its .deb, its .tar.zst and SHA256SUMS into
# dist/, and uses what it built as a user would. What it makes on the way is in build/ and is used again the next time.
# --cuda            with the CUDA build of torch, and with mamba-ssm when a wheel of it is there
# --skip-smoke-test only builds
# --smoke-test-if-possible  leaves it out, and says so, where Xvfb and xdotool are not there and can't be installed
set -euo pipefail

suffix='' with_smoke_test=yes
for argument in "$@"; do
    case "$argument" in
        --cuda) suffix=-cuda ;;
        --skip-smoke-test) with_smoke_test='' ;;
        --smoke-test-if-possible) with_smoke_test=maybe ;;
        *)
            sed -n '2,7s/^# //p' "${BASH_SOURCE[0]}" >&2
            exit 2
            ;;
    esac
done
build=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build
export VIMD_ENVIRONMENT="$build/environment$suffix"

# shellcheck source=installer/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# Installs the Debian packages of programs that are missing; each is given as program:package.
provide_tools() {
    local tool packages=()
    for tool in "$@"; do
        command -v "${tool%%:*}" >/dev/null 2>&1 || packages+=("${tool#*:}")
    done
    [[ ${#packages[@]} -eq 0 ]] && return
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null 2>&1; then
        say "Missing here: ${packages[*]}"
        return 1
    fi
    say "Installing what packages are made and tried with: apt-get install ${packages[*]}"
    apt-get update -qq >/dev/null </dev/null || say "apt-get update failed; trying with the lists that are there."
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends "${packages[@]}" >/dev/null </dev/null
}

step() {
    say
    say "== $1"
    shift
    "$@"
}

# The same build from the same sources, whenever it is made.
export PYTHONHASHSEED=0 LC_ALL=C.UTF-8
SOURCE_DATE_EPOCH=$(git -C "$repository" log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH

provide_tools strip:binutils readelf:binutils dpkg-deb:dpkg zstd:zstd tar:tar ||
    fail "Packages can't be made without these: install them."
if [[ -n $with_smoke_test ]] && ! provide_tools Xvfb:xvfb xdotool:xdotool; then
    [[ $with_smoke_test == maybe ]] || fail "The smoke test can't be run without these: install them."
    with_smoke_test=''
    say "!! The smoke test is left out: what is built was not tried."
fi
export QT_QPA_PLATFORM=offscreen
if [[ -n $suffix ]]; then
    # The usual index holds the CUDA build; without a GPU here, set_up.py would take the other one.
    export VIMD_TORCH_INDEX=${VIMD_TORCH_INDEX-}
fi
prepare_environment run
# The package takes the libraries of Qt's X11 plugin along; those that are not here, it depends on.
if ! QT_QPA_PLATFORM=xcb "$environment/python" "$repository/installer/system_libraries.py" "$VIMD_ENVIRONMENT" &&
    [[ $with_smoke_test == maybe ]]; then
    with_smoke_test=''
    say "!! The smoke test is left out: the window can't be shown here."
fi
"$environment/python" -m pip install --quiet --constraint "$repository/installer/constraints.txt" pyinstaller
if [[ -n $suffix ]]; then
    "$environment/python" -m pip install --quiet --only-binary mamba-ssm,causal-conv1d mamba-ssm causal-conv1d ||
        say "No wheel of mamba-ssm for this Python and torch: the package computes the scan by torch on the GPU."
fi
cd "$repository"
step "Icons" "$environment/python" installer/icons.py "$build/icons"
step "Executables" "$environment/python" -m PyInstaller --noconfirm --log-level WARN \
    --distpath "$build/dist$suffix" --workpath "$build/work$suffix" installer/vimd.spec
step "What is not needed" "$environment/python" installer/tidy.py "$build/dist$suffix/vimd-studio"
mkdir -p dist
rm -f dist/vimd-studio"$suffix"_*
step "Packages" "$environment/python" installer/linux_packages.py \
    "$build/dist$suffix/vimd-studio" "$build/icons" dist "--suffix=$suffix"
if [[ -n $with_smoke_test ]]; then
    step "Smoke test" "$environment/python" installer/smoke_test.py dist/vimd-studio"$suffix"_*.deb
fi
