# Sourced by run.sh, test.sh and build.sh. Finds a Python, has it complete .venv, or what VIMD_ENVIRONMENT names, and sets:
#   repository   the folder of the repository
#   environment  the folder of the virtual environment's programs
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN*) environment="${VIMD_ENVIRONMENT:-$repository/.venv}/Scripts" ;;
    *) environment="${VIMD_ENVIRONMENT:-$repository/.venv}/bin" ;;
esac

# What a user's own set-up adds to Python's search path or pip's target would end up in, or hide, our environment.
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
export PIP_USER=false PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# Prints "usable", or what is wrong with the Python named $1; nothing when it can't be started.
judge_python() {
    "$1" -c '
import sys
version = "%d.%d" % sys.version_info[:2]
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    print("is version", version)
elif sys.maxsize < 2**32:
    print("is a 32-bit build")
else:
    try:
        import ensurepip, venv
        print("usable")
    except ImportError:
        print("lacks python%s-venv" % version)
' 2>/dev/null || true
}

# Sets `python` to the first usable one, or `python_problem` to why there is none.
find_python() {
    local candidate verdict
    python='' python_problem=''
    for candidate in ${VIMD_PYTHON:+"$VIMD_PYTHON"} python3 python3.13 python3.12 python3.11 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        verdict=$(judge_python "$candidate")
        if [[ $verdict == usable ]]; then
            python=$candidate
            return 0
        fi
        # One that only lacks its venv package is the easiest to help with, so that is what gets said.
        if [[ -n $verdict && ($python_problem == '' || $verdict == *-venv) ]]; then
            python_problem="$candidate $verdict"
        fi
    done
    return 1
}

require_python() {
    find_python && return
    local package=python3-venv
    [[ $python_problem == *-venv ]] && package=${python_problem##* }
    if command -v apt-get >/dev/null 2>&1; then
        if [[ $EUID -eq 0 ]]; then
            say "Installing Python with: apt-get install python3 $package"
            apt-get update -qq >/dev/null </dev/null || say "apt-get update failed; trying with the package lists that are there."
            DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends \
                python3 "$package" >/dev/null </dev/null ||
                say "apt-get could not install $package."
            hash -r
            find_python && return
        elif [[ $python_problem == *-venv || -z $python_problem ]]; then
            fail "ViMD Studio needs Python 3.11, 3.12 or 3.13 with its venv module${python_problem:+, and $python_problem}." \
                "Install it and start again: sudo apt-get install python3 $package"
        fi
    fi
    fail "ViMD Studio needs Python 3.11, 3.12 or 3.13${python_problem:+, but $python_problem}." \
        "Install one, or name one that you have: VIMD_PYTHON=/path/to/python bash installer/run.sh"
}

# Completes .venv for "run" or, with the development tools, for "dev"; instant when nothing is missing.
prepare_environment() {
    local set_up="$repository/installer/set_up.py"
    if [[ -x $environment/python ]] && "$environment/python" "$set_up" "$1" --check 2>/dev/null; then
        return
    fi
    require_python
    "$python" "$set_up" "$1"
}
