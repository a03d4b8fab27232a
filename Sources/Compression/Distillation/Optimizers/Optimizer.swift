/// How parameters follow their gradients.
///
/// One file and one line in `Optimizers` for each. Each number is updated by itself, in float32 as torch.optim does it.
public protocol Optimizer: Sendable {
  /// What recipes call it.
  static var name: String { get }

  /// Whether it has a momentum that can be chosen.
  static var hasMomentum: Bool { get }

  init(_ settings: DistillationSettings)

  /// Arrays that it keeps for each parameter, each as long as the parameter.
  var momentCount: Int { get }

  /// One step of a parameter, or of a part of one. Numbers that are zero, and of which nothing is remembered, stay zero
  /// where their gradients are zero.
  ///
  /// - Parameters:
  ///   - gradient: as many numbers as the parameter has; is left as it is.
  ///   - moments: `momentCount` arrays of as many numbers.
  ///   - steps: that were taken before.
  func update(
    _ parameter: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    moments: [UnsafeMutablePointer<Float>], steps: Int, learningRate: Double)
}

/// Zeros that stay zero: gradients are cleared before each step, and when a mask changes what is remembered too.
public enum PruningMask {
  /// Sets what is not kept to zero, whatever it was.
  public static func clear(
    _ values: UnsafeMutableBufferPointer<Float>, unless kept: UnsafeBufferPointer<Bool>
  ) {
    precondition(values.count == kept.count, "a mask has an element for each number")
    // As bits, which processors do for many numbers at once.
    kept.withMemoryRebound(to: UInt8.self) { kept in
      values.withMemoryRebound(to: UInt32.self) { bits in
        for index in 0..<bits.count { bits[index] &= 0 &- UInt32(kept[index]) }
      }
    }
  }
}

/// The optimizers that Pare knows. A new one is a file beside this and a line here.
public enum Optimizers {
  static let all: [any Optimizer.Type] = [
    SGD.self,
    Adam.self,
    AdamW.self,
  ]

  /// What recipes call them.
  public static var names: [String] { all.map { $0.name } }

  /// The optimizer of a name in `names`.
  static func type(named name: String) -> (any Optimizer.Type)? { all.first { $0.name == name } }

  /// The optimizer that settings ask for, whose name is in `names`.
  public static func optimizer(for settings: DistillationSettings) -> any Optimizer {
    type(named: settings.optimizer)?.init(settings) ?? Adam(settings)
  }
}
