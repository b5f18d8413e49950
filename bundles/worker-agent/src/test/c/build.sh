#!/bin/sh
# Compiles the test programs. Usage: build.sh DIRECTORY, run in the bundle's folder.
set -eu
cc=${CC:-$(command -v cc || command -v gcc)} || {
  echo "no C compiler: install gcc and libc6-dev (Debian, Ubuntu) or gcc and glibc-devel (Fedora)" >&2
  exit 1
}
target=$1
tests=src/test/c
flags="-std=c11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror"
mkdir -p "$target"
"$cc" $flags $tests/driver.c $tests/harness.c $tests/client.c $tests/scenarios_*.c -o "$target/driver"
"$cc" $flags $tests/bench.c $tests/harness.c $tests/client.c -o "$target/bench"
"$cc" $flags $tests/program.c $tests/program_signals.c -o "$target/program" -lpthread
"$cc" $flags $tests/layout.c -o "$target/layout"
"$cc" $flags -fsanitize=address,undefined -fno-sanitize-recover=undefined \
  $tests/scan_test.c src/main/c/scan.c src/main/c/params.c src/main/c/wishes.c src/main/c/answer.c -o "$target/scan_test"
cp $tests/fcgi.pl "$target/"
rm -f "$target/fcgi_program"
if echo '#include <fcgiapp.h>' | "$cc" -E - >/dev/null 2>&1; then
  "$cc" $flags $tests/fcgi_program.c -o "$target/fcgi_program" -lfcgi
fi
