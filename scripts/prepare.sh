# Prepares a clone: packages, Arrow, one release build. Sourced by `cutover`, `test` and the scripts.
#
# Invariants
# 1. stdout belongs to the command: everything here goes to stderr.
# 2. Whoever changes .deps or builds holds the lock; a killed holder loses it by dying.
# 3. A result appears by rename, or by a stamp written last. So an interrupted step is simply not done,
#    and the next call does it again.
#
# Callers set `root` (absolute path of the clone) and may set `json` to 1 (errors as one JSON object).

readonly minimum_swift=6.3
deps=$root/.deps
state=$root/.build/launcher
export PKG_CONFIG_PATH="$deps/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"

say() { printf 'cutover: %s\n' "$*" >&2; }

json_text() {
    local text=$1
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\t'/\\t}
    text=${text//$'\n'/\\n}
    printf '"%s"' "$text"
}

# fail STATUS CODE PROBLEM REMEDY
fail() {
    if [[ ${json:-0} == 1 ]]; then
        printf '{"error":{"code":%s,"problem":%s,"remedy":%s,"position":null}}\n' \
            "$(json_text "$2")" "$(json_text "$3")" "$(json_text "$4")"
    fi
    printf 'cutover: %s: %s\n%s\n' "$2" "$3" "$4" >&2
    exit "$1"
}

# Prints the commit of the clone, with `-dirty` where files differ from it; nothing outside git.
source_commit() {
    git -C "$root" describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null || true
}

# --- one at a time ---------------------------------------------------------------------------------

lock() {
    mkdir -p "$state"
    exec 9>"$state/lock"
    if ! flock --nonblock 9; then
        say "another cutover is preparing this clone; waiting for it"
        flock 9
    fi
}

unlock() { exec 9>&-; }

# --- what is missing -------------------------------------------------------------------------------

# Prints the version of the Swift toolchain on PATH (`6.3.1`), or nothing.
swift_version() {
    command -v swift >/dev/null || return 0
    swift --version 2>/dev/null 9>&- | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

# at_least VERSION MINIMUM
at_least() { [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

probe() {
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null ;;
    py:*) python3 -c "import ${1#py:}" >/dev/null 2>&1 ;;
    pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pc:}" ;;
    *) false ;;
    esac
}

# missing_packages LIST...  prints the packages of the lists that are not there, one a line.
# A library counts only as a package where there are packages: its headers must match the system's.
missing_packages() {
    local list package hint installed=
    if command -v dpkg-query >/dev/null; then
        installed=$(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' |
            sed -n 's/^.i  *//p')
    fi
    for list in "$@"; do
        while read -r package hint; do
            [[ -z $package || $package == '#'* ]] && continue
            [[ $'\n'$installed$'\n' == *$'\n'"$package"$'\n'* ]] && continue
            if [[ -z $installed || $hint != pc:* ]] && probe "$hint"; then continue; fi
            printf '%s\n' "$package"
        done <"$root/scripts/packages/$list.txt"
    done
}

arrow_version() { sed -n 's/^pyarrow==\([0-9.]*\).*/\1/p' "$root/scripts/arrow.txt"; }

arrow_ready() {
    [[ -f $deps/pyarrow/.ready && $(<"$deps/pyarrow/.ready") == "$(arrow_version) $(uname -m)" &&
        -f $deps/pkgconfig/parquet.pc ]]
}

# A system Arrow is used where there is one of the same major version or newer.
system_arrow() {
    command -v pkg-config >/dev/null || return 1
    local version
    version=$(arrow_version)
    PKG_CONFIG_PATH=${PKG_CONFIG_PATH#"$deps/pkgconfig"} pkg-config --exists \
        "arrow >= ${version%%.*}" "parquet >= ${version%%.*}" 2>/dev/null
}

# Sets the mark that says whose Arrow this clone is built with. One in .deps wins, being there already.
find_arrow() {
    if ! arrow_ready && system_arrow; then
        mkdir -p "$deps"
        : >"$deps/system-arrow"
        return
    fi
    rm -f "$deps/system-arrow"
    arrow_ready
}

# Prints what is wrong with the Swift toolchain on PATH; nothing where it will do.
toolchain_problem() {
    local found
    found=$(swift_version)
    if [[ -z $found ]]; then
        printf 'a Swift toolchain of version %s or newer (none is on PATH)' "$minimum_swift"
    elif ! at_least "$found" "$minimum_swift"; then
        printf 'a Swift toolchain of version %s or newer (on PATH is %s)' "$minimum_swift" "$found"
    fi
}

readonly toolchain_remedy="A toolchain comes from https://www.swift.org/install/linux/ (by swiftly, or as a tar \
file to unpack anywhere). Put its usr/bin on PATH, and repeat the command."

# --- installing ------------------------------------------------------------------------------------

# apt is asked once for everything; its own configuration decides about proxies and mirrors.
install_packages() {
    local run=()
    if ! command -v apt-get >/dev/null; then
        fail 2 CFG_MISSING "these packages are missing and there is no apt-get here: $*" \
            "Install what they hold on Debian by your system's own means, and repeat the command."
    fi
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            fail 2 CFG_MISSING "these packages are missing: $*" \
                "As root, run: apt-get update && apt-get install --yes --no-install-recommends $*"
        fi
        run=(sudo --preserve-env=http_proxy,https_proxy,no_proxy,HTTP_PROXY,HTTPS_PROXY,NO_PROXY)
    fi
    run+=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 --quiet)
    say "installing $*"
    # A stale index is only a warning: what is wanted may be in it already.
    "${run[@]}" update >&2 9>&- || say "apt-get update failed; trying with the index that is there"
    "${run[@]}" install --yes --no-install-recommends "$@" >&2 9>&- ||
        fail 1 CFG_INSTALL_FAILED "apt-get could not install: $*" \
            "Read its message above; when the network is back, repeat the command."
}

write_arrow_pc() {
    local folder=$1 version=$2 library
    mkdir -p "$folder"
    for library in arrow parquet; do
        {
            # shellcheck disable=SC2016  # pkg-config expands these.
            printf '%s\n' 'prefix=${pcfiledir}/../pyarrow' "Name: $library" \
                "Description: $library C++ of the pyarrow wheel" "Version: $version"
            [[ $library == parquet ]] && printf 'Requires: arrow\n'
            # shellcheck disable=SC2016
            printf '%s\n' 'Cflags: -I"${prefix}/include"' \
                "Libs: -L\"\${prefix}\" -l:lib$library.so.$(arrow_soname "$version")"
        } >"$folder/$library.pc.new"
        mv -f "$folder/$library.pc.new" "$folder/$library.pc"
    done
}

# 26.0.1 → 2600: Arrow's libraries carry major * 100 + minor.
arrow_soname() {
    local major minor rest
    IFS=. read -r major minor rest <<<"$1"
    printf '%d' $((major * 100 + minor))
}

# Takes what a C++ program needs out of the wheel; the Python side stays behind.
unpack_arrow() {
    python3 - "$1" "$2" <<'PYTHON' >&2 9>&-
import pathlib, sys, zipfile

wheel, target = sys.argv[1], sys.argv[2]
wanted = ("pyarrow/include/", "pyarrow/libarrow.so.", "pyarrow/libparquet.so.")
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        licence = ".dist-info/" in entry.filename and pathlib.PurePath(entry.filename).suffix == ".txt"
        if entry.filename.startswith(wanted) or licence:
            archive.extract(entry, target)
PYTHON
}

install_arrow() {
    local version machine scratch wheel
    version=$(arrow_version)
    machine=$(uname -m)
    case $machine in
    x86_64 | aarch64) ;;
    *) fail 2 CFG_NO_ARROW "there is no Arrow wheel for $machine" \
        "Install Arrow C++ ${version%%.*} or newer with its pkg-config files (arrow, parquet), and repeat the command." ;;
    esac
    say "fetching Arrow $version (55 MB)"
    mkdir -p "$deps"
    rm -rf "$deps"/.arrow.*
    scratch=$(mktemp -d "$deps/.arrow.XXXXXX")
    env PIP_REQUIRE_VIRTUALENV=0 python3 -m pip --quiet --disable-pip-version-check download \
        --no-deps --only-binary=:all: --platform "manylinux_2_28_$machine" --python-version 311 \
        --require-hashes --requirement "$root/scripts/arrow.txt" --dest "$scratch" >&2 9>&- ||
        fail 1 CFG_INSTALL_FAILED "pip could not fetch pyarrow $version" \
            "Read its message above. pip's own settings are respected: PIP_INDEX_URL, PIP_FIND_LINKS with PIP_NO_INDEX=1 for an offline folder, and the proxy variables."
    wheel=("$scratch"/pyarrow-*.whl)
    unpack_arrow "${wheel[0]}" "$scratch" ||
        fail 1 CFG_INSTALL_FAILED "the wheel of pyarrow $version could not be unpacked into .deps" \
            "Make room on the disk (about 250 MB), and repeat the command."
    printf '%s %s\n' "$version" "$machine" >"$scratch/pyarrow/.ready"
    rm -rf "$deps/pyarrow"
    mv -T "$scratch/pyarrow" "$deps/pyarrow"
    write_arrow_pc "$deps/pkgconfig" "$version"
    rm -rf "$scratch"
}

