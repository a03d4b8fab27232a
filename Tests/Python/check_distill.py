#!/usr/bin/env python3
"""check_distill.py PARE BUNDLE: what `pare distill` writes, and what it does when it is interrupted.

Trains a student of a small bundle that has its training data with it. The file it writes gives in ONNX Runtime what was
printed; a run that was interrupted, politely or not, and then resumed writes the same bytes as one that was not.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from program import Tally  # noqa: E402

tally = Tally()


def check(name, holds, detail=""):
    def test():
        assert holds, detail

    tally.check(name, test)


def recipe(**settings):
    standard = {"alpha": 0.5, "temperature": 3, "epochs": 4, "learning_rate": 0.002, "seed": 1}
    return {
        "pare": 1,
        "pruning": [{"layers": ["*"], "amount": 0.6}],
        "quantization": {"weights": [{"layers": ["*"], "bits": 4, "granularity": "channel"}]},
        "distillation": standard | settings,
    }


class Runs:
    def __init__(self, pare, bundle, directory):
        self.pare, self.bundle, self.directory = pare, bundle, directory
        self.environment = os.environ | {"XDG_CACHE_HOME": str(directory / "cache")}

    def command(self, output, given, *options, model=None):
        path = self.directory / f"{output}.json"
        path.write_text(json.dumps(given))
        return [self.pare, "distill", str(model or self.bundle), "--recipe", str(path), "--output",
                str(self.directory / output), "--json", *options]

    def run(self, *arguments, **named):
        return subprocess.run(
            self.command(*arguments, **named), capture_output=True, text=True, env=self.environment)

    def interrupted(self, number, output, given):
        """Sends a signal after the second epoch's line; then resumes."""
        program = subprocess.Popen(
            self.command(output, given), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self.environment)
        for line in program.stdout:
            if json.loads(line).get("epoch") == 2:
                program.send_signal(number)
                break
        rest, errors = program.communicate()
        return program.returncode, rest, errors

    def bytes(self, output):
        return (self.directory / output).read_bytes()


def accuracy(model, bundle):
    manifest = json.loads((bundle / "pare.json").read_text())
    data = np.load(bundle / manifest["validation"]["data"])
    scale = manifest["preprocessing"]
    shape = (1, -1, 1)
    x = data["x"].astype(np.float32) * np.float32(scale["scale"])
    x = (x - np.float32(scale["mean"]).reshape(shape)) / np.float32(scale["std"]).reshape(shape)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {session.get_inputs()[0].name: x.astype(np.float32)})
    return float((logits.argmax(1) == data["y"]).mean())


def ways(runs, bundle):
    """Masks that grow, scales that learn, activations that are matched: together, and what the file holds of each."""
    given = recipe(
        epochs=3, masks="agp", agp_every=5, agp_initial=0.2, learned_scales=True,
        matches=[{"kind": "attention", "student": "conv2"},
                 {"kind": "feature", "student": "/Relu_1_output_0", "teacher": "conv2", "weight": 0.1}])
    given["quantization"]["activations"] = [{"layers": ["conv2", "fc"], "bits": 6}]
    given["pruning"] = [{"layers": ["conv*"], "amount": 0.25, "unit": "channel", "remove": True},
                        {"layers": ["fc"], "amount": 0.5}]
    done = runs.run("ways.onnx", given)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check("all ways train", done.returncode == 0, done.stderr)
    epochs = [line for line in lines if line.get("epoch", 0) > 0]
    check("what is matched is told", all(line["match"] > 0 for line in epochs), str(epochs))
    parts = [0.5 * line["ce"] + 0.5 * 9 * line["kl"] + line["match"] for line in epochs]
    check("and is part of the loss", np.allclose(parts, [line["loss"] for line in epochs], rtol=1e-6), str(parts))
    its = accuracy(runs.directory / "ways.onnx", bundle)
    check("all ways, in ONNX Runtime", abs(its - lines[-1]["accuracy"]) < 2.5 / 749, f"{its} {lines[-1]}")
    graph = onnx.load(runs.directory / "ways.onnx").graph
    tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    check("channels are taken out", tensors["conv1.weight"].shape[0] == 24, str(tensors["conv1.weight"].shape))
    check("weights stay zero", (tensors["fc.weight"] == 0).mean() >= 0.5, str((tensors["fc.weight"] == 0).mean()))
    code, *_ = runs.interrupted(signal.SIGKILL, "ways-again.onnx", given)
    done = runs.run("ways-again.onnx", given, "--resume")
    check("all ways, resumed", done.returncode == 0, done.stderr)
    check("all ways, the same bytes", runs.bytes("ways-again.onnx") == runs.bytes("ways.onnx"))
    for output, words, change in [
        ("scales.onnx", "scales cannot be learned", {"quantization": {}}),
        ("masks.onnx", "masks cannot grow", {"pruning": [{"layers": ["*"], "amount": 0.5, "criterion": "taylor"}]}),
        ("matches.onnx", "no layer and no value", {
            "distillation": given["distillation"] | {"matches": [{"student": "nothing"}]}}),
    ]:
        done = runs.run(output, given | change)
        check(f"{output} is refused", done.returncode == 1 and words in done.stderr, done.stderr)
    ranked = recipe(epochs=1)
    ranked["pruning"][0]["criterion"] = "taylor"
    done = runs.run("taylor.onnx", ranked)
    check("pruned by what the loss says", done.returncode == 0, done.stderr)


