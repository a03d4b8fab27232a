import Compression
import Terminal

/// One fact about the focused layer.
struct DetailLine {
  var label: String
  var text: String

  static func all(_ state: State, layer: Int) -> [DetailLine] {
    let settings = state.settings.layers[layer]
    let detail = state.detail.flatMap { $0.layer == layer ? $0.detail : nil }
    var lines = [DetailLine(label: "prunes", text: pruning(settings))]
    if let detail {
      if let threshold = detail.threshold {
        lines.append(DetailLine(label: "cut", text: "|w| ≤ \(Double(threshold).text(decimals: 4))"))
      }
      let share = detail.weights > 0 ? Double(detail.zeros) / Double(detail.weights) : 0
      lines.append(DetailLine(label: "zeros", text: "\(detail.zeros.grouped) (\(share.asShare))"))
    }
    lines.append(DetailLine(label: "weights", text: weights(settings, state.settings.mode)))
    lines.append(DetailLine(label: "inputs", text: activations(settings, state.settings.tensors)))
    if let sqnr = detail?.sqnr {
      lines.append(
        DetailLine(label: "SQNR", text: sqnr.isFinite ? sqnr.text(decimals: 1) + " dB" : "lossless"))
    }
    return lines
  }

  static func draw(_ lines: [DetailLine], in rect: Rect, on buffer: inout Buffer, look: Look) {
    for (row, line) in lines.prefix(rect.height).enumerated() {
      let place = rect.row(row)
      buffer.write(line.label, at: place.origin, style: look.theme.faint, maxWidth: 7)
      let text = Rect(x: place.x + 8, y: place.y, width: place.width - 8, height: 1)
      buffer.write(line.text, in: text, style: look.theme.text, ellipsis: look.glyphs.ellipsis)
    }
  }

  private static func pruning(_ layer: LayerSettings) -> String {
    let unit =
      layer.unit.plural + (layer.unit.takesOut ? " removed" : "")
      + (layer.unit == .weight && layer.criterion == nil
        ? "" : ", " + layer.ranking.text(for: layer.unit))
      + (layer.counting == .torch ? "" : ", as \(layer.counting.rawValue)")
    var axis = ""
    if case .channel(let number?, _) = layer.unit { axis = ", axis \(number)" }
    let scope = layer.isByOutput ? ", by output" : ""
    return unit + axis
      + (layer.group == nil ? scope : layer.isNormalized ? ", global normalized" : ", global")
  }

  private static func weights(_ layer: LayerSettings, _ mode: QuantizationMode?) -> String {
    let scheme = layer.weightScheme.rawValue.replacing("_", with: " ")
    if layer.weightBits == BitWidth.float { return "float" }
    if layer.weightScheme.fixedWidth != nil { return scheme }
    let bits = "\(layer.effectiveWeightBits)-bit "
    guard layer.weightScheme.linear != nil else { return bits + scheme }
    var granularity = layer.granularity.name
    if case .block(let size) = layer.granularity { granularity += " \(size)" }
    let linear = layer.linear
    let options = [
      linear.isSigned ? nil : "unsigned", linear.integers == .standard ? nil : linear.integers.rawValue,
      linear.rounding == .halfAway ? "half away" : nil, calibration(linear.calibration),
      mode.map { "as \($0.rawValue)" },
      linear.method == .nearest ? nil : linear.method.name.uppercased(),
    ]
    return ([bits + "\(granularity) \(scheme)"] + options.compactMap { $0 })
      .joined(separator: ", ")
  }

  private static func calibration(_ calibration: LinearOptions.Calibration) -> String? {
    switch calibration {
    case .minmax: nil
    case .mse: "MSE"
    case .learned: "learned scales"
    }
  }

  private static func activations(_ layer: LayerSettings, _ tensors: QuantizedTensors) -> String {
    if layer.activationBits == BitWidth.float { return "float" }
    let options = [
      layer.activationIsSigned ? nil : "unsigned",
      layer.activationIntegers == .standard ? nil : layer.activationIntegers.rawValue,
      tensors == .all ? "all tensors" : nil,
    ]
    let form = "\(layer.activationBits)-bit \(layer.activationScheme.rawValue)"
    return ([form, layer.calibration.name] + options.compactMap { $0 }).joined(separator: ", ")
  }
}
