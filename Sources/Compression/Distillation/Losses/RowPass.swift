import Tensor

/// Rows of outputs that go through a loss one by one: sums and gradients are `Double` within a row, and rounded once.
struct RowPass {
  let student: Tensor
  let teacher: Tensor?
  let columns: Int
  /// A label a row, of those that have one; nil without labels.
  private(set) var labels: [Int?]?

  /// Tokens that are not counted, as in PyTorch (-100) and elsewhere (-1).
  static let ignored: Set<Int> = [-100, -1]

  /// - Parameter loss: its name, for messages.
  init(logits batch: LossBatch, of loss: some DistillationLoss) throws(DistillationError) {
    try self.init(batch, of: loss)
    let dims = student.shape.dims
    guard dims.count > 1 else { throw .noScores(student.shape) }
    guard loss.needsTargets else { return }
    let targets = try Self.targets(batch, of: loss)
    let places = Shape(dims.dropLast())
    guard let numbers = targets.integers, numbers.count == places.count else {
      throw .shape(
        what: "labels", targets.shape, student: student.shape,
        wayOut: "give whole numbers of shape \(places)")
    }
    // Tokens may be padding; a picture has a class.
    let mayLack = dims.count > 2
    var labels: [Int?] = []
    labels.reserveCapacity(numbers.count)
    for (row, label) in numbers.enumerated() {
      if (0..<columns).contains(label) {
        labels.append(label)
      } else if mayLack && Self.ignored.contains(label) {
        labels.append(nil)
      } else {
        let sample = batch.firstSample + row / max(places.inner(of: 0), 1)
        throw .label(label, sample: sample, classes: columns)
      }
    }
    self.labels = labels
  }

  init(_ batch: LossBatch, of loss: some DistillationLoss) throws(DistillationError) {
    student = batch.student
    let name = type(of: loss).name
    if loss.needsTeacher {
      guard let teacher = batch.teacher else {
        throw .missing("the teacher's outputs", loss: name, wayOut: "run the teacher, or set alpha to 0")
      }
      guard teacher.shape == student.shape else {
        throw .shape(
          what: "a teacher's output", teacher.shape, student: student.shape,
          wayOut: "take a teacher with the same outputs")
      }
      self.teacher = teacher
    } else {
      teacher = nil
    }
    columns = max(student.shape.dims.last ?? 1, 1)
  }

  /// What the data give.
  static func targets(_ batch: LossBatch, of loss: some DistillationLoss) throws(DistillationError) -> Tensor
  {
    guard let targets = batch.targets else {
      throw .missing("labels", loss: type(of: loss).name, wayOut: "give data with labels, or set alpha to 1")
    }
    return targets
  }

  /// Rows that count.
  var count: Int { labels.map { $0.count { $0 != nil } } ?? student.count / columns }

  /// Calls `body` for each row that counts; the gradient of the others is 0.
  ///
  /// - Parameter body: adds to the row's gradient, which is of zeros at first.
  func run(
    into gradient: UnsafeMutableBufferPointer<Float>,
    _ body: (
      _ row: Int, _ student: UnsafeBufferPointer<Float>, _ teacher: UnsafeBufferPointer<Float>?,
      _ gradient: UnsafeMutableBufferPointer<Double>
    ) -> Void
  ) {
    precondition(gradient.count == student.count, "a gradient has a number for each output")
    student.withElements(of: Float.self) { outputs in
      withTeacher { teacher in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { sums in
          for row in 0..<(outputs.count / columns) {
            let range = row * columns..<(row + 1) * columns
            sums.initialize(repeating: 0)
            if labels.map({ $0[row] != nil }) ?? true {
              body(
                row, UnsafeBufferPointer(rebasing: outputs[range]),
                teacher.map { UnsafeBufferPointer(rebasing: $0[range]) }, sums)
            }
            let target = UnsafeMutableBufferPointer(rebasing: gradient[range])
            for column in 0..<columns { target[column] = Float(sums[column]) }
          }
        }
      }
    }
  }

  private func withTeacher(_ body: (UnsafeBufferPointer<Float>?) -> Void) {
    guard let teacher else { return body(nil) }
    teacher.withElements(of: Float.self) { body($0) }
  }
}
