# shellcheck shell=bash
# Functions shared by the scripts beside this file. Sourced, never run; the caller has set -euo pipefail.

# The system packages (Debian 12 names).
# To build: a C compiler and linker, and libclang with its headers for the camera bindings (V4L).
readonly BUILD_PACKAGES=(build-essential pkg-config libclang-dev ca-certificates)
# To open a window (loaded when the program starts): X11, Wayland, keyboard layouts, and Vulkan with a
# driver that computes on the CPU where there is no GPU. The tests of the screens need the last two.
readonly WINDOW_PACKAGES=(
    libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0
    libwayland-client0 libegl1 libgl1 libgl1-mesa-dri libvulkan1 mesa-vulkan-drivers
)

say() { printf '%s\n' "tillsight: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s\n' "$package"
    done
}

# Installs what is missing of the named packages, saying what; does nothing, and needs no network, when
# all is there. Returns 1 if something is still missing afterwards.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is no Debian system; make sure that the counterparts of these are installed: $*"
        return 0
    fi
    local missing=() as_root=()
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            say "these packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
            return 1
        fi
        as_root=(sudo)
    fi
    say "installing system packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >&2 || say "the package lists could not be refreshed; trying with the old ones"
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2; then
        say "these packages could not be installed: ${missing[*]}"
        return 1
    fi
}

# All packages: without those to build nothing goes on, without those of the window only the window is lost.
install_all_packages() {
    install_packages "${BUILD_PACKAGES[@]}" || fail "the packages to build are missing; see above"
    install_packages "${WINDOW_PACKAGES[@]}" || say "going on; the window may not open"
}

# Puts cargo on the path.
find_cargo() {
    if ! command -v cargo >/dev/null && [[ -r "${CARGO_HOME:-$HOME/.cargo}/env" ]]; then
        # shellcheck source=/dev/null
        source "${CARGO_HOME:-$HOME/.cargo}/env"
    fi
    command -v cargo >/dev/null || fail "Rust is missing; install it (1.95 or newer) from https://rustup.rs"
}

# Fetches the crates, and sets CARGO_FLAGS: without a network when every crate is there already.
fetch_crates() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    CARGO_FLAGS=(--locked)
    if cargo fetch --quiet --locked --offline --target "$host" 2>/dev/null; then
        CARGO_FLAGS+=(--offline)
        return 0
    fi
    say "fetching crates"
    if ! cargo fetch --locked --target "$host"; then
        say "not all crates could be fetched; trying with those that are here"
        CARGO_FLAGS+=(--offline)
    fi
}

# The folder of build results.
target_folder() { printf '%s\n' "${CARGO_TARGET_DIR:-target}"; }
