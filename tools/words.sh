# SPDX-License-Identifier: MIT
# words.sh - messages of ./vitrine, in the language of the environment; sourced by it. The sentences stand in
# English in the source, and in both languages in tools/vitrine.def; tools/check_languages.py compares them.

# environment_language: en or zh, as programs choose it. LANGUAGE is a list that comes first, unless the locale is C.
environment_language() {
    locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-C}}}
    case $locale in
    C | C.* | POSIX) echo en && return ;;
    esac
    case ${LANGUAGE:-$locale} in
    zh*) echo zh ;;
    *) echo en ;;
    esac
}

VITRINE_LANGUAGE=$(environment_language)
export VITRINE_LANGUAGE

# tr_text TEXT: prints it in that language; as it is, when there is no translation.
tr_text() {
    if [ "$VITRINE_LANGUAGE" = en ]; then
        printf %s "$1"
        return
    fi
    awk -F '"' -v "text=$1" '
        $1 == "PHRASE(" && $2 == text {
            if (NF > 4) { text = $4; exit }
            getline
            text = $2
            exit
        }
        END { printf "%s", text }' tools/vitrine.def
}

# say FORMAT VALUE...: a line of it.
say() {
    format=$(tr_text "$1")
    shift
    # shellcheck disable=SC2059 # the format is one of the catalogue
    printf "$format\n" "$@"
}
