# SPDX-License-Identifier: MIT
# glass.sh - the part of ./vitrine that runs kernels on the glass machine, here and in a browser; sourced by it.

need_glass() {
    need 'have make' make 'GNU make'
    need 'have python3' python3 'python3, standard library only'
    need 'have cc' 'gcc libc6-dev' 'a C compiler for this computer'
}

# Installs gdb if none is here that knows RISC-V; after a failure not again.
wish_for_gdb() {
    if have gdb-multiarch || python3 tools/facts.py; then return 0; fi
    mkdir -p build # a fresh clone has none
    mkdir build/no-gdb 2>/dev/null || return 0
    install_wishes "watch knows the kernel's functions, and not its processes, locks and files" gdb-multiarch
    if have gdb-multiarch; then rmdir build/no-gdb; fi
}

do_watch() {
    need_glass
    install_missing
    wish_for_gdb
    HERE=$here exec python3 tools/glass.py watch "$@"
}

# Needed to make the page: the machine for WebAssembly, and the bundler.
need_page() {
    need 'have clang' clang 'clang, which compiles the machine for WebAssembly'
    need 'have wasm-ld || ls /usr/bin/wasm-ld-*' lld 'lld, which links it'
    need 'have node' nodejs 'node, version 18 or later'
    need 'have npm' npm 'npm, which gets the libraries of the page'
    need 'have_opensbi' opensbi 'the OpenSBI firmware'
}

do_page() {
    need_to_build
    need_page
    install_missing
    HERE=$here exec python3 tools/page.py "$@"
}

do_pictures() {
    need_to_build
    need_glass
    need 'have_opensbi' opensbi 'the OpenSBI firmware'
    install_missing
    HERE=$here exec python3 tools/pictures/main.py "$@"
}

# wants_glass WORD...: is one of the words MACHINE=glass?
wants_glass() {
    for word; do
        case $word in
        MACHINE=glass) return 0 ;;
        --) return 1 ;;
        esac
    done
    return 1
}

# run_on_glass WORD...: Vitrine itself; words that are no KEY=VALUE are for the machine.
run_on_glass() {
    need_to_build
    need_glass
    need 'have_opensbi' opensbi 'the OpenSBI firmware'
    install_missing
    exec python3 tools/glass.py run "$@"
}
