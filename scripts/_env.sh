# Sourced by run and test: finds a Python and has it make the environment in .venv.
# Sets $root; make_environment run|test either succeeds or ends the script with one sentence.

root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)

# The first candidate that is new enough and can import what the rest of the arguments say.
find_python() {
    test="import sys; assert sys.version_info >= (3, 11); import $1"
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c "$test" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# Which way a virtual environment can be made here; Debian's plain python3 has neither ensurepip nor pip.
make_environment() {
    python=$(find_python "venv, ensurepip") || python=$(find_python "venv, pip") || say_what_is_missing
    "$python" "$root/scripts/_environment.py" "$1"
}

say_what_is_missing() {
    if python=$(find_python "venv"); then
        echo "Python 缺少 venv 模块，请先运行：apt-get install python3-venv" \
            "/ Python lacks its venv module; first run: apt-get install python3-venv" >&2
    else
        found=$("${PYTHON:-python3}" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || found=-
        echo "需要 Python 3.11 或更新版本（现有：$found），例如：apt-get install python3 python3-venv" \
            "/ Python 3.11 or newer is needed (found: $found), for instance: apt-get install python3 python3-venv" >&2
    fi
    exit 1
}
