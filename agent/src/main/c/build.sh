#!/bin/bash
# Builds the native half of Homeport: libhomeport.so (JNI), the capsule (a small static init) and the keeper (holds a daemon's sockets).
# Usage: build.sh TARGET_DIR [JAVA_HOME]; TARGET_DIR/native-headers holds what javac -h wrote, so a changed signature fails here.
set -euo pipefail
fail() { echo "homeport: $*" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
target=$(cd "${1:?build.sh TARGET_DIR [JAVA_HOME]}" && pwd)
java_home=${2:-${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac || true)")")")}}

command -v "${CC:-gcc}" >/dev/null || fail "no C compiler: apt-get install gcc libc6-dev (or set CC)"
echo '#include <stdio.h>' | "${CC:-gcc}" -E - >/dev/null 2>&1 || fail "no C library headers: apt-get install libc6-dev"
echo '#include <linux/tcp.h>' | "${CC:-gcc}" -E - >/dev/null 2>&1 || fail "no kernel headers: apt-get install linux-libc-dev"
[ -f "$java_home/include/jni.h" ] || fail "no jni.h under $java_home/include: apt-get install openjdk-17-jdk-headless"

flags=(-std=gnu11 -O2 -Wall -Wextra -Werror)
# Names its newest input, so that an unchanged tree is not compiled again. Written to a side file first: a JVM may have the old one mapped.
build() {
    local output=$1; shift
    local sources=() newest=
    for argument in "$@"; do case $argument in *.c) sources+=("$argument") ;; esac; done
    newest=$(ls -t "${sources[@]}" "$here"/*.h "$here/build.sh" "$target"/native-headers/*.h 2>/dev/null | head -1)
    if [ -f "$output" ] && [ ! "$newest" -nt "$output" ]; then return; fi
    "${CC:-gcc}" "${flags[@]}" "$@" -o "$output.new"
    mv -f "$output.new" "$output"
    echo "homeport: built $output"
}

library=()
for source in "$here"/*.c; do
    case $source in */capsule.c | */pager.c | */keeper.c) ;; *) library+=("$source") ;; esac
done
build "$target/libhomeport.so" -fPIC -shared -fvisibility=hidden -Wl,-z,defs -Wl,-z,now \
    -I"$java_home/include" -I"$java_home/include/linux" -I"$target/native-headers" "${library[@]}"
build "$target/homeport-capsule" -static "$here/capsule.c" "$here/pager.c"
build "$target/homeport-keeper" -static "$here/keeper.c"
