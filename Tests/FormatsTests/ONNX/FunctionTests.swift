import Formats
import Graph
import Tensor
import Testing

/// Functions that a model defines for itself.
@Suite struct FunctionTests {
  private typealias Build = MessageBuilder

  private func function(
    _ name: String, _ inputs: [String], _ outputs: [String], _ nodes: [WireWriter],
    attributes: [String] = [], defaults: [WireWriter] = [], opset: Int? = 17
  ) -> WireWriter {
    Build.message {
      $0.text(1, name)
      for input in inputs { $0.text(4, input) }
      for output in outputs { $0.text(5, output) }
      for attribute in attributes { $0.text(6, attribute) }
      for node in nodes { $0.message(7, node) }
      if let opset { $0.message(9, Build.message { $0.int(2, opset) }) }
      $0.text(10, "my")
      for each in defaults { $0.message(11, each) }
    }
  }

  private func model(_ nodes: [WireWriter], _ functions: [WireWriter]) throws -> Graph {
    try Build.read(
      Build.model {
        for node in nodes { $0.message(1, node) }
        $0.message(11, Build.message { $0.text(1, "x") })
        $0.message(12, Build.message { $0.text(1, "y") })
      } _: {
        for function in functions { $0.message(25, function) }
        $0.message(
          8,
          Build.message {
            $0.text(1, "my")
            $0.int(2, 1)
          })
      })
  }

  private func float(_ name: String, _ value: Float) -> WireWriter {
    Build.message {
      $0.text(1, name)
      $0.float(2, value)
      $0.int(20, 1)
    }
  }

  private func reference(_ name: String, to other: String) -> WireWriter {
    Build.message {
      $0.text(1, name)
      $0.int(20, 1)
      $0.text(21, other)
    }
  }

  @Test func takesThePlaceOfItsCalls() throws {
    let leaky = function(
      "leaky", ["a"], ["b"],
      [
        Build.node("LeakyRelu", ["a"], ["t"], name: "act", attributes: [reference("alpha", to: "slope")]),
        Build.node("Neg", ["t"], ["b"]),
      ], defaults: [float("slope", 0.25)])
    let graph = try model(
      [
        Build.node("leaky", ["x"], ["h"], domain: "my", name: "one"),
        Build.node("leaky", ["h"], ["y"], domain: "my", name: "two", attributes: [float("slope", 0.5)]),
      ], [leaky])
    #expect(graph.nodes.map(\.type.name) == ["LeakyRelu", "Neg", "LeakyRelu", "Neg"])
    let slopes = graph.nodes.compactMap { node -> Float? in
      if case .float(let slope)? = node.attributes["alpha"] { slope } else { nil }
    }
    #expect(slopes == [0.25, 0.5])
    #expect(graph.nodes[0].name == "one/call.1/act" && graph.nodes[2].name == "two/call.2/act")
    #expect(graph.nodes[0].inputs == ["x"] && graph.nodes[1].outputs == ["h"])
    #expect(graph.nodes[3].outputs == ["y"])
    #expect(Set(graph.nodes.flatMap(\.outputs)).count == 4)
  }

  @Test func anAttributeWithoutValueIsLeftOut() throws {
    let leaky = function(
      "leaky", ["a"], ["b"],
      [Build.node("LeakyRelu", ["a"], ["b"], attributes: [reference("alpha", to: "slope")])],
      attributes: ["slope"])
    let graph = try model([Build.node("leaky", ["x"], ["y"], domain: "my")], [leaky])
    #expect(graph.nodes[0].attributes.isEmpty)
  }

  @Test func constantsOfACallAreItsOwn() throws {
    let shift = function(
      "shift", ["a"], ["b"],
      [
        Build.node("Constant", [], ["c"], attributes: [reference("value_float", to: "by")]),
        Build.node("Add", ["a", "c"], ["b"]),
      ])
    let graph = try model(
      [
        Build.node("shift", ["x"], ["h"], domain: "my", attributes: [float("by", 1)]),
        Build.node("shift", ["h"], ["y"], domain: "my", attributes: [float("by", 2)]),
      ], [shift])
    #expect(graph.nodes.count == 2)
    #expect(graph.nodes.map { graph.constants[$0.inputs[1]]?.floats } == [[1], [2]])
  }

