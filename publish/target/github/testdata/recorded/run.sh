#!/usr/bin/env bash
# Replays traffic that was recorded from GitHub to the tests of this package. Needs Node.js with npm, and Go.
# The server is the npm package @octokit/fixtures-server, in the version of package-lock.json; it is put into
# a folder that is removed afterwards.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$place"' EXIT
cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$place"
(cd "$place" && npm ci --silent)
port=${PORT:-39993}
(cd "$place" && exec node node_modules/@octokit/fixtures-server/bin/server.js --port "$port" --fixtures-url "http://localhost:$port") >"$place/log" 2>&1 &
server=$!
for _ in $(seq 100); do
	(exec 3<>"/dev/tcp/localhost/$port") 2>/dev/null && break
	kill -0 "$server" 2>/dev/null || { cat "$place/log" >&2; exit 1; }
	sleep 0.1
done
cd "$here/../.."
BINDERY_TEST_RECORDED="http://localhost:$port" go test -count 1 -timeout 60s -run 'TestRecorded' -v .
