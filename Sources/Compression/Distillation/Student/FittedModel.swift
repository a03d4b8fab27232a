import Graph
import Tensor

extension Model {
  /// This model in the place of another one: with its names for inputs and for the output that is judged, which comes
  /// first.
  ///
  /// Names may differ where both have one input, and where this one has one output. Numbers of samples may differ too.
  ///
  /// - Parameters:
  ///   - teacher: the model that it is to stand for.
  ///   - judged: the teacher's output that counts; its first unless told.
  /// - Throws: `StudentMismatch` where the two do not fit together.
  public func fitted(to teacher: Model, output judged: String? = nil) throws -> Model {
    let (own, theirs) = (graph.inputs, teacher.graph.inputs)
    var names: [String: String] = [:]
    if own.count == 1, theirs.count == 1 {
      names[own[0].name] = theirs[0].name
    } else if Set(own.map(\.name)) != Set(theirs.map(\.name)) {
      throw StudentMismatch("takes \(Self.list(own)), and the teacher takes \(Self.list(theirs))")
    }
    for input in own {
      let other = theirs.first { $0.name == names[input.name] ?? input.name }
      try Self.require(
        input.dtype, samples(input.dims), like: other?.dtype, teacher.samples(other?.dims),
        "takes '\(input.name)' as")
    }
    guard let output = judged ?? teacher.graph.outputs.first?.name else {
      throw StudentMismatch("has no teacher that gives an output")
    }
    guard
      let mine = graph.outputs.first(where: { $0.name == output })?.name
        ?? (graph.outputs.count == 1 ? graph.outputs[0].name : nil)
    else {
      throw StudentMismatch("gives \(Self.list(graph.outputs)), and the teacher is judged by '\(output)'")
    }
    let (given, wanted) = (typed.facts[mine], teacher.typed.facts[output])
    guard let dims = given?.dims else {
      throw StudentMismatch("gives '\(mine)' of a shape that is not known")
    }
    try Self.require(
      given?.dtype, perSample(dims), like: wanted?.dtype, teacher.perSample(wanted?.dims),
      "gives '\(mine)' as")
    if names[mine] == nil { names[mine] = output }
    var graph = graph.renaming(names)
    let index = graph.outputs.firstIndex { $0.name == output } ?? 0
    if !graph.outputs.isEmpty { graph.outputs.insert(graph.outputs.remove(at: index), at: 0) }
    let open = Set(graph.inputs.flatMap { ($0.dims ?? []).flatMap(\.symbols) })
    graph.sizes = teacher.graph.sizes.filter { open.contains($0.key) }
    return try Model(graph, name: name, path: path)
  }

  /// Sizes without that of the first axis where it is the number of samples.
  private func samples(_ dims: [Dim]?) -> [Dim]? {
    guard let dims, let first = dims.first, first.value == nil || first.value == fixedBatch else {
      return dims
    }
    return [.unknown] + dims.dropFirst()
  }

  /// Sizes of an output for one sample.
  private func perSample(_ dims: [Dim]?) -> [Dim]? {
    guard let dims, let first = dims.first else { return dims }
    return [first / Dim(fixedBatch ?? 1) ?? .unknown] + dims.dropFirst()
  }

  private static func list(_ values: [ValueInfo]) -> String {
    values.isEmpty ? "nothing" : values.map { "'\($0.name)'" }.joined(separator: ", ")
  }

  private static func require(
    _ dtype: DType?, _ dims: [Dim]?, like other: DType?, _ wanted: [Dim]?, _ what: String
  ) throws(StudentMismatch) {
    let fits =
      dims == nil || wanted == nil
      || dims!.count == wanted!.count && !zip(dims!, wanted!).contains { $0.equals($1) == false }
    if fits, dtype == nil || other == nil || dtype == other { return }
    func text(_ dtype: DType?, _ dims: [Dim]?) -> String {
      [dtype.map { "\($0)" }, dims?.text].compactMap { $0 }.joined(separator: " ")
    }
    throw StudentMismatch("\(what) \(text(dtype, dims)), and the teacher as \(text(other, wanted))")
  }
}

/// Why a model cannot stand for another one: goes behind its file's name.
public struct StudentMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  public let reason: String

  init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
