"""Files that are wrong in one way each, made from the bundle's good ones."""
import gzip
import json
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper


class Files:
    """Writes into `directory`; each method returns the path of a bad file or bundle."""

    def __init__(self, directory, bundle):
        self.directory, self.bundle = directory, bundle
        manifest = json.loads((bundle / "pare.json").read_text())
        self.model = bundle / manifest["model"]
        self.images = bundle / manifest["validation"]["images"]
        self.labels = bundle / manifest["validation"]["labels"]

    def bytes(self, name, data):
        path = self.directory / name
        path.write_bytes(data)
        return path

    def json(self, name, value):
        return self.bytes(name, (value if isinstance(value, str) else json.dumps(value)).encode())

    # Models

    def truncated(self):
        return self.bytes("truncated.onnx", self.model.read_bytes()[:100_000])

    def lying(self, length, name):
        """A graph (field 7) that says it is `length` bytes long, and is four."""
        varint = bytearray()
        while length > 0x7F:
            varint.append(length & 0x7F | 0x80)
            length >>= 7
        return self.bytes(name, b"\x08\x08\x3a" + bytes([*varint, length]) + b"\x0a\x02xy")

    def deep(self):
        """Graphs in graphs in graphs, for a reader that calls itself."""
        data = b""
        for _ in range(10_000):  # graph.node[0].attribute[0].g
            for tag in (0x32, 0x2A, 0x0A):
                size, head = len(data), bytearray([tag])
                while size > 0x7F:
                    head.append(size & 0x7F | 0x80)
                    size >>= 7
                data = bytes([*head, size]) + data
        size = bytearray()
        left = len(data)
        while left > 0x7F:
            size.append(left & 0x7F | 0x80)
            left >>= 7
        return self.bytes("deep.onnx", b"\x08\x08\x3a" + bytes([*size, left]) + data)

    def changed(self, name, change):
        model = onnx.load(self.model)
        change(model.graph)
        path = self.directory / name
        path.write_bytes(model.SerializeToString())
        return path

    def unknown_operator(self):
        def change(graph):
            graph.node[1].op_type, graph.node[1].name = "Frobnicate", "/relu1/Frobnicate"

        return self.changed("unknown.onnx", change)

    def huge_weight(self):
        return self.changed("huge.onnx", lambda graph: graph.initializer[0].dims.insert(0, 1 << 50))

    def overflowing_weight(self):
        return self.changed(
            "overflow.onnx", lambda graph: graph.initializer[0].dims.extend([1 << 62, 1 << 62]))

    def short_weight(self):
        def change(graph):
            graph.initializer[0].raw_data = graph.initializer[0].raw_data[:-4]

        return self.changed("short.onnx", change)

    def dangling(self):
        def change(graph):
            graph.node[3].input[0] = "nowhere"

        return self.changed("dangling.onnx", change)

    def cycle(self):
        def change(graph):
            graph.node[0].input[0] = "pool2"

        return self.changed("cycle.onnx", change)

    def mismatched(self):
        """A dense layer that does not fit what it gets."""
        def change(graph):
            weight = next(each for each in graph.initializer if each.name == "fc2.weight")
            weight.CopyFrom(helper.make_tensor("fc2.weight", TensorProto.FLOAT, [10, 2], [0.0] * 20))

        return self.changed("mismatched.onnx", change)

    # Data

    def npz(self, name, **arrays):
        np.savez(self.directory / name, **arrays)
        return self.directory / name

    def samples(self, name, count=8, shape=(1, 28, 28), labels=None):
        labels = np.zeros(count, np.int64) if labels is None else np.array(labels)
        return self.npz(name, x=np.zeros((count, *shape), np.float32), y=labels)

    def idx(self, name, images=None, labels=None):
        """An image file with its labels beside it; `None` copies the bundle's."""
        folder = self.directory / name
        folder.mkdir()
        path = folder / "t10k-images-idx3-ubyte.gz"
        path.write_bytes(self.images.read_bytes() if images is None else images)
        if labels != b"":
            (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(
                self.labels.read_bytes() if labels is None else labels)
        return path

    def few_labels(self):
        return self.idx("few", labels=gzip.compress(struct.pack(">II", 0x801, 10) + bytes(10)))

    def lying_images(self):
        header = struct.pack(">IIII", 0x803, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        return self.idx("lying", images=gzip.compress(header + bytes(784)))

    def cut_images(self):
        return self.idx("cut", images=self.images.read_bytes()[:200_000])

    def other_images(self):
        return self.idx("other", images=b"\x89PNG\r\n\x1a\n" + bytes(64))

    def no_labels(self):
        return self.idx("lonely", labels=b"")

    # Bundles

    def manifest(self, name, value):
        folder = self.directory / name
        folder.mkdir()
        (folder / "pare.json").write_text(value if isinstance(value, str) else json.dumps(value))
        return folder
