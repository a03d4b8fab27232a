// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that who builds Pare does not build this. `make fuzz` does, with libFuzzer.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "Pare", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "CompressionCore", package: "Pare")],
      swiftSettings: [
        .treatAllWarnings(as: .error),
        // libFuzzer brings `main`.
        .unsafeFlags(["-parse-as-library"]),
      ])
  ]
)
