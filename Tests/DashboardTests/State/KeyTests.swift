import Compression
import Dashboard
import Terminal
import Testing
import Workbench

struct KeyTests {
  @Test func stepsTensAndTenths() throws {
    var desk = try Desk()
    desk.press("j l l right")
    #expect(desk.layer("conv1").amount == 0.03)
    desk.press("L shift-right")
    #expect(desk.layer("conv1").amount == 0.23)
    desk.press("ctrl-left h H")
    #expect(desk.layer("conv1").amount == 0.119)
    desk.press("end")
    #expect(desk.layer("conv1").amount == 1)
    desk.press("home")
    #expect(desk.layer("conv1").amount == 0)
  }

  @Test(arguments: [
    ("enter '37.5 enter", 0.375), ("5 '0% enter", 0.5), ("enter '0.375 enter", 0.375), (". '25 enter", 0.25),
    ("enter enter", 0.2), ("4 escape", 0.2), ("+ '5 enter", 0.25), ("backspace", 0),
    ("1 backspace backspace", 0.2),
  ])
  func exactEntry(keys: String, amount: Double) throws {
    var desk = try Desk()
    desk.press("j L L pause " + keys)
    #expect(desk.layer("conv1").amount == amount)
    #expect(desk.state.overlay == nil)
  }

  @Test func entryThatIsNoNumberIsKeptAndExplained() throws {
    var desk = try Desk()
    desk.press("j 1 '50 enter")
    guard case .entry = desk.state.overlay else {
      Issue.record("the entry is gone")
      return
    }
    #expect(desk.state.message?.kind == .failure)
    desk.press("backspace enter")
    #expect(desk.layer("conv1").amount == 0.15)
  }

  @Test func bitsSnap() throws {
    var desk = try Desk()
    desk.press("j w h h")
    #expect(desk.layer("conv1").weightBits == 6)
    desk.press("a home")
    #expect(desk.layer("conv1").activationBits == 2)
    desk.press("backspace")
    #expect(desk.layer("conv1").activationBits == 32)
    desk.press("backtab 4 enter")
    #expect(desk.layer("conv1").weightBits == 4)
  }

  @Test func focusStopsAtTheEnds() throws {
    var desk = try Desk()
    desk.press("k k")
    #expect(desk.state.focus == Focus(.master, .prune))
    desk.press("pagedown pagedown")
    #expect(desk.state.focus.row == .layer(3))
    desk.press("tab tab tab")
    #expect(desk.state.focus.column == .prune)
  }

  @Test func manyLayersScroll() {
    var desk = Desk(Sample.tower(80), 80, 24)
    for _ in 0..<40 { desk.press("j") }
    #expect(desk.state.offset > 20)
    #expect(desk.screen.dump().contains("▸ features.39.conv"))
    for _ in 0..<40 { desk.press("k") }
    #expect(desk.state.offset == 0)
  }

  @Test func sizeAndMACsChangeAtOnceAndAccuracyIsStale() throws {
    var desk = try Desk()
    desk.load()
    let size = desk.state.cost.sizeBytes
    desk.press("w home")
    #expect(desk.state.cost.sizeBytes < size / 8)
    #expect(desk.state.measurement.isStale)
    #expect(desk.state.measurement.evaluation?.correct == 9203)
    #expect(desk.screen.dump().contains("stale"))
    desk.take(.evaluated(generation: desk.state.generation, Desk.evaluation(800, of: 1000)))
    #expect(!desk.state.measurement.isStale)
    #expect(desk.screen.dump().contains("80.00 ±2.4"))
    desk.measure(7950)
    #expect(desk.state.measurement.isExact)
  }

  @Test func resultsOfThePastAreDropped() throws {
    var desk = try Desk()
    desk.load()
    desk.press("l")
    let old = desk.state.generation
    desk.press("l")
    desk.take(.evaluated(generation: old, Desk.evaluation(1)))
    #expect(desk.state.measurement.isStale)
  }