  @Test func handsOnAnInput() throws {
    let same = function("same", ["a"], ["a"], [])
    let graph = try model([Build.node("same", ["x"], ["y"], domain: "my")], [same])
    #expect(graph.nodes.map(\.type.name) == ["Identity"])
    #expect(graph.nodes[0].inputs == ["x"] && graph.nodes[0].outputs == ["y"])
  }

  @Test func aThousandNestedCallsAreNoTrap() throws {
    var functions = [function("f0", ["a"], ["b"], [Build.node("Relu", ["a"], ["b"])])]
    for index in 1...1000 {
      functions.append(
        function("f\(index)", ["a"], ["b"], [Build.node("f\(index - 1)", ["a"], ["b"], domain: "my")]))
    }
    let graph = try model([Build.node("f1000", ["x"], ["y"], domain: "my")], functions)
    #expect(graph.nodes.map(\.type.name) == ["Relu"])
    #expect(graph.nodes[0].inputs == ["x"] && graph.nodes[0].outputs == ["y"])
  }

  @Test func circlesAndExplosionsAreRefused() {
    let calls = { (name: String) in Build.node(name, ["a"], ["b"], domain: "my") }
    let circle = [function("f", ["a"], ["b"], [calls("g")]), function("g", ["a"], ["b"], [calls("f")])]
    expectReason("function my.f calls itself") { _ = try model([Build.node("Relu", ["x"], ["y"])], circle) }
    var doubling = [function("f0", ["a"], ["b"], [Build.node("Relu", ["a"], ["b"])])]
    for index in 1...40 {
      doubling.append(
        function(
          "f\(index)", ["a"], ["b"],
          [
            Build.node("f\(index - 1)", ["a"], ["t"], domain: "my"),
            Build.node("f\(index - 1)", ["t"], ["b"], domain: "my"),
          ]))
    }
    expectReason("more than 250000 nodes") {
      _ = try model([Build.node("f40", ["x"], ["y"], domain: "my")], doubling)
    }
  }

  /// Functions that each call the one before twice, at `levels` levels.
  private func doubling(_ body: WireWriter, name: String = "", levels: Int) throws -> Graph {
    var functions = [function("f0", ["a"], ["b"], [body])]
    for index in 1...levels {
      let calls = [("a", "t"), ("t", "b")].map {
        Build.node("f\(index - 1)", [$0], [$1], domain: "my", name: name)
      }
      functions.append(function("f\(index)", ["a"], ["b"], calls))
    }
    return try model([Build.node("f\(levels)", ["x"], ["y"], domain: "my", name: name)], functions)
  }

  /// What grows beside the number of nodes: names, and nodes of graphs inside.
  @Test func growthIsBounded() throws {
    let relu = Build.node("Relu", ["a"], ["b"])
    #expect(try doubling(relu, name: "layer", levels: 6).nodes.count == 64)
    // Names of calls in calls would grow with each: long ones do not stand before those within.
    let long = try doubling(relu, name: String(repeating: "n", count: 20_000), levels: 9)
    #expect(long.nodes.count == 512)
    #expect(long.nodes.flatMap(\.outputs).allSatisfy { $0.utf8.count < 1000 })
    let branch = Build.message { graph in
      for _ in 0..<2000 { graph.message(1, Build.node("Relu", ["a"], ["c"])) }
      graph.message(12, Build.message { $0.text(1, "c") })
    }
    let attribute = Build.message {
      $0.text(1, "then_branch")
      $0.message(6, branch)
      $0.int(20, 5)
    }
    expectReason("more than 250000 nodes") {
      _ = try doubling(Build.node("If", ["a"], ["b"], attributes: [attribute]), levels: 8)
    }
  }

  /// Names that look like ours, in any number, are left to the file.
  @Test func namesOfTheFileStayItsOwn() throws {
    let relu = function(
      "f", ["a"], ["b"], [Build.node("Relu", ["a"], ["t"]), Build.node("Neg", ["t"], ["b"])])
    let taken = (1...3000).map { Build.node("Abs", ["x"], ["f/call\($0 == 1 ? "" : String($0)).1/t"]) }
    let graph = try model(taken + [Build.node("f", ["x"], ["y"], domain: "my")], [relu])
    #expect(graph.nodes.last?.inputs == ["f/call3001.1/t"])
  }

