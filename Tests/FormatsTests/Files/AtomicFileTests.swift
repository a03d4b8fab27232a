import Formats
import Foundation
import Testing

@Suite struct AtomicFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func writesAndReplaces() throws {
    let path = directory.file("a.txt")
    try AtomicFile.write("one", to: path)
    try AtomicFile.write(to: path) { (file) throws(FormatError) in
      try file.append([116, 119])
      try file.append([111])
    }
    #expect(try contents(path) == "two")
    #expect(try directory.contents == ["a.txt"])
  }

  @Test func failureKeepsTheOldFileAndLeavesNothingElse() throws {
    let path = try directory.write("old", to: "a.txt")
    expectReason("half way") {
      try AtomicFile.write(to: path) { (file) throws(FormatError) in
        try file.append([1, 2, 3])
        throw FormatError(path, "failed half way")
      }
    }
    #expect(try contents(path) == "old")
    #expect(try directory.contents == ["a.txt"])
  }

  @Test func followsLinksAndKeepsPermissions() throws {
    let path = try directory.write("old", to: "real.txt")
    #expect(chmod(path, 0o640) == 0)
    #expect(symlink("real.txt", directory.file("link.txt")) == 0)
    try AtomicFile.write("new", to: directory.file("link.txt"))
    #expect(try contents(path) == "new")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try directory.contents == ["link.txt", "real.txt"])
  }

  @Test func saysWhyItCannotWrite() {
    expectReason(directory.path, "is a directory") { try AtomicFile.write("x", to: directory.path) }
    let missing = directory.file("no/such/a.txt")
    expectReason(missing, "No such file or directory") { try AtomicFile.write("x", to: missing) }
    expectReason("/dev/full", "No space left") { try AtomicFile.write("x", to: "/dev/full") }
  }

  @Test func devicesStayDevices() throws {
    try AtomicFile.write("x", to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }
}
