# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage to the connector's own files: policy.xml, signatures, programs, logs, version."""
import os
import time

from state import AMP, POLICY, own_all, signature_file

NS = 'xmlns="http://www.w3.org/2000/09/xmldsig#"'
BODY = "<agent><driver><protmode><file>%s</file></protmode></driver><nfm><enable>%s</enable></nfm></agent>"


def policy_values(s):
    values = ["0", "1", "0", "1", "00", "2", "", " 0 ", "\n0\n", "off", "false", "no", "-0", "0.0", "<!-- x -->0", "<![CDATA[0]]>", "&#48;", "0<!-- x -->", "１", "+0", "0x0"]
    pair = (s.rng.choice(values), s.rng.choice(values))
    s.put(AMP + "/etc/policy.xml", POLICY % pair)
    return f"policy.xml with file {pair[0]!r}, nfm {pair[1]!r}"


def policy_form(s):
    pair = (s.rng.choice("01"), s.rng.choice("01"))
    inner = BODY % pair
    forms = {
        "prefix": f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object><ds:config>{inner}</ds:config></ds:Object></ds:Signature>',
        "no namespace": f"<Signature><Object><config>{inner}</config></Object></Signature>",
        "two objects": f"<Signature {NS}><Object><other/></Object><Object><config>{inner}</config></Object></Signature>",
        "decoy outside config": f"<Signature {NS}><Object><config/></Object><Object><x>{inner}</x></Object></Signature>",
        "decoy deeper": f"<Signature {NS}><Object><config><x>{inner}</x></config></Object></Signature>",
        "decoy in SignedInfo": f"<Signature {NS}><SignedInfo><Object><config>{inner}</config></Object></SignedInfo><Object><config/></Object></Signature>",
        "wrapped": f"<a><Signature {NS}><Object><config>{inner}</config></Object></Signature></a>",
        "truncated": (POLICY % pair)[:-s.rng.randrange(3, 200)],
        "empty": "",
        "blank": "  \n",
        "trailing text": POLICY % pair + "x",
        "trailing comment": POLICY % pair + "<!-- x -->\n\n",
        "not xml": "file=0\n",
        "byte order mark": "\ufeff" + POLICY % pair,
        "wide": (POLICY % pair).replace("UTF-8", "UTF-16").encode("utf-16"),
        "latin": (POLICY % pair).replace("UTF-8", "ISO-8859-1").replace("Audit", "Audité").encode("latin-1"),
        "bad bytes": (POLICY % pair).encode().replace(b"Audit", b"Aud\xff\xfeit"),
        "attributes": (POLICY % pair).replace("<file>", '<file a="1" b="0">').replace("<enable>", '<enable value="0">'),
        "two protmodes": f"<Signature {NS}><Object><config><agent><driver><protmode><x/></protmode></driver></agent>{inner}</config></Object></Signature>",
        "two agents that differ": f"<Signature {NS}><Object><config>{BODY % ('1', '1')}{BODY % ('0', '0')}</config></Object></Signature>",
        "other case": (POLICY % pair).replace("nfm", "NFM").replace("protmode", "ProtMode"),
        "only file": f"<Signature {NS}><Object><config><agent><driver><protmode><file>{pair[0]}</file></protmode></driver></agent></config></Object></Signature>",
        "empty elements": f"<Signature {NS}><Object><config><agent><driver><protmode><file/></protmode></driver><nfm><enable/></nfm></agent></config></Object></Signature>",
        "entity": '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY z "0">]>' + f"<Signature {NS}><Object><config>{BODY % ('&z;', '&z;')}</config></Object></Signature>",
        "undeclared entity": (POLICY % pair).replace("Audit", "&nbsp;"),
        "a name with file in it": f"<Signature {NS}><Object><config>{inner.replace('file>', 'files>')}</config></Object></Signature>",
        "carriage returns": (POLICY % pair).replace("\n", "\r\n"),
        "nested value": f"<Signature {NS}><Object><config>{BODY % ('<v>0</v>', '<v>0</v>')}</config></Object></Signature>",
    }
    name = s.rng.choice(list(forms))
    s.put(AMP + "/etc/policy.xml", forms[name])
    return f"policy.xml: {name}, {pair}"