  @Test func channelsAreRemovedOnlyWhereThatCanBe() throws {
    var desk = try Desk()
    desk.press("j j j L c")
    #expect(desk.layer("fc1").unit == .channel() && desk.layer("fc1").norm == 2)
    desk.press("c")
    #expect(desk.layer("fc1").unit == .channel(remove: true))
    desk.press("c")
    #expect(desk.layer("fc1").unit == .weight && desk.layer("fc1").norm == 1)
    // The outputs of the last layer are the classes.
    desk.press("j c c")
    #expect(desk.layer("fc2").unit == .weight)
    #expect(desk.state.message?.kind == .failure)
    #expect(desk.state.message?.text.contains("fc2") == true)
  }

  @Test func headsComeBehindChannelsWhereThereAreSome() throws {
    var subject = Sample.tower(2)
    subject.coupling = { layer in
      var coupling = ChannelCoupling(channels: 6, layers: ["k", "v"], nodes: [], readers: ["out"])
      coupling.hasHeads = layer == 0
      return coupling
    }
    var desk = Desk(subject, 118, 30)
    func unit(_ layer: Int) -> PruningRule.Unit { desk.state.settings.layers[layer].unit }
    desk.press("j L L L L L c c")
    desk.take(.probed(.layer(0), failures: [:]))
    #expect(unit(0) == .channel(remove: true))
    desk.press("c")
    #expect(unit(0) == .head() && desk.state.recipe.pruning.map(\.unit) == [.head()])
    desk.press("pause l pause")
    #expect(desk.screen.dump().contains("3 of 6 heads are set to zero, the smallest L2 norm first."))
    desk.press("n")
    #expect(desk.layer("features.0.conv").ranking.text(for: unit(0)) == "L1")
    desk.press("c")
    #expect(unit(0) == .head(remove: true))
    desk.press("pause l pause")
    #expect(desk.screen.dump().contains("Removes 3 of 6 heads; k, v shrink with it."))
    desk.press("c")
    #expect(unit(0) == .weight)
    desk.press("j c c")
    desk.take(.probed(.layer(1), failures: [:]))
    desk.press("c")
    #expect(unit(1) == .weight)
  }

