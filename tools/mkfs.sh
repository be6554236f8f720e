#!/bin/sh
# SPDX-License-Identifier: MIT
# mkfs.sh IMAGE STAGEDIR PROGRAM... [XV6DIR] - the disk: ext2, the commands in /bin, the programs of
# user/tests/ in /tests, README and zh/README, the files of user/root/, and the device nodes. Needs no privileges; equal
# files give equal images.
set -eu
image=$1 stage=$2
shift 2
size=${FSSIZE:-32M}
# Programs of courses open and exec these by their bare names: they have a second name in the root.
in_root='cat echo grep ls sh stats usertests wc'

# is_in FOLDER NAME: succeeds if the program's source is there.
is_in() {
    [ -e "$1/$2.c" ] || [ -d "$1/$2" ]
}

# place NAME: the directory that a program goes to.
# A program dropped into user/ may replace one of user/tests/. Courses start theirs by the bare name, so it has a name
# in the root, too.
place() {
    if [ "$1" = init ]; then
        echo .
    elif is_in user/tests "$1" && ! is_in user "$1"; then
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
for prog; do
    name=${prog##*/}
    if is_in user "$name" && is_in user/tests "$name"; then in_root="$in_root $name"; fi
done
for name in $in_root; do
    ln "$stage/$(place "$name")/$name" "$stage/$name"
done
# A script that waits for the shell's prompt must not find it in a text: sessions in README get another one.
if [ -d user/root ]; then cp -R user/root/. "$stage/"; fi
if [ -f README.md ]; then sed 's/\$ /% /g' README.md >"$stage/README"; fi
if [ -f README.zh.md ]; then sed 's/\$ /% /g' README.zh.md >"$stage/zh/README"; fi
chmod -R u=rwX,go=rX "$stage"
find "$stage" -exec touch -d @1700000000 {} +

PATH=$PATH:/usr/sbin:/sbin
tmp=$image.tmp
rm -f "$tmp"
log=$(E2FSPROGS_FAKE_TIME=1700000000 mke2fs -q -F -t ext2 -j -J size=4 -b 4096 -I 256 -N 8192 -L vitrine -m 1 \
    -U 76697472-696e-6500-8000-000000000001 -E root_owner=0:0,hash_seed=76697472-696e-6500-8000-000000000002 \
    -d "$stage" "$tmp" "$size" 2>&1) || { echo "$log" >&2; exit 1; }

# mke2fs copies the change times of the staged files, which no tool can set on the host: set them in the
# image.
(cd "$stage" && find . -mindepth 1) | sed "s|^\.\(.*\)|sif \"\1\" ctime @1700000000|" >"$tmp.cmd"

# The device nodes, which init makes on other disks: a disk that cannot be written has them, too.
printf '%s\n' 'mknod console c 1 0' 'mknod statistics c 2 0' 'mkdir dev' 'ln console dev/console' \
    'sif console links_count 2' 'cd dev' 'mknod null c 3 1' >>"$tmp.cmd"
E2FSPROGS_FAKE_TIME=1700000000 debugfs -w -f "$tmp.cmd" "$tmp" >/dev/null 2>&1
rm "$tmp.cmd"
mv "$tmp" "$image"