def policy_place(s):
    how = s.rng.choice(["gone", "a directory", "a dangling link", "a link", "above etc", "in a circle"])
    path = AMP + "/etc/policy.xml"
    if how == "above etc":
        s.put(AMP + "/policy.xml", POLICY % ("0", "0"))
    if how == "a link":
        s.put("srv/policy.xml", POLICY % ("0", "0"))
        s.link(path, "/srv/policy.xml")
        return "policy.xml: a link to one with both off"
    s.drop(path)
    if how == "a directory":
        s.folder(path)
    elif how == "a dangling link":
        s.link(path, "nowhere.xml")
    elif how == "in a circle":
        s.link(path, "policy.xml")
    return f"policy.xml: {how}"


def cvd(s):
    body = b"more signatures " * 50
    whole = signature_file(body)
    forms = {
        "truncated": whole[:-7], "header cut": whole[:300], "empty": b"", "512 bytes": whole[:512], "one byte changed": whole[:-1] + b"!", "one byte more": whole + b"x",
        "another magic": b"ClamAV-XXX" + whole[10:], "lower magic": b"clamav-vdb" + whole[10:], "md5 of 31": signature_file(body, {"md5": "a" * 31}), "md5 of letters": signature_file(body, {"md5": "z" * 32}),
        "upper md5": signature_file(body, {"md5": __import__("hashlib").md5(body).hexdigest().upper()}), "no version": signature_file(body, {"version": ""}),
        "version of letters": signature_file(body, {"version": "abc"}), "html": b"<html>404 not found</html>" * 40, "zeros": b"\0" * 2000, "good": whole,
        "few fields": b"ClamAV-VDB:x:1".ljust(512) + body, "a newline before": b"\n" + whole,
    }
    name = s.rng.choice(list(forms))
    where = s.rng.choice(["clamav/daily.cvd", "clamav/main.cvd", "clamav/extra.cvd", "clamav/deep/er/x.cvd", "etc/x.cvd", "clamav/tmp.a1/x.cvd", "clamav/x.cvd.tmp", "clamav/x.CVD",
                          "clamav/x.cvd.old", "clamav/.cvd", "clamav/.hidden.cvd", "clamav/tmp/x.cvd", "clamav/tmpx/x.cvd", "clamav/x.tmp/y.cvd", "clamav/tmp.cvd", "clamav/a b.cvd"])
    s.put(f"{AMP}/{where}", forms[name])
    return f"{where}: {name}"


def cvd_place(s):
    path = f"{AMP}/clamav/{s.rng.choice(['daily', 'odd'])}.cvd"
    how = s.rng.choice(["a directory", "a dangling link", "a link to a good one", "a fifo", "gone", "mode 0"])
    s.drop(path)
    if how == "a directory":
        s.folder(path)
    elif how == "a dangling link":
        s.link(path, "nowhere")
    elif how == "a link to a good one":
        s.put("srv/good.cvd", signature_file(b"good"))
        s.link(path, "/srv/good.cvd")
    elif how == "a fifo" and os.path.isdir(os.path.dirname(s.at(path))):
        os.mkfifo(s.at(path))
    elif how == "mode 0":
        s.put(path, signature_file(b"good"), 0)
    return f"{path}: {how}"


def scan_program(s):
    path = AMP + "/bin/ampscansvc"
    how = s.rng.choice(["gone", "0644", "0600", "a directory", "a dangling link", "a link", "0700", "0755", "empty", "ampscand instead", "0001", "0010"])
    if how in ("gone", "a directory", "a dangling link", "a link", "ampscand instead"):
        s.drop(path)
    if how == "a directory":
        s.folder(path)
    elif how == "a dangling link":
        s.link(path, "/nowhere")
    elif how == "a link":
        s.put("srv/scan", "\x7fELF", 0o755)
        s.link(path, "/srv/scan")
    elif how == "ampscand instead":
        s.put(AMP + "/bin/ampscand", "\x7fELF", 0o755)
    elif how == "empty":
        s.put(path, "", 0o755)
    elif how[0] == "0":
        s.put(path, "\x7fELF", int(how, 8))
    return f"ampscansvc: {how}"


