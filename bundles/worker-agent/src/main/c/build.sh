#!/bin/sh
# Compiles the agent. Usage: build.sh DIRECTORY, run in the bundle's folder.
set -eu
cc=${CC:-$(command -v cc || command -v gcc)} || {
  echo "no C compiler: install gcc and libc6-dev (Debian, Ubuntu) or gcc and glibc-devel (Fedora)" >&2
  exit 1
}
target=$1/native/$(uname -m)
mkdir -p "$target"
# Written beside and moved: a zygote of a running test may have the old file mapped.
"$cc" -std=c11 -D_GNU_SOURCE -O2 -g1 -Wall -Wextra -Werror -fvisibility=hidden -fPIC -shared \
  -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,-soname,libfpm4j-agent.so \
  src/main/c/*.c -ldl -o "$target/libfpm4j-agent.so.new"
mv "$target/libfpm4j-agent.so.new" "$target/libfpm4j-agent.so"
