#!/usr/bin/env bash
# Finds the system packages that a task needs and, where it may, installs the missing ones.
#
#     infra/machine.sh demo|test|prompts|pjsua2
#
# For Debian 12 and Ubuntu. Nothing is installed, and no package list fetched, when nothing is
# missing. Without root or a password-less sudo it prints the command and exits with status 1.
set -euo pipefail

python=${PYTHON:-python3}
missing=()

need() { # need PACKAGE CHECK...: the package is missing unless the check succeeds
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

python_is_supported() {
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] not in {(3, 11), (3, 12)})'
}
python_makes_environments() { "$python" -c 'import ensurepip, venv'; }
python_version() { "$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

browser_is_there() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

python_can_be_extended() {
    "$python" -c 'import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())'
}
header() { [ -e "/usr/include/$1" ]; }

is_ubuntu() { (. /etc/os-release && [ "$ID" = ubuntu ]) 2>/dev/null; }

find_missing() {
    missing=()
    case $1 in
    demo)
        need "python$(python_version)-venv" python_makes_environments
        # All that the wheel of pjsua2 asks of the machine beyond libc.
        need libstdc++6 sh -c 'PATH=$PATH:/sbin ldconfig -p | grep -F libstdc++.so.6'
        need zlib1g sh -c 'PATH=$PATH:/sbin ldconfig -p | grep -F libz.so.1'
        ;;
    test)
        need sip-tester command -v sipp
        need default-jre-headless command -v java
        need npm command -v npm
        need tshark command -v tshark
        # Ubuntu has no chromium but a snap, behind the package chromium-browser.
        if is_ubuntu; then
            need chromium-browser browser_is_there
        else
            need chromium browser_is_there
        fi
        ;;
    prompts)
        need espeak-ng command -v espeak-ng
        need npm command -v npm
        ;;
    pjsua2)
        need g++ command -v g++
        need swig command -v swig
        # With make, patch, xz and bzip2.
        need dpkg-dev command -v dpkg-source
        need debian-archive-keyring test -e /usr/share/keyrings/debian-archive-keyring.gpg
        need "python$(python_version)-dev" python_can_be_extended
        need libssl-dev header openssl/ssl.h
        need uuid-dev header uuid/uuid.h
        need libgsm1-dev header gsm/gsm.h
        need libspeex-dev header speex/speex.h
        need libspeexdsp-dev header speex/speex_resampler.h
        ;;
    *)
        echo "usage: $0 demo|test|prompts|pjsua2" >&2
        exit 2
        ;;
    esac
}

if ! python_is_supported 2>/dev/null; then
    echo "Python 3.11 or 3.12 is needed (pjsua2 has wheels for these); $python is not one of them." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

find_missing "${1:-}"
[ ${#missing[@]} -eq 0 ] && exit 0

if [[ " ${missing[*]} " == *" chromium-browser "* && ! -S /run/snapd.socket ]]; then
    echo "A browser is missing. Ubuntu's chromium is a snap, and no snapd runs here:" >&2
    echo "install Google Chrome's package, so that google-chrome is on the PATH." >&2
    exit 1
fi

give_up() {
    echo "Missing on this machine: ${missing[*]}" >&2
    echo "Install with: sudo apt-get update && sudo apt-get install ${missing[*]}" >&2
    exit 1
}

command -v apt-get >/dev/null || give_up
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    give_up
fi

echo "Installing system packages: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2)
"${apt[@]}" update >/dev/null
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null

find_missing "$1"
if [ ${#missing[@]} -ne 0 ]; then
    echo "Installed, but still not usable: ${missing[*]}" >&2
    exit 1
fi
