#!/usr/bin/env python3
"""Verifies the vectors in this folder by docs/spec/provenance.md alone. Standard library only; exits 1 on any difference."""

import base64
import hashlib
import hmac
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUTER = ["op", "actor", "request"]
SUB = ["subject", "content", "decision", "links"]
checks = 0


def expect(what, actual, expected):
    global checks
    checks += 1
    if actual != expected:
        sys.exit("FAILED %s\n  actual   %r\n  expected %r" % (what, actual, expected))


def read(name, mode="r"):
    with open(os.path.join(HERE, name), mode) as file:
        return file.read()


def load(name):
    return json.loads(read(name))


def sha(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def b64(text):
    return base64.b64decode(text, validate=True)


def u8(value):
    return struct.pack(">B", value)


def u32(value):
    return struct.pack(">I", value)


# Ed25519 verification, RFC 8032 5.1.7, with textbook affine arithmetic

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P,
    )


def times(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - x2) % P:
        raise ValueError("not a point")
    return (P - x if x & 1 != sign else x, y)


BASE = decompress(b"\x58" + b"\x66" * 31)


def ed25519_ok(public_key, message, signature):
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return times(scalar, BASE) == add(decompress(signature[:32]), times(k, decompress(public_key)))


# Trees, RFC 6962 2.1 and RFC 9162 2.1.3.2, 2.1.4.2


def leaf_hash(entry):
    return sha(b"\x00", entry)


def node_hash(left, right):
    return sha(b"\x01", left, right)