  @Test func switchesReachTheRecipe() throws {
    var desk = try Desk()
    desk.press("j w home g z a home z p o j o")
    #expect(
      desk.state.recipe.weights == [
        WeightRule(layers: ["conv1"], bits: 2, scheme: .affine, granularity: .tensor)
      ])
    #expect(desk.state.recipe.activations == [ActivationRule(layers: ["conv1"], bits: 2, scheme: .symmetric)])
    #expect(desk.state.recipe.pruning.map(\.scope) == [.global])
    #expect(desk.state.recipe.pruning.map(\.layers) == [["conv1", "conv2"]])
    desk.press("o")
    #expect(desk.state.recipe.pruning.map(\.scope) == [.global, .output])
    desk.press("c")
    // What is a whole output channel is not ranked within one.
    #expect(desk.state.recipe.pruning.map(\.scope) == [.global, .layer])
  }

  @Test func criteriaComeInTurn() throws {
    var desk = try Desk()
    func rankings(_ count: Int) -> [String] {
      (0..<count).map { _ in
        desk.press("n")
        #expect(desk.state.message?.kind != .failure)
        return desk.layer("fc1").ranking.text(for: desk.layer("fc1").unit)
      }
    }
    desk.press("j j j L")
    #expect(rankings(6) == ["random", "lamp", "wanda", "sparsegpt", "taylor", "magnitude"])
    desk.press("c")
    // Nothing here has a batch normalisation behind it.
    #expect(rankings(7) == ["L1", "random", "fpgm", "wanda", "apoz", "taylor", "L2"])
    desk.press("n n n")
    #expect(desk.state.recipe.pruning.map(\.criterion) == ["fpgm"])
    // Single weights cannot be ranked by it.
    desk.press("c c")
    #expect(desk.state.recipe.pruning.map(\.criterion) == [nil])
    #expect(desk.state.recipe.pruning.map(\.unit) == [.weight])
  }

  @Test func waysToRoundGoRound() throws {
    var desk = try Desk()
    desk.press("j w 4 enter b")
    #expect(desk.layer("conv1").linear == LinearOptions(calibration: .mse))
    desk.press("b")
    #expect(desk.layer("conv1").linear == LinearOptions(method: .gptq()))
    #expect(desk.state.recipe.weights.map(\.linear.method) == [.gptq()])
    desk.press("b")
    #expect(desk.layer("conv1").linear == .standard)
    // A codebook knows one way only.
    desk.press("z z b")
    #expect(desk.layer("conv1").linear == .standard)
    #expect(desk.state.message?.kind == .note)
  }

  /// fc1 has 800 inputs, which 32 divides, 64 and 128 do not.
  @Test func granularitiesGoRound() throws {
    var desk = try Desk()
    desk.press("j j j w 4 enter g")
    #expect(
      desk.state.recipe.weights == [WeightRule(layers: ["fc1"], bits: 4, granularity: .block(32))])
    desk.press("g")
    #expect(desk.layer("fc1").granularity == .tensor)
    desk.press("g")
    #expect(desk.layer("fc1").granularity == .channel)
  }

  @Test func schemesAndCalibrationsGoRound() throws {
    var desk = try Desk()
    desk.press("j w home z z z z z")
    #expect(desk.layer("conv1").weightScheme == .float16)
    #expect(desk.state.recipe.weights == [WeightRule(layers: ["conv1"], bits: 16, scheme: .float16)])
    desk.press("z z")
    #expect(desk.state.recipe.weights == [WeightRule(layers: ["conv1"], bits: 8, scheme: .float8E4M3)])
    #expect(desk.screen.dump().contains("float8 e4m3"))
    desk.press("home")
    #expect(desk.layer("conv1").weightScheme == .symmetric)
    desk.press("a home g g")
    #expect(desk.layer("conv1").calibration == .percentile(99.999))
    desk.press("g g g")
    #expect(desk.layer("conv1").calibration == .minmax)
  }

  @Test func masterPutsAllIntoOneList() throws {
    var desk = try Desk()
    desk.press("L o L")
    #expect(
      desk.state.recipe.pruning == [PruningRule(layers: ["*"], scope: .global, amount: .fraction(0.2))])
    desk.press("o")
    #expect(desk.state.recipe.pruning == [PruningRule(layers: ["*"], amount: .fraction(0.2))])
  }

  @Test func aModelThatCannotBeMeasuredSaysSoOnAndOn() throws {
    var desk = try Desk()
    desk.take(.dataLoaded(name: "validation", samples: 10_000, task: .classification))
    desk.take(.failed(generation: nil, "x.onnx: the model takes no input"))
    #expect(desk.screen.dump().contains("● not measured"))
    desk.press("l")
    #expect(desk.screen.dump().contains("● not measured"))
    #expect(desk.screen.dump().contains("takes no input"))
  }

  @Test func quits() throws {
    for key in ["q", "ctrl-c"] {
      var desk = try Desk()
      desk.press(key)
      #expect(desk.state.isDone)
    }
    var tiny = try Desk(20, 5)
    tiny.press("l q")
    #expect(tiny.state.isDone)
    #expect(tiny.state.recipe == .empty)
  }

  @Test func settingsThatCannotBeAreExplained() throws {
    var desk = try Desk()
    let recipe = try Recipe(
      json: """
        {"pare": 1, "pruning": [{"layers": ["fc2"], "unit": "channel", "remove": true, "amount": 0.5}]}
        """)
    desk.state = State(
      try Sample.subject(), trail: Trail(recipe), size: Size(columns: 80, rows: 24), look: desk.state.look)
    desk.take(.started)
    #expect(desk.state.costFailure?.contains("fc2") == true)
    #expect(desk.screen.dump().contains("cannot be carried out"))
  }
}
