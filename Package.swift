// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled the same way: Swift 6 language mode, and a warning is an error, except for
/// deprecations, which a newer toolchain may add on its own.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "Pare",
  products: [
    .executable(name: "pare", targets: ["pare"]),
    .library(
      name: "CompressionCore",
      targets: ["Tensor", "Graph", "Formats", "Engine", "Compression", "Workbench"]),
  ],
  targets: [
    // System libraries: a module map and a shim each.
    .systemLibrary(name: "CCurses", providers: [.apt(["libncurses-dev"])]),
    .systemLibrary(name: "CLAPACK", providers: [.apt(["liblapacke-dev", "libopenblas-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CSPNG", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CTurboJPEG", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CZip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),

    // The core, from the bottom up.
    room("Tensor", ["CXXHash"]),
    room("Graph", ["Tensor"]),
    room("Formats", ["Graph", "Tensor", "CSPNG", "CTurboJPEG", "CZip", "CZlib"]),
    room("Engine", ["Graph", "Tensor", "CLAPACK", "COneDNN"]),
    room("Compression", ["Engine", "Graph", "Tensor"]),
    room(
      "Workbench",
      ["Compression", "Formats", "Engine", "Graph", "Tensor", "CMalloc", "CSQLite", "CZlib", "CZstd"]),

    // The screen.
    room("Terminal", ["CCurses"]),
    room("Dashboard", ["Workbench", "Terminal", "Compression", "Formats", "Graph", "Tensor"]),
    .executableTarget(
      name: "pare",
      dependencies: [
        "Dashboard", "Workbench", "Terminal", "Compression", "Formats", "Engine", "Graph", "Tensor",
      ],
      swiftSettings: strict),

    // Tests mirror the rooms.
    tests("TensorTests", ["Tensor"]),
    tests("GraphTests", ["Graph", "Tensor"]),
    tests("FormatsTests", ["Formats", "Graph", "Tensor"]),
    tests("EngineTests", ["Engine", "Formats", "Graph", "Tensor"]),
    tests("CompressionTests", ["Compression", "Engine", "Formats", "Graph", "Tensor"]),
    tests(
      "WorkbenchTests",
      ["Workbench", "Compression", "Engine", "Formats", "Graph", "Tensor", "CZlib", "CZstd"]),
    tests("TerminalTests", ["Terminal"]),
    tests(
      "DashboardTests", ["Dashboard", "Workbench", "Terminal", "Compression", "Graph", "Tensor"],
      exclude: ["Golden"]),
    tests("PareTests", ["pare", "Workbench", "Compression", "Formats", "Engine", "Graph", "Tensor"]),
  ]
)
