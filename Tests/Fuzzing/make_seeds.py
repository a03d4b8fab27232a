#!/usr/bin/env python3
"""Writes what fuzzing begins with, from files that are there: make_seeds.py DIRECTORY, with one in it for each target.

Models of ONNX's own tests and the samples, their data cut down to a few rows, the pictures of Tests/Vectors, recipes;
and NAME.dict beside a directory: words that libFuzzer puts in.
"""

import base64
import gzip
import hashlib
import json
import pathlib
import re
import shutil
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "SampleModels"
ONNX_TESTS = pathlib.Path("/usr/share/libonnx-testdata/data")
# A tensor of more bytes is put into the file beside the model, so that the model stays small and is changed often.
LARGEST = 1024

# As libFuzzer escapes them.
WORDS = {
    "onnx": ["location", "offset", "length", "weights.bin", "link.bin", "../outside.bin", "pare.width.w", "com.microsoft"],
    "numpy": ["'descr': '<f8'", "'>i2'", "'|b1'", "'fortran_order': True", "'shape': (2, 3)", "L,", "y.npy", "PK\\x03\\x04"],
    "idx": ["\\x00\\x00\\x08\\x03", "\\x00\\x00\\x0d\\x01", "\\x00\\x00\\x00\\x04", "\\x1f\\x8b\\x08"],
    "image": ["IHDR", "PLTE", "tRNS", "IDAT", "iCCP", "\\xff\\xc2", "\\xff\\xda", "\\xff\\xdd", "\\xff\\xee", "\\x10\\x00"],
}


def write(directory, content):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / hashlib.sha1(content).hexdigest()).write_bytes(content)


def varint(number):
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def outside_model(location, offset, count):
    """A model whose only tensor, of bytes, lies in another file."""
    entries = [("location", location), ("offset", str(offset)), ("length", str(count))]
    tensor = field(1, count) + field(2, 2) + field(8, "w")
    tensor += b"".join(field(13, field(1, key) + field(2, value)) for key, value in entries) + field(14, 1)
    shape = field(1, field(1, 1) + field(2, b""))
    node = field(1, "w") + field(2, "y") + field(4, "Identity")
    graph = field(1, node) + field(2, "g") + field(5, tensor) + field(12, field(1, "y") + field(2, shape))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


def fields(message):
    """Number and value of each field of a message."""
    position = 0

    def number():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        tag = number()
        if tag & 7 == 0:
            yield tag >> 3, number()
        else:
            # A fixed number is kept with its tag.
            start = position
            size = {1: 8, 5: 4}.get(tag & 7)
            if size is None:
                size = number()
                start = position
            position = start + size
            content = message[start:position]
            yield tag >> 3, content if tag & 7 == 2 else (varint(tag) + content,)


def again(pairs):
    return b"".join(value[0] if isinstance(value, tuple) else field(number, value) for number, value in pairs)


def small_tensor(tensor):
    parts = list(fields(tensor))
    data = dict(parts).get(9, b"")
    if len(data) <= LARGEST:
        return tensor
    entries = [("location", "weights.bin"), ("length", str(len(data)))]
    outside = [(13, field(1, key) + field(2, value)) for key, value in entries] + [(14, 1)]
    return again([part for part in parts if part[0] != 9] + outside)


def small_model(model):
    def small_graph(graph):
        return again((number, small_tensor(value) if number == 5 else value) for number, value in fields(graph))

    return again((number, small_graph(value) if number == 7 else value) for number, value in fields(model))


def onnx(directory):
    for model in sorted(ONNX_TESTS.rglob("*.onnx")) + sorted(SAMPLES.rglob("*.onnx")):
        write(directory, small_model(model.read_bytes()))
    scratch = "/dev/shm/pare-fuzz-onnx"
    for location in ["weights.bin", "../outside.bin", "link.bin", "./weights.bin", "x/../../outside.bin",
                     f"{scratch}/outside.bin", "/etc/hostname"]:
        write(directory, outside_model(location, 0, 64))


