import Foundation
import Testing
import Workbench

struct PowerSourceTests {
  private func machine(_ supplies: [String: [String: String]]) throws -> String {
    let directory = FileManager.default.temporaryDirectory.path + "/pare-power-\(UUID().uuidString)"
    for (supply, facts) in supplies {
      try FileManager.default.createDirectory(
        atPath: "\(directory)/\(supply)", withIntermediateDirectories: true)
      for (name, value) in facts {
        try (value + "\n").write(toFile: "\(directory)/\(supply)/\(name)", atomically: true, encoding: .utf8)
      }
    }
    return directory
  }

  @Test func aBatteryThatRunsDownIsOne() throws {
    let battery = ["type": "Battery", "status": "Discharging"]
    let plugged = ["type": "Mains", "online": "1"]
    let unplugged = ["type": "Mains", "online": "0"]
    #expect(PowerSource(directory: try machine(["BAT0": battery, "AC": unplugged])).isBattery)
    #expect(!PowerSource(directory: try machine(["BAT0": battery, "AC": plugged])).isBattery)
    #expect(!PowerSource(directory: try machine(["BAT0": ["type": "Battery", "status": "Full"]])).isBattery)
    #expect(!PowerSource(directory: "/nonexistent").isBattery)
  }
}
