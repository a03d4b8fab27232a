import Foundation
import Tensor

/// A table with a sample a row and a label in one column, the last unless told. The first row is taken for names
/// where it holds something that is no number outside of the label's column.
enum CSVData: DataFormat {
  static let kind = "a .csv"

  static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    bytes != nil && path.lowercased().hasSuffix(".csv")
  }

  static func read(_ path: String, _ options: DataOptions) throws(FormatError) -> Dataset {
    let file = try FileAccess.map(path)
    defer { withExtendedLifetime(file) {} }
    var rows = try CSVTable(file.bytes, path: path).rows
    guard let first = rows.first else { throw FormatError(path, "holds no rows") }
    let column = try labelColumn(first, path, options)
    let isNamed = if case .name = options.label { true } else { false }
    let hasHeader =
      isNamed || first.fields.enumerated().contains { $0 != column && number($1) == nil }
    if hasHeader { rows.removeFirst() }
    let width = first.fields.count - (column == nil ? 0 : 1)
    guard width > 0 else { throw FormatError(path, "has no column but the label's") }
    try options.preprocessing.refuseGeometry(path)

    var numbers: [Float] = []
    numbers.reserveCapacity(rows.count * width)
    for row in rows {
      for (index, field) in row.fields.enumerated() where index != column {
        guard let number = number(field) else {
          throw FormatError(path, "line \(row.line), field \(index + 1): '\(field)' is no number")
        }
        numbers.append(number)
      }
    }
    var options = options
    var labels: Tensor?
    if let column { labels = try Self.labels(rows, column, path, &options) }
    var samples = Tensor(numbers, shape: [rows.count, width])
    if options.preprocessing != Preprocessing() {
      samples = try options.preprocessing.applied(to: samples, defaultScale: 1, path: path)
    }
    return try Dataset(
      name: Dataset.shortName(path), path: path, inputs: [Dataset.onlyInput: Samples(samples)],
      labels: labels, options: options)
  }

  /// nil where there are no labels, as fidelity needs none.
  private static func labelColumn(
    _ first: CSVTable.Row, _ path: String, _ options: DataOptions
  ) throws(FormatError) -> Int? {
    let count = first.fields.count
    switch options.label {
    case nil: return options.task == .fidelity ? nil : count - 1
    case .index(let index):
      guard (-count..<count).contains(index) else {
        throw FormatError(path, "has \(count) columns, so that there is no column \(index) for the label")
      }
      return index < 0 ? count + index : index
    case .name(let name):
      guard let index = first.fields.firstIndex(of: name) else {
        throw FormatError(path, "has no column '\(name)' for the label; line \(first.line) names the columns")
      }
      return index
    }
  }

  /// Numbers, or classes by their names: those that the manifest gives, or else in the order of the names.
  private static func labels(
    _ rows: [CSVTable.Row], _ column: Int, _ path: String, _ options: inout DataOptions
  ) throws(FormatError) -> Tensor {
    let fields = rows.map { trimmed($0.fields[column]) }
    if options.task != .regression {
      let wholes = fields.compactMap { Int64($0) }
      if wholes.count == fields.count { return Tensor(wholes) }
    }
    let numbers = fields.compactMap { number($0) }
    if numbers.count == fields.count { return Tensor(numbers) }
    if options.task == .regression {
      let index = fields.firstIndex { number($0) == nil } ?? 0
      throw FormatError(path, "line \(rows[index].line): label '\(fields[index])' is no number")
    }
    if options.classes.isEmpty {
      options.classes = Set(fields).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    let places = Dictionary(zip(options.classes, 0...), uniquingKeysWith: { first, _ in first })
    var labels: [Int64] = []
    for (row, field) in zip(rows, fields) {
      guard let place = places[field] else {
        throw FormatError(path, "line \(row.line): label '\(field)' is none of the classes that are named")
      }
      labels.append(Int64(place))
    }
    return Tensor(labels)
  }

  private static func trimmed(_ field: String) -> String {
    field.trimmingCharacters(in: .whitespaces)
  }

  /// A finite number, with blanks around it.
  private static func number(_ field: String) -> Float? {
    guard let number = Float(field) ?? Float(trimmed(field)), number.isFinite else { return nil }
    return number
  }
}