def npy(descr, shape, data, version=1, fortran=False):
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    length = "<H" if version == 1 else "<I"
    header += b" " * (-(len(header) + 9 + struct.calcsize(length)) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(length, len(header)) + header + data


def numpy(directory, scratch):
    kinds = {"f2": 2, "f4": 4, "f8": 8, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "u2": 2, "u4": 4, "u8": 8, "b1": 1}
    for index, (kind, size) in enumerate(kinds.items()):
        data = bytes(i % 3 for i in range(6 * size))
        write(directory, npy(("<" if index % 2 else ">") + kind, (2, 3), data, 1 + index % 3, index % 4 == 0))
    write(directory, npy("|O", (1,), b""))
    write(directory, npy("<f4", (), bytes(4)))
    write(directory, npy("<i8", (4,), bytes(32)))
    for names in [["x", "y"], ["a", "b", "labels"]]:
        for method in [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]:
            path = scratch / "seed.npz"
            with zipfile.ZipFile(path, "w", method) as archive:
                for name in names:
                    # Without a time, so that every run makes the same bytes.
                    shape, kind = ((2, 3), "<f4") if name in "xa" else ((2,), "<i8")
                    array = npy(kind, shape, bytes(24 if name in "xa" else 16))
                    archive.writestr(zipfile.ZipInfo(name + ".npy"), array, method)
            write(directory, path.read_bytes())
            path.unlink()
    for path in SAMPLES.rglob("*.npz"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as array:
                    start = array.read(1024)
                cut_down(directory, start)


def cut_down(directory, start):
    """The first rows of an array, as an array of its own."""
    match = re.search(rb"'descr': '([^']+)'.*'shape': \(([^)]*)\)", start)
    size = int(match[1][2:])
    dims = [int(dim) for dim in match[2].split(b",") if dim.strip()]
    row = size
    for dim in dims[1:]:
        row *= dim
    rows = min(dims[0], max(1, 512 // row))
    write(directory, npy(match[1].decode(), tuple([rows] + dims[1:]), bytes(rows * row)))


def idx(directory):
    for path in sorted(SAMPLES.rglob("*-ubyte.gz")):
        content = gzip.open(path).read(16 + 4 * 784)
        rank = content[3]
        count = 4
        size = 784 if rank == 3 else 1
        start = 4 + 4 * rank
        small = content[:4] + struct.pack(">I", count) + content[8:start] + content[start:start + count * size]
        write(directory, small)
        write(directory, gzip.compress(small, mtime=0))
    for code, size in [(8, 1), (9, 1), (11, 2), (12, 4), (13, 4), (14, 8)]:
        for dims in [(4,), (4, 3), (4, 2, 2), (4, 1, 2, 2)]:
            count = 1
            for dim in dims:
                count *= dim
            head = bytes([0, 0, code, len(dims)]) + b"".join(struct.pack(">I", dim) for dim in dims)
            plain = head + bytes(i % 2 for i in range(count * size))
            write(directory, plain)
            write(directory, gzip.compress(plain, mtime=0))


def image(directory):
    for case in json.loads((ROOT / "Tests/Vectors/images.json").read_text())["cases"]:
        write(directory, base64.b64decode(case["file"]))


def recipe(directory):
    for path in SAMPLES.rglob("recipes/*.json"):
        write(directory, path.read_bytes())
    # The examples in the tests are recipes of every kind.
    tests = sorted((ROOT / "Tests/CompressionTests").rglob("*.swift")) + sorted((ROOT / "Tests/Python").rglob("*.py"))
    for path in tests:
        text = path.read_text()
        for match in re.finditer(r'\{"pare"', text):
            try:
                _, end = json.JSONDecoder().raw_decode(text, match.start())
                write(directory, text[match.start():end].encode())
            except json.JSONDecodeError:
                pass


def recipe_words(path):
    """Every word that a recipe's reader knows, and numbers at the edges."""
    words = {"1e308", "-1", "0.5", "1e-320", "9223372036854775807", "18446744073709551616", "[", "{", "null"}
    for source in (ROOT / "Sources/Compression").rglob("*.swift"):
        text = source.read_text()
        known = re.findall(r'"([a-z][a-z_0-9]{0,24})"', text) + re.findall(r"^ +case ([a-z]\w*)", text, re.MULTILINE)
        words.update(f'"{word}"' for word in known)
    escaped = (word.replace('"', '\\"') for word in sorted(words))
    path.write_text("".join(f'"{word}"\n' for word in escaped))


def main():
    directory = pathlib.Path(sys.argv[1])
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True, exist_ok=True)
    onnx(directory / "onnx")
    numpy(directory / "numpy", directory)
    idx(directory / "idx")
    image(directory / "image")
    recipe(directory / "recipe")
    recipe_words(directory / "recipe.dict")
    for name, words in WORDS.items():
        (directory / f"{name}.dict").write_text("".join(f'"{word}"\n' for word in words))
    for each in sorted(path for path in directory.iterdir() if path.is_dir()):
        print(f"{each.name}: {len(list(each.iterdir()))} seeds")


if __name__ == "__main__":
    main()
