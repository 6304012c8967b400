# Servers of the system on the drop-in, on loopback: nginx, sshd, and curl as a client. Sourced.
#
# shellcheck disable=SC2016  # the inner shells expand what is in single quotes

free_port() {
    "$PYTHON" -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# Waits until something listens there.
wait_for() { # PORT
    "$PYTHON" -c 'import socket, sys, time
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("nothing listens")' "$1"
}

# curl unpacks what a server of this test sends, packed by gzip and deflate.
run_curl() {
    folder=$RUN/curl
    mkdir -p "$folder"
    port=$(free_port)
    "$PYTHON" "$HERE/packing_server.py" "$port" "$RUN/files/sample" 2>"$folder/server.log" &
    server=$!
    wait_for "$port"
    for encoding in gzip deflate; do
        dropped "inflate" "$folder" curl -s --fail --compressed -H "X-Encoding: $encoding" \
            -o "$encoding" "http://127.0.0.1:$port/" || { kill $server; return 1; }
        cmp "$folder/$encoding" "$RUN/files/sample" || { kill $server; return 1; }
    done
    kill $server
}

# nginx counts what its zlib asks of memory, and complains in its log when it is more than zlib
# asks for.
run_nginx() {
    folder=$RUN/nginx
    mkdir -p "$folder/html" "$folder/logs" && cp "$RUN"/files/* "$folder/html" || return 1
    "$PYTHON" -c 'print("text that compresses, " * 40, end="")' >"$folder/html/short"
    port=$(free_port)
    cat >"$folder/nginx.conf" <<END
worker_processes 1;
daemon off;
pid $folder/pid;
error_log $folder/logs/error.log notice;
events {}
http {
    access_log off;
    default_type text/plain;
    client_body_temp_path $folder/t1;
    proxy_temp_path $folder/t2;
    fastcgi_temp_path $folder/t3;
    uwsgi_temp_path $folder/t4;
    scgi_temp_path $folder/t5;
    gzip on;
    gzip_types text/plain;
    gzip_min_length 1;
    server {
        listen 127.0.0.1:$port;
        root $folder/html;
        location /9/ { alias $folder/html/; gzip_comp_level 9; }
        location /6/ { alias $folder/html/; gzip_comp_level 6; gzip_buffers 32 1k; }
    }
}
END
    chmod 755 "$RUN" "$folder" "$folder/html" && chmod 644 "$folder"/html/* || return 1
    (
        export LD_LIBRARY_PATH="$RUN/drop" LD_DEBUG=bindings LD_DEBUG_OUTPUT="$folder/bindings"
        exec "$NGINX" -p "$folder" -c "$folder/nginx.conf" -e "$folder/logs/start.log"
    ) >"$folder/said" 2>&1 &
    server=$!
    wait_for "$port" || { cat "$folder/said" "$folder"/logs/*; return 1; }
    result=0
    for location in "" 6/ 9/; do
        for file in sample script library short empty; do
            "$PYTHON" "$HERE/fetch_packed.py" "http://127.0.0.1:$port/$location$file" \
                "$folder/html/$file" || result=1
        done
    done
    kill -QUIT $server
    wait $server
    if grep -E '\[(alert|crit|error|emerg)\]' "$folder/logs/error.log"; then
        return 1
    fi
    [ $result -eq 0 ] && "$PYTHON" "$SOURCE/proof.py" "$LIB" "deflate deflateInit2_ deflateEnd" \
        "$folder"
}

# ssh and sshd with compression, both on the drop-in.
run_ssh() {
    folder=$RUN/ssh
    mkdir -p "$folder" && chmod 700 "$folder" || return 1
    ssh-keygen -q -t ed25519 -N '' -f "$folder/host" && ssh-keygen -q -t ed25519 -N '' -f "$folder/key" &&
        cp "$folder/key.pub" "$folder/authorized" && chmod 600 "$folder/authorized" || return 1
    port=$(free_port)
    cat >"$folder/config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $folder/host
PidFile $folder/pid
AuthorizedKeysFile $folder/authorized
StrictModes no
UsePAM no
Compression yes
LogLevel ERROR
END
    mkdir -p /run/sshd 2>/dev/null
    (
        export LD_LIBRARY_PATH="$RUN/drop"
        exec "$SSHD" -D -e -f "$folder/config"
    ) >"$folder/said" 2>&1 &
    server=$!
    wait_for "$port" || { cat "$folder/said"; return 1; }
    grep -q "$LIB" "/proc/$server/maps" || { echo "sshd does not use the drop-in"; return 1; }
    dropped "deflate inflate" "$folder" sh -c 'ssh -C -F /dev/null -i "$0/key" -p "$1" \
        -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        127.0.0.1 cat <"$2" >back' "$folder" "$port" "$RUN/files/sample"
    result=$?
    kill $server
    cat "$folder/said"
    [ $result -eq 0 ] && cmp "$folder/back" "$RUN/files/sample"
}

server_checks() {
    if ! has curl; then
        skip "there is no curl here" dropin_curl
    elif ! takes_libz curl --version; then
        skip "this curl does not use libz.so.1" dropin_curl
    else
        check dropin_curl run_curl
    fi
    NGINX=$(command -v nginx || command -v /usr/sbin/nginx)
    if [ -n "$NGINX" ]; then
        check dropin_nginx run_nginx
    else
        skip "there is no nginx here" dropin_nginx
    fi
    SSHD=$(command -v sshd || command -v /usr/sbin/sshd)
    if [ -z "$SSHD" ] || ! has ssh ssh-keygen; then
        skip "there is no sshd here" dropin_ssh
    elif [ "$(id -u)" -ne 0 ]; then
        skip "sshd on loopback needs root" dropin_ssh
    else
        check dropin_ssh run_ssh
    fi
}
