#!/usr/bin/env python3
"""Compresses the file text with gzip and with zlib, in ways that programs in Go do not have."""
import os, struct, subprocess, zlib

os.chdir(os.path.dirname(os.path.abspath(__file__)))
text = open("text", "rb").read()


def write(name, *pieces):
    with open(name + ".gz", "wb") as f:
        f.write(b"".join(pieces))


for level in "169":
    subprocess.run(["gzip", "--keep", "--force", "-" + level, "text"], check=True)
    os.rename("text.gz", f"gzip-{level}.gz")

for name, options in {
    "filtered": dict(strategy=zlib.Z_FILTERED),
    "huffman": dict(strategy=zlib.Z_HUFFMAN_ONLY),
    "rle": dict(strategy=zlib.Z_RLE),
    "fixed": dict(strategy=zlib.Z_FIXED),
    "stored": dict(level=0),
    "small-blocks": dict(memLevel=1),
    "small-window": dict(wbits=16 + 9),
}.items():
    z = zlib.compressobj(**{"wbits": 31, **options})
    write(name, z.compress(text), z.flush())

z = zlib.compressobj(wbits=31)
flushes = (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_BLOCK)
pieces = [z.compress(text[i:i + 1000]) + z.flush(flushes[i // 1000 % 4]) for i in range(0, len(text), 1000)]
write("flushed", *pieces, z.flush())

members = []  # as bgzip has them: each says its length, and the last is empty
for i in range(0, len(text) + 4000, 4000):
    z = zlib.compressobj(wbits=-15)
    piece = text[i:i + 4000]
    data = z.compress(piece) + z.flush()
    members.append(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(data) + 25)
                   + data + struct.pack("<II", zlib.crc32(piece), len(piece)))
write("members", *members)
