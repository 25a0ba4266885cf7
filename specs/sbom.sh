#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sbom.sh VERSION FILE...: what the programs and plug-ins FILE are linked with, as CycloneDX 1.5 on standard
# output. Versions, architectures and licences are those of the package database of the system that builds
# (dpkg or rpm); a library that no package owns is named without them. Two calls give the same bytes: the
# time is SOURCE_DATE_EPOCH's or none, the serial number is made of the content.
set -euo pipefail
export LC_ALL=C
version=$1
shift
cc=${CC:-gcc} readelf=${READELF:-readelf}
distribution=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null | tr -d "\"'" || :)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# FILE's sonames, a line each.
needed() { "$readelf" -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# Where the linker finds SONAME, by each of its names: /lib may be /usr/lib.
places() {
        local path
        path=$($cc -print-file-name="$1")
        [[ $path == /* ]] || return 0
        path=$(realpath -s "$path")
        printf '%s\n' "$path" "$(realpath "$path")" "/usr$path" "${path#/usr}" "$(realpath "$path" | sed 's|^/usr||')"
}

# The short names in the copyright file of a Debian package; where it is not the machine-readable kind, the
# common licences it refers to.
debian_licences() {
        local file=/usr/share/doc/$1/copyright
        [[ -e $file ]] || return 0
        if head -1 "$file" | grep -q '^Format:'; then
                sed -n 's/^License: *\([^ ].*\)/\1/p' "$file"
        else
                grep -oE '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9+]' "$file" | sed 's|.*/||'
        fi | sort -u | paste -sd '|'
}

# PACKAGE, VERSION, ARCHITECTURE, LICENCES and KIND of what owns SONAME, with tabs between; nothing where no
# package does. $work/dpkg has what dpkg says of all places.
owner() {
        local place package found
        while read -r place; do
                package=$(awk -v place="$place" 'index($0, ": " place) && substr($0, length($0) - length(place) + 1) == place { sub(/[:,].*/, ""); print; exit }' "$work/dpkg")
                if [[ $package ]]; then
                        found=$(dpkg-query -Wf '${Package}\t${Version}\t${Architecture}\n' "$package" | head -1)
                        printf '%s\t%s\tdeb\n' "$found" "$(debian_licences "$package")"
                        return
                fi
                if found=$(rpm -qf --qf '%{NAME}\t%{VERSION}-%{RELEASE}\t%{ARCH}\t%{LICENSE}\trpm\n' "$place" 2>/dev/null); then
                        head -1 <<<"$found"
                        return
                fi
        done < <(sed -n "s|^$1\t||p" "$work/places")
}

for file in "$@"; do
        needed "$file" | sed "s|^|${file##*/}\t|"
done | sort -u >"$work/needs" # FILE SONAME
cut -f2 "$work/needs" | sort -u >"$work/sonames"
while read -r soname; do
        places "$soname" | awk '!seen[$0]++' | sed "s|^|$soname\t|"
done <"$work/sonames" >"$work/places" # SONAME PLACE
cut -f2 "$work/places" | xargs -r dpkg-query -S >"$work/dpkg" 2>/dev/null || :
while read -r soname; do
        printf '%s\t%s\n' "$soname" "$(owner "$soname")"
done <"$work/sonames" >"$work/owners" # SONAME PACKAGE VERSION ARCHITECTURE LICENCES KIND

printf '%s\n' "${@##*/}" | sort -u | awk -F'\t' -v version="$version" -v distribution="$distribution" '
function quoted(s,    i, c, out) {
        for (i = 1; i <= length(s); i++) {
                c = substr(s, i, 1)
                out = out (c == "\\" || c == "\"" ? "\\" : "") (c < " " ? "?" : c)
        }
        return "\"" out "\""
}
# What a purl may not have as it is.
function escaped(s) { gsub(/%/, "%25", s); gsub(/:/, "%3A", s); gsub(/\+/, "%2B", s); gsub(/ /, "%20", s); return s }
function licences(list,    n, part, i, out) {
        n = split(list, part, "|")
        for (i = 1; i <= n; i++) out = out (i > 1 ? ", " : "") "{ \"license\": { \"name\": " quoted(part[i]) " } }"
        return out
}
function purl(k) {
        return "pkg:" kind[k] "/" (distribution ? distribution "/" : "") escaped(name[k]) "@" escaped(edition[k]) "?arch=" escaped(arch[k])
}
FILENAME == ARGV[1] {
        k = $2 ? $2 : $1
        if (!(k in name)) order[++n] = k
        name[k] = k; edition[k] = $3; arch[k] = $4; terms[k] = $5; kind[k] = $6; of[$1] = k
        sonames[k] = sonames[k] (sonames[k] ? ", " : "") "{ \"name\": \"secep:soname\", \"value\": " quoted($1) " }"
        next
}
FILENAME == ARGV[2] {
        k = of[$2]
        if (!seen[$1, k]++) needs[$1] = needs[$1] (needs[$1] ? ", " : "") quoted(k)
        next
}
{ files[++m] = $1 }
END {
        for (i = 1; i <= m; i++) {
                print (i > 1 ? "    }," : "") (i > 1 ? "\n" : "") "    {"
                print "      \"type\": " (files[i] ~ /\.so$/ ? "\"library\"" : "\"application\"") ","
                print "      \"bom-ref\": " quoted("secep/" files[i]) ",\n      \"name\": " quoted(files[i]) ","
                print "      \"version\": " quoted(version) ",\n      \"licenses\": [{ \"license\": { \"id\": \"GPL-2.0-or-later\" } }]"
        }
        for (i = 1; i <= n; i++) {
                k = order[i]
                print "    },\n    {\n      \"type\": \"library\",\n      \"bom-ref\": " quoted(k) ",\n      \"name\": " quoted(k) ","
                if (edition[k] != "") print "      \"version\": " quoted(edition[k]) ",\n      \"purl\": " quoted(purl(k)) ","
                if (terms[k] != "") print "      \"licenses\": [" licences(terms[k]) "],"
                print "      \"scope\": \"required\",\n      \"properties\": [" sonames[k] "]"
        }
        print "    }\n  ],\n  \"dependencies\": ["
        printf "    { \"ref\": \"secep\", \"dependsOn\": ["
        for (i = 1; i <= m; i++) printf "%s%s", (i > 1 ? ", " : ""), quoted("secep/" files[i])
        print "] }" (m > 0 ? "," : "")
        for (i = 1; i <= m; i++) print "    { \"ref\": " quoted("secep/" files[i]) ", \"dependsOn\": [" needs[files[i]] "] }" (i < m ? "," : "")
        print "  ]\n}"
}' "$work/owners" "$work/needs" - >"$work/body"

sum=$(cat "$work/body" <(echo "$version") | sha256sum)
printf '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.5",\n  "version": 1,\n'
printf '  "serialNumber": "urn:uuid:%s-%s-5%s-8%s-%s",\n' "${sum:0:8}" "${sum:8:4}" "${sum:13:3}" "${sum:17:3}" "${sum:20:12}"
printf '  "metadata": {\n'
[[ -z ${SOURCE_DATE_EPOCH:-} ]] || printf '    "timestamp": "%s",\n' "$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)"
printf '    "component": {\n      "type": "application",\n      "bom-ref": "secep",\n      "name": "secep",\n      "version": "%s",\n' "$version"
printf '      "licenses": [{ "license": { "id": "GPL-2.0-or-later" } }]\n    }\n  },\n  "components": [\n'
cat "$work/body"