  @Test func saysWhatDoesNotFit() {
    let relu = function("f", ["a"], ["b"], [Build.node("Relu", ["a"], ["b"])])
    expectReason("2 inputs and 1 outputs, but that has 1 and 1") {
      _ = try model([Build.node("f", ["x", "x"], ["y"], domain: "my")], [relu])
    }
    expectReason("twice") { _ = try model([], [relu, relu]) }
    let old = function("f", ["a"], ["b"], [Build.node("Relu", ["a"], ["b"])], opset: 9)
    expectReason("function my.f uses Relu of version 9", "version 17") { _ = try model([], [old]) }
  }

  @Test func anotherVersionWithTheSameOperatorsIsTaken() throws {
    // Since version 13, Neg and Sub are what they are in 17; in version 14 Sub has become another.
    let neg = function("f", ["a"], ["b"], [Build.node("Neg", ["a"], ["b"])], opset: 13)
    let graph = try model([Build.node("f", ["x"], ["y"], domain: "my")], [neg])
    #expect(graph.nodes.map(\.type.name) == ["Neg"] && graph.opsets[""] == 17)
    let sub = function("f", ["a"], ["b"], [Build.node("Sub", ["a", "a"], ["b"])], opset: 13)
    expectReason("my.f uses Sub of version 13") { _ = try model([], [sub]) }
  }

  @Test func attributesReachGraphsInAFunction() throws {
    func branch(_ node: WireWriter) -> WireWriter {
      Build.message {
        $0.message(1, node)
        $0.message(12, Build.message { $0.text(1, "r") })
      }
    }
    func graph(_ name: String, _ value: WireWriter) -> WireWriter {
      Build.message {
        $0.text(1, name)
        $0.message(6, value)
        $0.int(20, 5)
      }
    }
    let choose = function(
      "choose", ["a", "c"], ["b"],
      [
        Build.node(
          "If", ["c"], ["b"],
          attributes: [
            graph(
              "then_branch",
              branch(Build.node("LeakyRelu", ["a"], ["r"], attributes: [reference("alpha", to: "slope")]))),
            graph(
              "else_branch",
              branch(Build.node("Elu", ["a"], ["r"], attributes: [reference("alpha", to: "none")]))),
          ])
      ], defaults: [float("slope", 0.25)])
    let model = try model(
      [
        Build.node("choose", ["x", "x"], ["h"], domain: "my"),
        Build.node("choose", ["h", "x"], ["y"], domain: "my", attributes: [float("slope", 0.5)]),
      ], [choose])
    let slopes = model.nodes.map { node -> Float? in
      guard case .graph(let then)? = node.attributes["then_branch"],
        case .float(let slope)? = then.nodes[0].attributes["alpha"]
      else { return nil }
      return slope
    }
    #expect(slopes == [0.25, 0.5])
    guard case .graph(let other)? = model.nodes[0].attributes["else_branch"] else {
      Issue.record("no else_branch")
      return
    }
    #expect(other.nodes[0].attributes.isEmpty)
  }

  @Test func aGraphThatACallGivesIsOfTheCaller() throws {
    // The function has a value of the same name as the one that the branch reads.
    let branch = Build.message {
      $0.message(1, Build.node("Neg", ["t"], ["r"]))
      $0.message(12, Build.message { $0.text(1, "r") })
    }
    let given = Build.message {
      $0.text(1, "body")
      $0.message(6, branch)
      $0.int(20, 5)
    }
    let choose = function(
      "choose", ["c"], ["b"],
      [
        Build.node("Relu", ["c"], ["t"]),
        Build.node(
          "If", ["t"], ["b"],
          attributes: [reference("then_branch", to: "body"), reference("else_branch", to: "body")]),
      ])
    let model = try model(
      [
        Build.node("Abs", ["x"], ["t"]),
        Build.node("choose", ["x"], ["y"], domain: "my", attributes: [given]),
      ], [choose])
    let choice = try #require(model.nodes.first { $0.type == "If" })
    #expect(choice.captured.contains { $0.1 == "t" })
  }
}