# prepare LIST...  makes everything that building needs be there. Call it under the lock.
prepare() {
    local packages=() arrow=0 toolchain
    mapfile -t packages < <(missing_packages "$@")
    find_arrow || arrow=1
    toolchain=$(toolchain_problem)
    if [[ ${CUTOVER_NO_INSTALL:-0} == 1 ]]; then
        report_missing "$toolchain" "${packages[@]}" \
            "$( ((arrow)) && printf 'Arrow C++ (pyarrow %s, into .deps)' "$(arrow_version)")"
    fi
    if [[ -n $toolchain ]]; then fail 2 CFG_NO_TOOLCHAIN "missing: $toolchain" "$toolchain_remedy"; fi
    if ((${#packages[@]} > 0)); then install_packages "${packages[@]}"; fi
    if ((arrow)); then install_arrow; fi
}

# report_missing ITEM…  lists what is missing and ends, unless every item is empty.
report_missing() {
    local item joined= remedy="Unset CUTOVER_NO_INSTALL to have it installed, or install it yourself."
    for item in "$@"; do
        if [[ -n $item ]]; then joined+="${joined:+, }$item"; fi
    done
    if [[ -z $joined ]]; then return; fi
    if [[ -n $1 ]]; then remedy+=" $toolchain_remedy"; fi
    fail 2 CFG_MISSING "missing: $joined" "$remedy"
}

# --- building --------------------------------------------------------------------------------------

# A build of everything, the binary included, says when it began: an edit during it counts as newer.
# `cutover` compares with this stamp. It appears only when the build is whole.
mark_build_start() {
    rm -f "$state/built"
    printf '%s' "$root" >"$state/built.new"
}

mark_build_end() { mv -f "$state/built.new" "$state/built"; }

# build ARGUMENT...  one release build with these arguments of `swift build`. Call it under the lock.
# A clone that was moved, and a build that was killed and then fails, start again from nothing.
build() {
    local marker=$state/building interrupted=0
    if [[ -f $state/root && $(<"$state/root") != "$root" ]]; then
        say "this clone was moved; building it anew"
        discard_build
    fi
    [[ -e $marker ]] && interrupted=1
    printf '%s\n' "$root" >"$state/root"
    : >"$marker"
    if ! swift_build "$@"; then
        ((interrupted)) || fail_build
        say "the last build was interrupted; building anew"
        discard_build
        swift_build "$@" || fail_build
    fi
    rm -f "$marker"
}

discard_build() {
    find "$root/.build" -mindepth 1 -maxdepth 1 ! -name launcher -exec rm -rf {} +
}

fail_build() {
    rm -f "$state/building"
    fail 1 CFG_BUILD_FAILED "the build failed" "Read the compiler's message above."
}

# On a terminal the build shows its own progress; elsewhere only a failure is worth the lines.
swift_build() {
    local command=(swift build --package-path "$root" --configuration release "$@")
    if [[ -t 2 ]]; then
        "${command[@]}" >&2 9>&-
        return
    fi
    say "building (about a minute the first time)"
    "${command[@]}" >"$state/build.log" 2>&1 9>&- && return
    local status=$?
    tail -n 200 "$state/build.log" >&2
    return "$status"
}
