#!/usr/bin/env bash
# Builds our pjsua2 wheel from pjproject's source: README.md beside this file says why and how.
#
#     workers/pjsip/build/build.sh [TARBALL]
#
# Without a TARBALL the source is that in Debian's asterisk package. The wheel stands alone in
# var/pjsua2/wheel/. A second run with the same inputs does nothing.
set -euo pipefail

python=${PYTHON:-python3}
# It is called from another folder; a link of an environment stays one.
case $python in */*) python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python") ;; esac
cd "$(dirname "$0")/../../.."
here=$PWD/workers/pjsip/build
home=$PWD/var/pjsua2
sources=$home/sources
srtp_source=libsrtp2_2.5.0.orig.tar.gz

fail() {
    echo "$*" >&2
    exit 1
}

# Debian's archive is read with a list, an index and a cache of our own: the machine's apt stays as
# it is. What apt brings is what the archive's key has signed.
debian() { # debian apt-get|apt-cache ARGUMENT...
    local command=$1
    shift
    "$command" --quiet=2 -o Dir::Etc::SourceList="$home/apt/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$home/apt" \
        -o Dir::State::status="$home/apt/status" -o Dir::Cache="$home/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

mirror_of_debian() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' | sed -n 's/^Debian \(.*\)/\1/p' | head -n 1
}

fetch() { # fetch SUITE PACKAGE PATTERN: the one file of a source package that we need
    local mirror=${DEBIAN_MIRROR:-$(mirror_of_debian)} keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -n "$mirror" ] || fail "This machine's apt knows no archive of Debian. Name one as DEBIAN_MIRROR," \
        "or run apt-get update first where it should know one."
    echo "Fetching $2 ($1)"
    rm -rf "$home/apt" "$home/fetched"
    mkdir -p "$home"/apt/lists/partial "$home"/apt/cache/archives/partial "$home/fetched" "$sources"
    touch "$home/apt/status"
    echo "deb-src [signed-by=$keys] $mirror $1 main" >"$home/apt/sources.list"
    debian apt-get update
    (cd "$home/fetched" && debian apt-get source --download-only "$2" >/dev/null)
    mv "$home"/fetched/$3 "$sources/"
    rm -rf "$home/apt" "$home/fetched"
}

found() { find "$sources" -name "$1" 2>/dev/null | sort | tail -n 1; }

verify() { # verify FILE: its checksum is one of ours, or the one that was given
    local sum
    sum=$(sha256sum "$1" | cut -d ' ' -f 1)
    grep -q "^$sum " "$here/known.sha256" || [ "$sum" = "${SHA256:-}" ] ||
        fail "$1 is none of the files of known.sha256: its SHA-256 is $sum. If that is what its" \
            "makers say, give it as SHA256."
}

inputs() { # what the wheel depends on
    sha256sum <"$pjproject"
    sha256sum <"$srtp"
    (cd "$here" && sha256sum build.sh config_site.h datagrams.patch limits.i setup.py)
    "$python" -c 'import sys, sysconfig; print(sys.version, sysconfig.get_path("include"))'
    g++ -dumpfullversion -dumpmachine
}

unpack() { # unpack TARBALL FOLDER
    mkdir -p "$2"
    tar -xf "$1" -C "$2" --strip-components=1
}

build_srtp() { # Debian's library is built on NSS, which costs seven times the CPU of OpenSSL
    unpack "$srtp" "$work/srtp"
    (
        cd "$work/srtp"
        ./configure --enable-openssl CFLAGS="-O3 -fPIC" --prefix="$work/usr"
        make -j"$(nproc)" libsrtp2.a
        install -D -t "$work/usr/lib" libsrtp2.a
        install -D -t "$work/usr/include/srtp2" include/*.h crypto/include/*.h
    )
}

build_pjproject() {
    local flags="-O3 -fPIC -DNDEBUG -I$work/usr/include"
    unpack "$pjproject" "$work/pjproject"
    (
        cd "$work/pjproject"
        # Debian leaves this file out, which is empty without the library that it is for.
        touch pjmedia/src/pjmedia-audiodev/bdimad_dev.c
        patch --strip=1 --forward --fuzz=0 <"$here/datagrams.patch"
        cp "$here/config_site.h" pjlib/include/pj/
        ./configure --enable-epoll --enable-speex-resample --disable-sound --disable-video \
            --disable-upnp --disable-v4l2 --disable-libyuv --disable-libwebrtc \
            --with-external-srtp --with-external-gsm --with-external-speex \
            --disable-g7221-codec --disable-ilbc-codec --disable-opencore-amr --disable-silk \
            --disable-opus --disable-bcg729 \
            CFLAGS="$flags" CXXFLAGS="$flags" LDFLAGS="-L$work/usr/lib" LIBS=-lcrypto
        grep -q 'PJ_HAS_SSL_SOCK 1' pjlib/include/pj/compat/os_auto.h
        make dep
        make -j"$(nproc)" lib
    )
}

pack() {
    (
        cd "$work/pjproject/pjsip-apps/src/swig/python"
        cat ../pjsua2.i "$here/limits.i" >../pjsua2_with_limits.i
        mkdir pjsua2
        echo '"""pjsua2, built for Ringback."""' >pjsua2/__init__.py
        swig -c++ -w312 -threads -python -outdir pjsua2 -o pjsua2_wrap.cpp \
            -I../../../../pjlib/include -I../../../../pjlib-util/include \
            -I../../../../pjmedia/include -I../../../../pjsip/include \
            -I../../../../pjnath/include ../pjsua2_with_limits.i
        cp "$here/setup.py" ../../../../COPYING .
        WHEEL_VERSION=$(version)+ringback.1 "$python" setup.py bdist_wheel --dist-dir "$work/wheel"
    )
}

version() {
    printf 'include version.mak\nall:\n\t@echo $(PJ_VERSION)\n' |
        make --silent --no-print-directory -C "$work/pjproject" --file=-
}

pjproject=${1:-}
if [ -n "$pjproject" ]; then
    [ -f "$pjproject" ] || fail "There is no file $pjproject"
    pjproject=$(realpath "$pjproject")
    verify "$pjproject"
else
    [ -n "$(found '*pjproject*')" ] || fetch unstable asterisk '*.orig-Xpjproject.tar.*'
    pjproject=$(found '*pjproject*')
fi
[ -n "$(found "$srtp_source")" ] || fetch bookworm libsrtp2 "$srtp_source"
srtp=$(found "$srtp_source")
verify "$srtp"

inputs="$(inputs)"
[ "$inputs" = "$(cat "$home/inputs" 2>/dev/null)" ] && exit 0

work=$home/work
rm -rf "$work" "$home/wheel" "$home/inputs"
mkdir -p "$work"
echo "Building pjsua2 from $(basename "$pjproject"): about two minutes; $home/log tells"
# As a job: in a condition of its own, `set -e` would not hold in it.
{
    build_srtp
    build_pjproject
    pack
} >"$home/log" 2>&1 &
if ! wait $!; then
    tail -n 30 "$home/log" >&2
    fail "The build of pjsua2 failed; $home/log tells all."
fi
mv "$work/wheel" "$home/wheel"
rm -rf "$work"
echo "$inputs" >"$home/inputs"
ls "$home/wheel"
