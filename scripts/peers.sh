# shellcheck shell=bash
# The other programs that ours is compared with. Sourced after lib.sh, never run.

# Where their virtual environments are kept between runs.
peers_folder() { printf '%s\n' "${TILLSIGHT_PEERS:-$(target_folder)/peers}"; }

# Makes a virtual environment with packages from PyPI, once: make_peers NAME PACKAGE... (options of pip may follow)
make_peers() {
    local folder
    folder=$(peers_folder)/$1
    shift
    command -v python3 >/dev/null || fail "python3 is missing; install it with its venv module"
    if [[ ! -x $folder/bin/python ]]; then
        python3 -m venv "$folder" || fail "no virtual environment can be made; install python3-venv"
    fi
    if [[ ! -e $folder/complete || $(<"$folder/complete") != "$*" ]]; then
        say "installing $* from PyPI"
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" ||
            fail "the packages could not be installed; is there a network?"
        printf '%s' "$*" >"$folder/complete"
    fi
}

# Builds the program, unless TILLSIGHT names one, and prints its path.
tillsight_program() {
    if [[ -n ${TILLSIGHT:-} ]]; then
        printf '%s\n' "$TILLSIGHT"
        return 0
    fi
    find_cargo
    fetch_crates
    say "building"
    cargo build --release --bin tillsight "${CARGO_FLAGS[@]}" >&2
    printf '%s\n' "$(target_folder)/release/tillsight"
}
