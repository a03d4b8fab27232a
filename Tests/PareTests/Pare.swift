import Foundation
import Testing

/// Runs the built program, which lies beside the bundle of the tests.
struct Pare {
  struct Result {
    var code: Int32
    var output: String
    var error: String

    /// The lines of the output.
    var lines: [Substring] { output.split(separator: "\n") }

    /// The output as one JSON object.
    func object() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  static var path: String {
    // .build/debug/PackageTests.xctest, or the program that swift-testing is run by, which is told of it.
    for argument in CommandLine.arguments {
      guard let range = argument.range(of: ".xctest", options: .backwards) else { continue }
      let directory = URL(fileURLWithPath: String(argument[..<range.upperBound])).deletingLastPathComponent()
      let program = directory.appendingPathComponent("pare").path
      if FileManager.default.isExecutableFile(atPath: program) { return program }
    }
    return Bundle.main.bundleURL.appendingPathComponent("pare").path
  }

  static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> (
    Process, Pipe, Pipe
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
    let (output, error) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = error
    try process.run()
    return (process, output, error)
  }

  static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
    let (process, output, error) = try start(arguments, environment: environment)
    // What the program says here is short: no pipe fills up while the other is read.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: said, as: UTF8.self), error: String(decoding: complained, as: UTF8.self))
  }
}
