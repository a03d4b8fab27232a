#!/usr/bin/env python3
"""Writes repair.json: repairs of a small net from which channels were taken out, by torch in float64.

The net is conv1, bn1, relu, conv2, bn2, relu, flatten, fc; fc is `0.5 x Wᵀ + 2 b`. Of conv1 and conv2 the
channels of the smallest L2 norm go.

  batch_norm     what one batch in training mode leaves with momentum=None: running_mean, and running_var with
                 the n - 1 under it put back to n; and what that batch gives.
  mean_bias      b += Σ_k W[:, k] mean(x_k) over the inputs that went, x_k in the model as it was; over beta.
  least_squares  layer by layer the D of min ‖R - X Dᵀ‖² + λ ‖D‖², R what the output lacks after the layers
                 before, λ a hundredth of the mean of the diagonal of Xᵀ X; the weights become W + D / alpha,
                 X taken alpha times.
"""
import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from vectors import write

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
ALPHA, BETA = 0.5, 2.0


def array(values):
    return {"shape": list(values.shape), "values": values.astype(np.float32)}


def single(tensor):
    """Rounded to float32, as a model file has it."""
    return tensor.detach().float().double()


class Net(nn.Module):
    def __init__(self, first=5, second=4):
        super().__init__()
        self.conv1 = nn.Conv2d(2, first, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(first, momentum=None)
        self.conv2 = nn.Conv2d(first, second, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(second, momentum=None)
        self.fc = nn.Linear(second * 36, 3)

    def values(self, x):
        """What flows into conv2 and fc, and what conv2 and fc write."""
        inner = F.relu(self.bn1(self.conv1(x)))
        second = self.conv2(inner)
        flat = F.relu(self.bn2(second)).flatten(1)
        return inner, second, flat, ALPHA * flat @ self.fc.weight.T + BETA * self.fc.bias

    def forward(self, x):
        return self.values(x)[3]


def kept(weight, gone):
    order = weight.flatten(1).norm(dim=1).argsort()
    return sorted(order[gone:].tolist())


def shortened(net, rows, mids):
    small = Net(len(rows), len(mids))
    columns = [m * 36 + p for m in mids for p in range(36)]
    with torch.no_grad():
        small.conv1.weight.copy_(net.conv1.weight[rows])
        small.conv2.weight.copy_(net.conv2.weight[mids][:, rows])
        small.conv2.bias.copy_(net.conv2.bias[mids])
        small.fc.weight.copy_(net.fc.weight[:, columns])
        small.fc.bias.copy_(net.fc.bias)
        for old, new, which in ((net.bn1, small.bn1, rows), (net.bn2, small.bn2, mids)):
            for name in ("weight", "bias", "running_mean", "running_var"):
                getattr(new, name).copy_(getattr(old, name)[which])
    return small.eval()


def fitted(rows, lacking):
    """D for rows of inputs and of what their outputs lack."""
    gram = rows.T @ rows
    ridge = 0.01 * gram.diagonal().mean() * torch.eye(len(gram))
    return torch.linalg.solve(gram + ridge, rows.T @ lacking).T


def unfolded(x):
    return F.unfold(x, 3, padding=1).transpose(1, 2).reshape(-1, x.shape[1] * 9)


net = Net().eval()
with torch.no_grad():
    for parameter in net.parameters():
        parameter.copy_(single(torch.randn_like(parameter) * 0.5))
    for norm in (net.bn1, net.bn2):
        norm.running_mean.copy_(single(torch.randn_like(norm.running_mean)))
        norm.running_var.copy_(single(torch.rand_like(norm.running_var) + 0.5))
x = single(torch.randn(48, 2, 6, 6) + 0.3)
rows, mids = kept(net.conv1.weight, 2), kept(net.conv2.weight, 1)
small = shortened(net, rows, mids)

with torch.no_grad():
    inner, second, flat, logits = net.values(x)
    # Batch normalisations.
    trained = copy.deepcopy(small).train()
    for norm in (trained.bn1, trained.bn2):
        norm.reset_running_stats()
    outputs = trained(x)
    count = x.shape[0] * 36
    statistics = {}
    for name in ("bn1", "bn2"):
        norm = getattr(trained, name)
        statistics[name + ".mean"] = array(norm.running_mean.numpy())
        statistics[name + ".var"] = array((norm.running_var * (count - 1) / count).numpy())
    # Biases.
    gone = [channel for channel in range(5) if channel not in rows]
    means = unfolded(inner).mean(0).reshape(5, 9)
    conv2 = net.conv2.bias + (net.conv2.weight.reshape(4, 5, 9)[:, gone] * means[gone]).sum((1, 2))
    lost = [m * 36 + p for m in range(4) if m not in mids for p in range(36)]
    fc = net.fc.bias + ALPHA * net.fc.weight[:, lost] @ flat.mean(0)[lost] / BETA
    # Least squares, first conv2, then fc behind the new conv2.
    fit = copy.deepcopy(small)
    now, wrote, _, _ = fit.values(x)
    lacking = (second[:, mids] - wrote).permute(0, 2, 3, 1).reshape(-1, len(mids))
    fit.conv2.weight += fitted(unfolded(now), lacking).reshape(fit.conv2.weight.shape)
    _, _, now, wrote = fit.values(x)
    fit.fc.weight += fitted(ALPHA * now, logits - wrote)

model = {name.replace("running_", ""): array(tensor.detach().numpy())
         for name, tensor in net.state_dict().items() if not name.endswith("tracked")}
case = {
    "name": "net",
    "input": {"model": model, "x": array(x.numpy())},
    "expected": {
        "kept": {"conv1": rows, "conv2": mids},
        "batch_norm": {"constants": statistics, "outputs": array(outputs.numpy())},
        "mean_bias": {
            "constants": {"conv2.bias": array(conv2[mids].numpy()), "fc.bias": array(fc.numpy())}},
        "least_squares": {
            "constants": {"conv2.weight": array(fit.conv2.weight.detach().numpy()),
                          "fc.weight": array(fit.fc.weight.detach().numpy())}},
    },
}
write("repair.json", f"torch {torch.__version__.split('+')[0]}", [case])