def students(runs, bundle):
    """Other models than the teacher: narrower, from a file, without blocks."""
    def trained(output, **settings):
        done = runs.run(output, recipe(epochs=2, **settings))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        check(f"{output} trains", done.returncode == 0 and lines[-2]["loss"] < lines[1]["loss"], done.stderr + done.stdout)
        its = accuracy(runs.directory / output, bundle)
        check(f"{output} is what was measured", abs(its - lines[-1]["accuracy"]) < 2.5 / 749, f"{its} {lines[-1]}")
        return lines

    def refused(output, *words, **settings):
        done = runs.run(output, recipe(**settings))
        told = done.stderr.strip()
        check(f"{output} is refused", done.returncode == 1 and "\n" not in told and all(word in told for word in words), told)
        check(f"{output} is not written", not (runs.directory / output).exists())

    lines = trained("narrow.onnx", student="width", width=0.5)
    shapes = {tensor.name: list(tensor.dims) for tensor in onnx.load(runs.directory / "narrow.onnx").graph.initializer}
    sizes = sorted(size for size in shapes.values() if len(size) == 3)
    check("half of the channels", [16, 6, 5] in sizes and [24, 16, 5] in sizes, str(shapes))
    check("the teacher's size is told", lines[0]["teacher_parameters"] == 31063, str(lines[0]))
    check("and the student's", lines[0]["parameters"] < 22000 and lines[0]["macs"] < lines[0]["teacher_macs"], str(lines[0]))
    code, *_ = runs.interrupted(signal.SIGKILL, "narrow-again.onnx", recipe(student="width", width=0.5))
    done = runs.run("narrow-again.onnx", recipe(student="width", width=0.5), "--resume")
    whole = runs.run("narrow-whole.onnx", recipe(student="width", width=0.5))
    check("a narrow one goes on", done.returncode == 0 and whole.returncode == 0, done.stderr + whole.stderr)
    check("to the same bytes", runs.bytes("narrow-again.onnx") == runs.bytes("narrow-whole.onnx"))
    # The teacher itself under other names: the file lies beside the recipe.
    model = onnx.load(next(bundle.glob("*.onnx")))
    renamed = {model.graph.input[0].name: "signal", model.graph.output[0].name: "scores"}
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    for value in [*model.graph.input, *model.graph.output]:
        value.name = renamed[value.name]
    onnx.save(model, runs.directory / "student.onnx")
    lines = trained("file.onnx", student="file", file="student.onnx")
    check("a student of its teacher's size", lines[0]["parameters"] == lines[0]["teacher_parameters"], str(lines[0]))
    (runs.directory / "broken.onnx").write_bytes(b"\x08\x08 no model")
    refused("broken-file.onnx", "broken.onnx", student="file", file="broken.onnx")
    refused("missing-file.onnx", "missing.onnx", student="file", file="missing.onnx")
    other = helper.make_model(helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "other",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])]))
    onnx.save(other, runs.directory / "other-shape.onnx")
    refused("misfit.onnx", "other-shape.onnx", "takes 'x' as", student="file", file="other-shape.onnx")
    refused("blocks.onnx", "'conv2' cannot be left out", "no residual block", student="drop_blocks", blocks=["conv2"])


