#!/usr/bin/env bash
# Runs TestGitea against Gitea 1.26.0: a server of others, with real bytes. Needs Go, a C compiler, git and curl. It
# builds Gitea first, which takes about five minutes, unless GITEA names the program and GITEA_SOURCE its source.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$place"' EXIT
port=${PORT:-39995}
if [ -z "${GITEA:-}" ]; then
	module=$(go mod download -json code.gitea.io/gitea@v1.26.0 | sed -n 's/.*"Dir": "\(.*\)",/\1/p')
	GITEA_SOURCE=$place/source GITEA=$place/gitea
	cp -r "$module" "$GITEA_SOURCE"
	chmod -R u+w "$GITEA_SOURCE"
	(cd "$GITEA_SOURCE" && go build -tags "sqlite sqlite_unlock_notify" -o "$GITEA" .)
fi
mkdir -p "$place/data" "$place/home"
cat >"$place/app.ini" <<END
RUN_MODE = prod
WORK_PATH = $place/data
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = $port
ROOT_URL = http://127.0.0.1:$port/
STATIC_ROOT_PATH = $GITEA_SOURCE
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = $place/data/gitea.db
[repository]
ROOT = $place/data/repositories
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-this-test
[log]
LEVEL = Warn
[attachment]
ALLOWED_TYPES =
[repository.release]
ALLOWED_TYPES =
END
as=() # Gitea does not run as root
if [ "$(id -u)" = 0 ]; then
	chown -R 65534 "$place/data" "$place/home" "$place/app.ini"
	chmod 755 "$place"
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
gitea() { HOME=$place/home GITEA_CUSTOM=$place/data/custom "${as[@]}" "$GITEA" --config "$place/app.ini" "$@"; }
gitea migrate >"$place/log" 2>&1 || { cat "$place/log" >&2; exit 1; }
gitea admin user create --username octo --random-password --email octo@example.org --admin --must-change-password=false >>"$place/log"
token=$(gitea admin user generate-access-token --username octo --token-name test --scopes all --raw | tail -n 1)
HOME=$place/home GITEA_CUSTOM=$place/data/custom "${as[@]}" "$GITEA" --config "$place/app.ini" web >>"$place/log" 2>&1 &
server=$!
for _ in $(seq 300); do
	curl --fail --silent --output /dev/null "http://127.0.0.1:$port/api/v1/version" && break
	kill -0 "$server" 2>/dev/null || { cat "$place/log" >&2; exit 1; }
	sleep 0.2
done
curl --fail --silent --output /dev/null -H "Authorization: token $token" -H "Content-Type: application/json" \
	-d '{"name":"data","auto_init":true,"default_branch":"main"}' "http://127.0.0.1:$port/api/v1/user/repos"
cd "$here/../.."
BINDERY_TEST_GITEA="http://127.0.0.1:$port" BINDERY_TEST_GITEA_TOKEN=$token go test -count 1 -timeout 300s -run 'TestGitea' -v .