def daemon(s):
    path = AMP + "/bin/ampdaemon"
    how = s.rng.choice(["gone", "gone", "0644", "a directory", "a dangling link", "a link"])
    s.drop(path)
    if how == "0644":
        s.put(path, "\x7fELF")
    elif how == "a directory":
        s.folder(path)
    elif how == "a dangling link":
        s.link(path, "/nowhere")
    elif how == "a link":
        s.put("srv/daemon", "\x7fELF", 0o755)
        s.link(path, "/srv/daemon")
    return f"ampdaemon: {how}"


def scan_log(s):
    now = time.strftime("%Y-%m-%d %H:%M:%S")
    old = "2024-01-02 03:04:05"
    ndb, good = f"/{AMP}/clamav/site.ndb", f"/{AMP}/clamav/daily.cvd"
    s.put(ndb.lstrip("/"), "no signature\n")
    for name in (ndb, good):
        if os.path.exists(s.at(name.lstrip("/"))):
            os.utime(s.at(name.lstrip("/")), (1.7e9, 1.7e9))
    texts = {
        "quiet": f"{now} INFO started\n", "crashes now": f"{now} crash: signal 11 while scanning /home/a/evil.docx\n" * 5, "crashes long ago": f"{old} crash: signal 11 while scanning /home/a/evil.docx\n" * 5,
        "one crash": f"{now} crash: signal 11 while scanning /home/a/evil.docx\n",
        "ndb": f"LibClamAV Error: Can't load {ndb}: Malformed database\n", "cvd": f"LibClamAV Error: Can't load {good}: Malformed database\n",
        "another folder": "LibClamAV Error: Can't load /var/lib/clamav/daily.cvd: Malformed database\n", "gone": f"LibClamAV Error: Can't load /{AMP}/clamav/gone.ndb: Malformed database\n",
        "binary": "\0\1\2" * 300, "a warning": "LibClamAV Warning: The virus database is older than 7 days!\n",
    }
    name = s.rng.choice(list(texts))
    s.put("var/log/cisco/ampscansvc.log", texts[name])
    return f"scan log: {name}"


def global_xml(s):
    version = s.rng.choice(["1.25", "1.25.0", "1.3.0", "1.100.0", "2.0.0.1", "1.24.99", "0.99", "", "unknown", " 1.26.0.1 ", "v1.26", "1,26", "1.26.0.1-rc", "01.26", "1.025.0", "125", "1.15.9", "1.26.0.1\n"])
    s.put(AMP + "/etc/global.xml", f"<config><agent><version>{version}</version></agent></config>\n")
    return f"connector version {version!r}"


def global_xml_form(s):
    forms = {"gone": None, "truncated": "<config><agent><version>1.26.0.1", "empty": "", "namespace": '<c:config xmlns:c="urn:x"><c:agent><c:version>1.26.0.1</c:version></c:agent></c:config>',
             "comment": "<config><!-- <version>1.1</version> --><agent><version>1.26.0.1</version></agent></config>", "a directory": "dir"}
    name = s.rng.choice(list(forms))
    s.drop(AMP + "/etc/global.xml")
    if name == "a directory":
        s.folder(AMP + "/etc/global.xml")
    elif forms[name] is not None:
        s.put(AMP + "/etc/global.xml", forms[name])
    return f"global.xml: {name}"


def package_list(s):
    how = s.rng.choice(["fresh", "gone", "some", "foreign"])
    path = "var/lib/dpkg/info/ciscoampconnector.list"
    if how == "gone":
        s.drop(path)
    elif s.there(AMP):
        own_all(s)
        if how == "some":
            s.put(path, f"/opt\n/opt/cisco\n/{AMP}\n/{AMP}/bin\n/{AMP}/bin/ampdaemon\n")
        elif how == "foreign":
            s.edit(path, lambda t: t + "/etc\n/var/log/cisco\n/opt/other\n")
    return f"package list: {how}"


KINDS = [policy_values, policy_values, policy_values, policy_form, policy_form, policy_form, policy_place, cvd, cvd, cvd, cvd_place, scan_program, daemon, scan_log, scan_log,
         global_xml, global_xml, global_xml_form, package_list]
