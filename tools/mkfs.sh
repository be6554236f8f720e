#!/bin/sh
# SPDX-License-Identifier: MIT
# mkfs.sh IMAGE STAGEDIR PROGRAM... [XV6DIR] - the disk: ext2, the commands in /bin, the programs of user/tests/ in
# /tests, README, and what lies in user/root/. Needs no privileges; the same files give the same image.
set -eu
image=$1 stage=$2
shift 2
size=${FSSIZE:-32M}
# Programs of courses open and exec these by their bare names: they have a second name in the root.
in_root='cat echo grep ls sh stats usertests wc'

# place NAME: the directory that a program goes to.
place() {
    if [ "$1" = init ]; then
        echo .
    elif [ -e "user/tests/$1.c" ] || [ -d "user/tests/$1" ]; then
        echo tests
    else
        echo bin
    fi
}

rm -rf "$stage"
mkdir -p "$stage/bin" "$stage/tests"
for prog; do
    if [ -d "$prog" ]; then
        for p in "$prog"/x2[0-9]_*; do
            case $p in *.* | *'*') continue ;; esac
            cp "$p" "$stage/tests/"
        done
    else
        "${OBJCOPY:-objcopy}" -g "$prog" "$stage/$(place "${prog##*/}")/${prog##*/}"
    fi
done
for name in $in_root; do
    ln "$stage/$(place "$name")/$name" "$stage/$name"
done
if [ -f README.md ]; then cp README.md "$stage/README"; fi
if [ -d user/root ]; then cp -R user/root/. "$stage/"; fi
chmod -R u=rwX,go=rX "$stage"
find "$stage" -exec touch -d @1700000000 {} +

PATH=$PATH:/usr/sbin:/sbin
tmp=$image.tmp
rm -f "$tmp"
log=$(E2FSPROGS_FAKE_TIME=1700000000 mke2fs -q -F -t ext2 -j -J size=4 -b 4096 -I 256 -N 8192 -L vitrine -m 1 \
    -U 76697472-696e-6500-8000-000000000001 -E root_owner=0:0,hash_seed=76697472-696e-6500-8000-000000000002 \
    -d "$stage" "$tmp" "$size" 2>&1) || { echo "$log" >&2; exit 1; }

# mke2fs copies when the staged files were changed, which no tool can set on the host: set it in the image.
(cd "$stage" && find . -mindepth 1) | sed "s|^\.\(.*\)|sif \"\1\" ctime @1700000000|" >"$tmp.cmd"
debugfs -w -f "$tmp.cmd" "$tmp" >/dev/null 2>&1
rm "$tmp.cmd"
mv "$tmp" "$image"
