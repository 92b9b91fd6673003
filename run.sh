#!/usr/bin/env bash
# The one door to LatencyEngine.
#
#   ./run.sh                  the main job: dry-run with the shipped recording and profile
#   ./run.sh VERB [OPTIONS]   any verb of the program; ./run.sh --help lists them
#   ./run.sh bench [OPTIONS]  measures the hot path; with --peers side by side with others; bench --help lists the options
#   ./run.sh bench --budgets  counts instructions an item of each stage of the hot path and holds them against bench/budgets.json; --update writes that file
#   ./run.sh bench --allocations   plays ten million market frames through the native hot path; anything it allocates is a failure
#   ./run.sh test [FILTER]    builds everything and runs every test, or those whose full name contains FILTER
#   ./run.sh publish          compiles the program natively, into artifacts/latency-engine, and has it check itself
#   ./run.sh test-native      publishes, and runs the tests of the native program, which ./run.sh test leaves out
#
# Progress and faults go to stderr, so that stdout belongs to the program alone.
# Exit status: 0 done, 1 a build, a test or the run failed, 2 bad usage, 3 the host lacks something, 130 interrupted.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
state=$root/.build
program=$root/src/Cli/bin/Release/net10.0/latency-engine.dll
bench=$root/bench/SideBySide/bin/Release/net10.0/latency-engine-bench.dll

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# The SDK's own tools do not start without libicu unless they are told to; the program is culture-invariant anyway.
compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null || compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

say() { printf 'run.sh: %s\n' "$*" >&2; }

find_sdk() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet"; do
    if [[ -x $candidate ]] && "$candidate" --list-sdks 2>/dev/null | grep '^10\.0\.' >/dev/null; then
      dotnet=$candidate
      return
    fi
  done
  say 'no .NET 10 SDK found; get it with: curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 (it lands in ~/.dotnet, where this script looks)'
  exit 3
}

