import Formats
import Workbench

/// The words of a command line, taken apart.
struct Arguments: Sendable {
  var path = ""
  /// By the option's name, with its dashes.
  var values: [String: [String]] = [:]

  func has(_ name: String) -> Bool { values[name] != nil }
  func value(_ name: String) -> String? { values[name]?.last }
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an option that the grammar requires.
  func required(_ name: String) throws(UsageError) -> String {
    guard let value = value(name) else { throw UsageError("option '\(name)' is missing") }
    return value
  }

  /// A whole number of at least `least`.
  func count(_ name: String, from least: Int = 1) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), number >= least else {
      let bound = least == 1 ? "above 0" : "of \(least) or more"
      throw UsageError("option '\(name)' must be a whole number \(bound), not '\(text)'")
    }
    return number
  }

  /// Bytes that may be kept of values between layers.
  func cacheBudget() throws(UsageError) -> Int {
    guard let text = value("--cache") else { return CacheBudget.standard }
    guard let bytes = CacheBudget.bytes(text) else {
      throw UsageError("option '--cache' must be a size like 512M or 2G, or 0, not '\(text)'")
    }
    return bytes
  }

  /// Numbers with commas between them.
  func numbers(_ name: String) throws(UsageError) -> [Float]? {
    guard let text = value(name) else { return nil }
    var numbers: [Float] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Float(part), number.isFinite else {
        throw UsageError("option '\(name)' must be numbers with commas between them, not '\(text)'")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// One of the words of a type.
  private func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(UsageError) -> Word? {
    guard let text = value(name) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    throw UsageError("option '\(name)' must be one of \(words), not '\(text)'")
  }

  /// What the options of `Grammar.Option.dataOptions` say.
  func dataOptions() throws(UsageError) -> DataOptions {
    let scale = try numbers("--scale")
    if let scale, scale.count != 1 { throw UsageError("option '--scale' must be one number") }
    let geometry = ImageGeometry(
      resize: try count("--resize"), crop: try count("--crop"),
      channels: try word("--channels", ImageGeometry.Channels.self),
      layout: try word("--layout", ImageGeometry.Layout.self))
    let preprocessing = Preprocessing(
      scale: scale?.first, mean: try numbers("--mean"), std: try numbers("--std"), geometry: geometry)
    if let mistake = preprocessing.mistake { throw UsageError("preprocessing: \(mistake)") }
    return DataOptions(
      preprocessing: preprocessing, task: try word("--task", DataTask.self),
      label: value("--label").map { LabelColumn($0) }, sizes: try sizes())
  }

  /// What `--size NAME=N` says.
  func sizes() throws(UsageError) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for text in all("--size") {
      guard let cut = text.lastIndex(of: "="), cut > text.startIndex,
        let size = Int(text[text.index(after: cut)...])
      else { throw UsageError("option '--size' must be NAME=N, not '\(text)'") }
      sizes[String(text[..<cut])] = size
    }
    return sizes
  }
}