def tree_root(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(tree_root(leaves[:k]), tree_root(leaves[k:]))


def inclusion_ok(leaf, index, size, path, root):
    if index >= size:
        return False
    fn, sn, result = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(p, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root


def consistency_ok(size1, root1, size2, root2, path):
    if not 0 < size1 <= size2:
        return False
    if size1 == size2:
        return not path and root1 == root2
    if size1 & (size1 - 1) == 0:
        path = [root1] + path
    if not path:
        return False
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for p in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(p, first), node_hash(p, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == root1 and second == root2


# Commitments


def mac(key, label, suffix=b""):
    return hmac.new(key, label.encode() + suffix, hashlib.sha256).digest()


def committed(tag, *pieces):
    return sha(tag.encode(), b"\x00", *pieces)


def padded_root(leaves):
    while len(leaves) > 1:
        leaves = [node_hash(leaves[i], leaves[i + 1]) for i in range(0, len(leaves), 2)]
    return leaves[0]


def padded_width(count):
    width = 1
    while width < count:
        width *= 2
    return width


def padded_path(leaves, position):
    path = []
    while len(leaves) > 1:
        path.append(leaves[position ^ 1])
        leaves = [node_hash(leaves[i], leaves[i + 1]) for i in range(0, len(leaves), 2)]
        position //= 2
    return path


def root_by_path(leaf, position, path):
    for sibling in path:
        leaf = node_hash(leaf, sibling) if position % 2 == 0 else node_hash(sibling, leaf)
        position //= 2
    return leaf if position == 0 else None


def check_content(name, group, key, inputs):
    content = json.loads(group)
    wire = inputs["wire"]
    expected = None if wire is None else committed("proviso/v1/wire", mac(key, "proviso/v1/wire"), bytes.fromhex(wire)).hex()
    expect(name + " wire", content["wire"], expected)
    canons = [
        committed("proviso/v1/canon", mac(key, "proviso/v1/canon", u32(k)), bytes.fromhex(digest))
        for k, digest in enumerate(inputs["canon"])
    ]
    leaves = canons + [mac(key, "proviso/v1/pad", u32(k)) for k in range(len(canons), padded_width(len(canons)))]
    expect(name + " canon", content["canon"], padded_root(leaves).hex() if canons else None)
    upstream = [
        committed("proviso/v1/upstream", mac(key, "proviso/v1/upstream", u32(k)), bytes.fromhex(digest)).hex()
        for k, digest in enumerate(inputs["upstream"])
    ]
    expect(name + " upstream", content["upstream"], upstream)
    return canons


def check_record(name):
    vector = load(name)
    random = bytes.fromhex(vector["random"])
    slices = [random[i : i + 32] for i in range(0, len(random), 32)]
    groups = {group: text.encode() for group, text in vector["groups"].items()}
    parts = {part: bytes.fromhex(plain) for part, plain in vector["parts"].items()}
    count = len(vector["subjects"])
    expect(name + " randomness", len(slices), 3 + padded_width(count))
    outer = []
    for i, group in enumerate(OUTER):
        key = slices[i]
        outer.append(committed("proviso/v1/group", u8(i), mac(key, "proviso/v1/salt", u8(i)), groups[group]))
        expect(name + " part " + group, parts[group], u8(1) + u8(i) + key + u32(len(groups[group])) + groups[group])
    parameters = committed("proviso/v1/parameters", mac(slices[2], "proviso/v1/parameters"), bytes.fromhex(vector["parameters"]))
    expect(name + " parameters", json.loads(groups["request"])["parameters"], parameters.hex())
    subs, canons = [], []
    for j in range(count):
        key = slices[3 + j]
        texts = [groups["sub:%d/%s" % (j, group)] for group in SUB]
        canons.append(check_content("%s sub:%d" % (name, j), texts[1], key, vector["subjects"][j]))
        subs.append(
            sha(b"\x00", *(committed("proviso/v1/sub", u8(i), mac(key, "proviso/v1/salt", u8(i)), text) for i, text in enumerate(texts)))
        )
    leaves = subs + slices[3 + count :]
    for j in range(count):
        path = padded_path(leaves, j)
        plain = u8(1) + u8(3) + slices[3 + j]
        for group in SUB:
            text = groups["sub:%d/%s" % (j, group)]
            plain += u32(len(text)) + text
        plain += u32(j) + u32(len(path)) + b"".join(path) + u32(len(canons[j])) + b"".join(canons[j])
        expect("%s part sub:%d" % (name, j), parts["sub:%d" % j], plain)
    public_key = bytes.fromhex(vector["gatewayPublicKey"])
    key_id = committed("proviso/v1/gateway-key", public_key)[:8]
    unsigned = b"PV" + u8(1) + u8(vector["class"]) + b"".join(outer) + padded_root(leaves) + key_id
    entry = bytes.fromhex(vector["entry"])
    expect(name + " entry", entry[:140], unsigned)
    expect(name + " length", len(entry), 204)
    message = b"proviso/v1/entry\x00" + sha(vector["origin"].encode()) + unsigned
    expect(name + " signature", ed25519_ok(public_key, message, entry[140:]), True)
    expect(name + " leaf", leaf_hash(entry).hex(), vector["leaf"])


# Notes


def vkey(text):
    name, key_id, material = text.split("+", 2)
    material = b64(material)
    expect("vkey " + name, sha(name.encode() + b"\n" + material)[:4].hex(), key_id)
    return name, bytes.fromhex(key_id), material[0], material[1:]


def check_checkpoint(note, keys):
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    verified = []
    for line in lines.splitlines():
        dash, name, data = line.split(" ")
        expect("dash", dash, "\u2014")
        data = b64(data)
        for key_name, key_id, kind, public_key in keys:
            if (key_name, key_id) != (name, data[:4]):
                continue
            message, signature = text.encode(), data[4:]
            if kind == 4:
                time, signature = struct.unpack(">Q", data[4:12])[0], data[12:]
                message = ("cosignature/v1\ntime %d\n" % time).encode() + message
            expect("signature of " + name, ed25519_ok(public_key, message, signature), True)
            verified.append(kind)
    expect("signatures", sorted(verified), [1, 4])
    origin, size, root = text.splitlines()
    return origin, int(size), b64(root)


def policy_keys():
    words = [line.split() for line in read("policy.txt").splitlines()]
    return [vkey(line[1] if line[0] == "log" else line[2]) for line in words if line[0] in ("log", "witness")]


def check_log():
    vector = load("log.json")
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in vector["entries"]]
    origin, size, root = check_checkpoint(vector["checkpoint"], policy_keys())
    expect("log origin", origin, vector["origin"])
    expect("log size", size, len(leaves))
    expect("log root", root, tree_root(leaves))
    for proof in vector["inclusion"]:
        path = [bytes.fromhex(p) for p in proof["path"]]
        index, n = proof["index"], proof["size"]
        expect("inclusion %d %d" % (index, n), inclusion_ok(leaves[index], index, n, path, tree_root(leaves[:n])), True)
    for proof in vector["consistency"]:
        path = [bytes.fromhex(p) for p in proof["path"]]
        a, b = proof["size1"], proof["size2"]
        expect("consistency %d %d" % (a, b), consistency_ok(a, tree_root(leaves[:a]), b, tree_root(leaves[:b]), path), True)


# Receipts


def check_receipt(name):
    bundle = load(name)
    expect(name + " format", bundle["format"], "proviso/v1/bundle")
    entry = b64(bundle["entry"])
    commitments = [entry[4 + 32 * i : 36 + 32 * i] for i in range(4)]
    proof, note = bundle["tlogProof"].split("\n\n", 1)
    first, index, *path = proof.split("\n")
    expect(name + " proof", first, "c2sp.org/tlog-proof@v1")
    origin, size, root = check_checkpoint(note, policy_keys())
    index, path = int(index.split(" ")[1]), [b64(p) for p in path]
    expect(name + " inclusion", inclusion_ok(leaf_hash(entry), index, size, path, root), True)
    subs = {sub["position"]: sub for sub in bundle["subEntries"]}
    for position, sub in subs.items():
        below = root_by_path(sha(b"\x00", *map(b64, sub["commitments"])), position, [b64(p) for p in sub["path"]])
        expect("%s sub-entry %d" % (name, position), below, commitments[3])
    contents = {}
    for opening in bundle["openings"]:
        group, salt, text = opening["group"], b64(opening["salt"]), b64(opening["bytes"])
        if group in OUTER:
            i = OUTER.index(group)
            expect(name + " " + group, committed("proviso/v1/group", u8(i), salt, text), commitments[i])
            continue
        part, group = group.split("/")
        position, i = int(part[4:]), SUB.index(group)
        expected = b64(subs[position]["commitments"][i])
        expect("%s %s/%s" % (name, part, group), committed("proviso/v1/sub", u8(i), salt, text), expected)
        if group == "content":
            contents[part] = json.loads(text)
    body = read("body.json", "rb")
    for salt in bundle["salts"]:
        if salt["part"] == "sub:0":
            expect(name + " wire", committed("proviso/v1/wire", b64(salt["salt"]), body).hex(), contents["sub:0"]["wire"])
    canon = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    for resource in bundle["resources"]:
        if resource["position"] == 0:
            leaf = committed("proviso/v1/canon", b64(resource["salt"]), sha(canon))
            below = root_by_path(leaf, resource["item"], [b64(p) for p in resource["path"]])
            expect(name + " resource", below.hex(), contents["sub:0"]["canon"])
    bindings = {leaf_hash(b64(binding["entry"])).hex(): binding for binding in bundle["bindings"]}
    for opening in bundle["openings"]:
        if opening["group"].endswith("/subject"):
            binding = bindings[json.loads(b64(opening["bytes"]))["binding"]]
            at, path = int(binding["index"]), [b64(p) for p in binding["path"]]
            leaf = leaf_hash(b64(binding["entry"]))
            expect(name + " binding", at < index and inclusion_ok(leaf, at, size, path, root), True)
    for anchor in bundle["anchors"]:
        path = [b64(p) for p in anchor["consistency"]]
        a, b = sorted([(int(anchor["size"]), b64(anchor["root"])), (size, root)], key=lambda head: head[0])
        expect(name + " anchor", index < int(anchor["size"]) and consistency_ok(*a, *b, path), True)


for record in ("access.json", "refusal.json", "nobody.json"):
    check_record(record)
check_log()
check_receipt("receipt.json")
print("%d checks, all as expected" % checks)