# What the given folders are built from, as one hash of names and contents: a changed time stamp alone is not a change.
source_stamp() {
  cd "$root"
  {
    find "$@" \( -name bin -o -name obj \) -prune -o -type f -print0
    find . -maxdepth 1 -type f \( -name '*.props' -o -name '*.targets' -o -name global.json -o -name .editorconfig -o -iname nuget.config \) -print0
  } | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

is_current() { [[ -f $1 && -f $2 && $(<"$2") == "$3" ]]; }

# Builds one project or solution; its output is shown only when it fails.
# The stamps given are gone while a build is under way, so nobody starts a half-written program.
build() {
  local target=$1 log=$state/build.log
  rm -f "${@:2}"
  # One compiler for all projects, which halves the time; it is stopped behind them. 9>&-: where that fails it would keep the lock.
  local status=0
  (cd "$root" && "$dotnet" build "$target" -c Release --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=true) >"$log" 2>&1 9>&- || status=$?
  "$dotnet" build-server shutdown --vbcscompiler >"$state/compiler.log" 2>&1 9>&- || true
  if ((status != 0)); then
    cat "$log" >&2
    say "the build of $target failed; its output is above and in .build/build.log"
    exit 1
  fi
}

# One build at a time in this folder: holds the lock on descriptor 9 until it is closed.
lock() {
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock -n 9 || { say 'waiting for another build in this folder'; flock 9; }
}

# Builds a program where its sources have changed: its file, its project, its stamp, the folders that it is built from.
build_changed() {
  local file=$1 project=$2 kept=$state/$3 stamp
  shift 3
  stamp=$(source_stamp "$@")
  if ! is_current "$file" "$kept" "$stamp"; then
    lock
    stamp=$(source_stamp "$@")
    if ! is_current "$file" "$kept" "$stamp"; then
      say 'building; after a clean checkout this takes a few minutes'
      build "$project" "$kept"
      printf '%s\n' "$stamp" >"$kept"
    fi
    exec 9>&-
  fi
}

build_program() { build_changed "$program" src/Cli stamp native-free src; }

run_program() {
  build_program
  # exec: Ctrl-C reaches the program once, and its exit status is ours.
  exec "$dotnet" "$program" "$@"
}

# Installs Debian packages; the name of its log in .build/ comes first.
apt_install() {
  local log=$state/$1
  shift
  mkdir -p "$state"
  # 9>&-: a service that a package starts would keep the lock.
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 9>&-
}

# The peers that Debian has as packages, and what they are built and run with. Without them the benchmark runs all the same and leaves them out.
install_peers() {
  local missing=()
  [[ -f /usr/include/simdjson.h ]] || missing+=(libsimdjson-dev)
  compgen -G '/usr/share/java/disruptor*.jar' >/dev/null || missing+=(libdisruptor-java)
  command -v g++ >/dev/null || missing+=(g++)
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  ((${#missing[@]} > 0)) && ((EUID == 0)) && command -v apt-get >/dev/null || return 0
  say "installing the peers ${missing[*]}"
  apt_install peers.log "${missing[@]}" || say "apt-get failed; going on without ${missing[*]}; its output is in .build/peers.log"
}

run_bench() {
  local argument
  for argument in "$@"; do
    [[ $argument == --peers ]] || continue
    install_peers
    lock
    install_npm clients >&2
    exec 9>&-
  done
  # The native program counts only where it is built of the sources as they are; then the ordinary one is built of them, too.
  if is_current "$native_published" "$state/publish-stamp" "$(source_stamp native-free src)" && cmp -s "$native_published" "$root/artifacts/latency-engine"; then
    build_program
    export BENCH_NATIVE_PROGRAM=$root/artifacts/latency-engine BENCH_ORDINARY_PROGRAM=$program
  fi
  build_changed "$bench" bench/SideBySide bench-stamp native-free src bench
  exec "$dotnet" "$bench" "$@"
}

# The hot path's own native program: published where its sources have changed.
budgets_program=$state/native/publish/LatencyEngine.Budgets/release/latency-budgets
publish_budgets() { publish_native "$budgets_program" bench/Budgets native-stamp native.log 'about a minute' native-free src/Host/SteadyRun.cs src/Signals src/MetaModel bench/Budgets; }

# Plays frames through it and counts what that allocates.
run_allocations() {
  if (($# > 0)); then
    say 'usage: ./run.sh bench --allocations'
    exit 2
  fi
  if [[ $(uname -m) != x86_64 ]] || ! { command -v clang || command -v gcc; } >/dev/null; then
    say 'compiling natively needs an x86-64 host and a C linker; get that with: apt-get install gcc libc6-dev'
    exit 3
  fi
  publish_budgets
  exec "$budgets_program" --allocations 10000000
}

# Counts the instructions of the hot path's stages: the native program runs itself under valgrind.
run_budgets() {
  case "$*" in
    '' | --update) ;;
    *)
      say 'usage: ./run.sh bench --budgets [--update]'
      exit 2
      ;;
  esac
  if ! command -v valgrind >/dev/null || ! { command -v clang || command -v gcc; } >/dev/null; then
    say 'counting instructions needs valgrind and a C linker; get them with: apt-get install valgrind gcc libc6-dev'
    exit 3
  fi
  publish_budgets
  exec "$budgets_program" --budgets "$root/bench/budgets.json" "$@"
}

# Compiles a project natively where its sources have changed: its program, the project, its stamp, its log, how long that takes, the folders that it is built from.
publish_native() {
  local published=$1 project=$2 kept=$state/$3 log=$state/$4 time=$5 stamp
  shift 5
  lock
  stamp=$(source_stamp "$@")
  if ! is_current "$published" "$kept" "$stamp"; then
    say "compiling $project natively; this takes $time"
    rm -f "$kept"
    if ! (cd "$root" && "$dotnet" publish "$project" -c Release -p:EngineFramework=net9.0 --artifacts-path "$state/native" --nologo -v quiet -nodeReuse:false) >"$log" 2>&1 9>&-; then
      cat "$log" >&2
      say "publishing $project failed; the output is above and in ${log#"$root"/}"
      exit 1
    fi
    printf '%s\n' "$stamp" >"$kept"
  fi
  exec 9>&-
}

native_published=$state/native/publish/LatencyEngine.Cli/release/latency-engine

# The native program, beside configs/ and samples/, which it looks for at and above its own folder. One that does not pass its own test does not take the place of the one before, from which a service may be started again at any moment.
run_publish() {
  if [[ $(uname -m) != x86_64 ]] || ! { command -v clang || command -v gcc; } >/dev/null; then
    say 'compiling natively needs an x86-64 host and a C linker; get that with: apt-get install gcc libc6-dev'
    exit 3
  fi
  publish_native "$native_published" src/Cli publish-stamp publish.log 'two minutes on two idle cores' native-free src
  mkdir -p "$root/artifacts"
  cp "$native_published" "$root/artifacts/latency-engine.new"
  if ! "$root/artifacts/latency-engine.new" self-test >&2; then
    rm -f "$root/artifacts/latency-engine.new"
    say 'the native program fails its own test; see above'
    exit 1
  fi
  mv "$root/artifacts/latency-engine.new" "$root/artifacts/latency-engine"
  say "published $root/artifacts/latency-engine"
}

# The tests that run the native program; too long for every test run, since it is compiled first.
run_native_tests() {
  local results=$state/native-test-results project=$root/tests/src/Cli.Tests/LatencyEngine.Cli.Tests.csproj filter='' stamp
  local passed=0 failed=0 skipped=0 arguments=(--filter Category=native)
  run_publish
  lock
  stamp=$(source_stamp native-free src)
  build tests/src/Cli.Tests "$state/stamp"
  printf '%s\n' "$stamp" >"$state/stamp"
  exec 9>&-
  rm -rf "$results"
  mkdir -p "$results"
  : >"$results/skipped"
  run_suite "$project"
  count_suite "$project"
  cat "$results/skipped"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((passed > 0 && failed == 0))
}

# A library that some verbs load when they are asked to: its name in the logs, its file, its Debian package.
install_library() {
  ! PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep -F "$2" >/dev/null || return 0
  ((EUID == 0)) && command -v apt-get >/dev/null || return 0
  say "installing $3"
  apt_install "$1.log" "$3" || say "apt-get failed; going on without $3; its output is in .build/$1.log"
}

# For `train` and its tests. Without it `train` says what is missing, and those tests are skipped by their names.
install_xgboost() { install_library xgboost libxgboost.so.0 libxgboost0; }

# For histories of candles. Without it the verbs that need one say so.
install_sqlite() { install_library sqlite libsqlite3.so.0 libsqlite3-0; }

# What the test of the instruction budgets needs; without it that test is skipped by its name.
install_valgrind() {
  [[ -f $root/bench/budgets.json ]] || return 0
  ! { command -v valgrind && { command -v clang || command -v gcc; }; } >/dev/null || return 0
  ((EUID == 0)) && command -v apt-get >/dev/null || return 0
  say 'installing valgrind and gcc'
  if ! apt_install valgrind.log valgrind gcc libc6-dev; then
    cat "$state/valgrind.log" >&2
    say 'apt-get failed; the test of the instruction budgets will be skipped'
  fi
}

# Reads a .trx file: one line a test, "outcome<TAB>name<TAB>first line of its message".
list_results() {
  awk 'BEGIN { RS = "<UnitTestResult " }
    function unescape(text) {
      gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#xD;|&#xA;/, " ", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function attribute(name,   found) {
      if (!match($0, "(^|[ \t\r\n])" name "=\"[^\"]*\"")) return ""
      found = substr($0, RSTART, RLENGTH)
      sub(/^[^"]*"/, "", found)
      sub(/"$/, "", found)
      return unescape(found)
    }
    NR > 1 {
      message = ""
      if (match($0, /<(Message|StdOut)>[^<]*/)) { message = substr($0, RSTART, RLENGTH); sub(/^<[^>]*>/, "", message); sub(/[\r\n].*/, "", message) }
      print attribute("outcome") "\t" attribute("testName") "\t" unescape(message)
    }' "$1"
}

# The independent implementations that some tests compare with (tests/foreign), and the clients of others that trade on the venue (tests/clients);
# without npm those tests are skipped, each by its name, and the benchmark leaves those clients out.
install_npm() {
  local name=$1 folder=$root/tests/$1 stamp
  [[ -f $folder/package-lock.json ]] || return 0
  stamp=$(sha256sum <"$folder/package-lock.json")
  [[ -d $folder/node_modules && -f $state/$name && $(<"$state/$name") == "$stamp" ]] && return 0
  command -v npm >/dev/null || { say "no npm found: tests that need packages of tests/$name will be skipped, and benchmarks leave them out"; return 0; }
  say "installing the packages of tests/$name"
  rm -f "$state/$name"
  if (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) >"$state/$name.log" 2>&1 9>&-; then
    printf '%s\n' "$stamp" >"$state/$name"
  else
    cat "$state/$name.log" >&2
    say "npm ci failed in tests/$name; tests that need its packages will be skipped"
  fi
}

# Runs one test project; its log and its exit status are left in the results folder. Uses results and arguments of run_tests.
run_suite() {
  local name status=0
  name=$(basename "$1" .csproj)
  (cd "$root" && "$dotnet" test "$(dirname "$1")/bin/Release/net10.0/$name.dll" --logger "trx;LogFileName=$name.trx" \
    --logger 'console;verbosity=minimal' --results-directory "$results" "${arguments[@]}") >"$results/$name.log" 2>&1 </dev/null || status=$?
  printf '%d\n' "$status" >"$results/$name.status"
}

# Adds one test project that has run to passed, failed and skipped of run_tests.
count_suite() {
  local name status here_passed here_failed here_skipped
  name=$(basename "$1" .csproj)
  status=$(<"$results/$name.status")

  : >"$results/$name.list"
  [[ ! -f $results/$name.trx ]] || list_results "$results/$name.trx" >"$results/$name.list"
  here_passed=$(awk -F '\t' '$1 == "Passed"' "$results/$name.list" | wc -l)
  here_skipped=$(awk -F '\t' '$1 == "NotExecuted"' "$results/$name.list" | wc -l)
  here_failed=$(($(wc -l <"$results/$name.list") - here_passed - here_skipped))
  awk -F '\t' '$1 == "NotExecuted" { print "skipped: " $2 ($3 == "" ? "" : ": " $3) }' "$results/$name.list" >>"$results/skipped"

  ((status == 0 && here_failed == 0)) || cat "$results/$name.log" >&2
  if ((status != 0 && here_failed == 0)); then
    here_failed=1
    say "$name ended with status $status without naming a failed test; counted as one failure"
  elif [[ -z $filter && ! -s $results/$name.list ]]; then
    here_failed=1
    say "$name ran no test; counted as one failure"
  fi
  say "$name: $here_passed passed, $here_failed failed, $here_skipped skipped"
  [[ ! -f $results/$name.trx ]] || sed -n 's/^\(matrix: [0-9]* cells\).*/run.sh:   \1/p' "$results/$name.trx" >&2
  passed=$((passed + here_passed)) failed=$((failed + here_failed)) skipped=$((skipped + here_skipped))
}

run_tests() {
  local filter=${1-} results=$state/test-results project suite
  local passed=0 failed=0 skipped=0 arguments=(--filter "${filter:+FullyQualifiedName~$filter&}Category!=native")

  lock
  say 'building everything; after a clean checkout this takes a few minutes'
  local stamp bench_stamp
  stamp=$(source_stamp native-free src)
  bench_stamp=$(source_stamp native-free src bench)
  build LatencyEngine.sln "$state/stamp" "$state/bench-stamp"
  printf '%s\n' "$stamp" >"$state/stamp"
  printf '%s\n' "$bench_stamp" >"$state/bench-stamp"
  install_npm foreign
  install_npm clients
  install_valgrind
  install_xgboost
  install_sqlite
  exec 9>&-
  rm -rf "$results"
  mkdir -p "$results"
  : >"$results/skipped"

  # The program's own suite waits most of its time; suites that count instructions or read frames mind nobody beside them.
  local projects=() beside=()
  while IFS= read -r project; do
    case $(basename "$project" .csproj) in
      LatencyEngine.Budgets.Tests | LatencyEngine.Wire.Tests) beside+=("$project") ;;
      *) projects+=("$project") ;;
    esac
  done < <(find "$root/tests" \( -name bin -o -name obj \) -prune -o -name '*.Tests.csproj' -print | LC_ALL=C sort)
  for project in "${projects[@]}"; do
    if [[ $(basename "$project" .csproj) == LatencyEngine.Cli.Tests ]]; then
      (for suite in "${beside[@]}"; do run_suite "$suite"; done) &
      run_suite "$project"
      wait
      for suite in "${beside[@]}"; do count_suite "$suite"; done
    else
      run_suite "$project"
    fi
    count_suite "$project"
  done

  # Where node is, a suite of tests/clients that did not run is no proof of anything.
  local suites
  suites=$(grep -c 'npm ci in tests/clients' "$results/skipped" || true)
  if ((suites > 0)) && command -v node >/dev/null; then
    failed=$((failed + suites))
    say "$suites client suites were skipped although node is here; counted as failures: ./run.sh test installs their packages with npm ci in tests/clients"
  fi

  ((passed + failed > 0)) || say "no test ran${filter:+ whose name contains \"$filter\"}"
  cat "$results/skipped"
  if ((skipped > 0)); then
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '%d passed, %d failed\n' "$passed" "$failed"
  fi
  ((passed > 0 && failed == 0))
}

trap 'exit 130' INT
trap 'exit 143' TERM

if [[ ${1-} == test ]]; then
  if (($# > 2)) || [[ ${2-} == -* ]]; then
    say 'usage: ./run.sh test [FILTER]; FILTER is a part of a full test name'
    exit 2
  fi
  find_sdk
  run_tests "${2-}"
elif [[ ${1-} == publish || ${1-} == test-native ]]; then
  if (($# > 1)); then
    say "usage: ./run.sh $1; it takes no options"
    exit 2
  fi
  find_sdk
  if [[ $1 == publish ]]; then run_publish; else run_native_tests; fi
elif [[ ${1-} == bench && ${2-} == --budgets ]]; then
  find_sdk
  run_budgets "${@:3}"
elif [[ ${1-} == bench && ${2-} == --allocations ]]; then
  find_sdk
  run_allocations "${@:3}"
elif [[ ${1-} == bench ]]; then
  find_sdk
  run_bench "${@:2}"
else
  (($# > 0)) || set -- dry-run
  find_sdk
  [[ $1 != train || " $* " =~ ' '(--help|-h|-\?)' ' ]] || install_xgboost
  [[ $1 != @(download-data|history|live) && " $* " != *' --history'* ]] || install_sqlite
  run_program "$@"
fi