def main():
    pare, bundle = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        runs = Runs(pare, bundle, pathlib.Path(temporary))
        done = runs.run("whole.onnx", recipe())
        check("trains", done.returncode == 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        epochs = [line for line in lines if line.get("epoch", 0) > 0]
        check("a line an epoch", [line["epoch"] for line in epochs] == [1, 2, 3, 4], str(lines))
        keys = {"epoch", "loss", "ce", "kl", "train_accuracy", "accuracy", "seconds"}
        check("its keys", all(set(line) == keys for line in epochs), str(epochs[:1]))
        mixed = [0.5 * line["ce"] + 0.5 * 9 * line["kl"] for line in epochs]
        check("the loss is its parts", np.allclose(mixed, [line["loss"] for line in epochs], rtol=1e-6), str(mixed))
        check("it learns", lines[0]["accuracy"] + 0.02 < lines[-1]["accuracy"], str(lines))
        check("the best is written", lines[-1]["accuracy"] == max(line["accuracy"] for line in epochs), str(lines[-1]))
        its = accuracy(runs.directory / "whole.onnx", bundle)
        check("ONNX Runtime gets the same", abs(its - lines[-1]["accuracy"]) < 2.5 / 749, f"{its} {lines[-1]}")
        check("no checkpoint is left", not (runs.directory / "whole.onnx.checkpoint").exists())
        kept = list((runs.directory / "cache" / "pare" / "teacher").iterdir())
        check("the teacher's logits are kept once", len(kept) == 1, str(kept))

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            output = f"{number.name}.onnx"
            code, rest, errors = runs.interrupted(number, output, recipe())
            expected = -number if number == signal.SIGKILL else 128 + number
            check(f"{number.name} ends it", code == expected, f"{code} {rest} {errors}")
            check(f"{number.name} leaves no file", not (runs.directory / output).exists())
            check(f"{number.name} leaves a checkpoint", (runs.directory / f"{output}.checkpoint").exists())
            done = runs.run(output, recipe(), "--resume")
            check(f"{number.name}, resumed", done.returncode == 0, done.stderr)
            check(f"{number.name}, the same bytes", runs.bytes(output) == runs.bytes("whole.onnx"))
        code, *_ = runs.interrupted(signal.SIGINT, "other.onnx", recipe())
        refused = runs.run("other.onnx", recipe(seed=2), "--resume")
        check("another recipe's checkpoint", refused.returncode == 1 and "another training" in refused.stderr, refused.stderr)
        refused = runs.run("nothing.onnx", recipe(), "--resume")
        check("no checkpoint", refused.returncode == 1 and "nothing.onnx.checkpoint" in refused.stderr, refused.stderr)

        students(runs, bundle)
        ways(runs, bundle)
        wild = runs.run("wild.onnx", recipe(learning_rate=1e30))
        check("divergence", wild.returncode == 1 and "lower the learning rate" in wild.stderr, wild.stderr)
        check("divergence keeps the last good state", (runs.directory / "wild.onnx").exists())
        same = runs.run("same.onnx", recipe(), "--train", str(bundle / "validation.npz"))
        check("trained on what judges", same.returncode == 1 and "accuracy is measured on" in same.stderr, same.stderr)
        model = next(bundle.glob("*.onnx"))
        bare = runs.run("bare.onnx", recipe(), "--data", str(bundle), model=model)
        check("no training data", bare.returncode == 1 and "--train" in bare.stderr, bare.stderr)
        plain = {key: value for key, value in recipe().items() if key != "distillation"}
        check("no settings", "distillation" in runs.run("plain.onnx", plain).stderr)
        data = np.load(bundle / "training.npz")
        np.savez(runs.directory / "wrong.npz", x=data["x"], y=data["y"] + 7)
        wrong = runs.run("wrong.onnx", recipe(), "--train", str(runs.directory / "wrong.npz"))
        check("labels out of range", wrong.returncode == 1 and "wrong.npz" in wrong.stderr, wrong.stderr)
    tally.finish()


if __name__ == "__main__":
    main()
