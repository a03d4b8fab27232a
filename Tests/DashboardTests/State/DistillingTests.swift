import Compression
import Dashboard
import Tensor
import Terminal
import Testing
import Workbench

struct DistillingTests {
  /// A training of three epochs, in the middle of the second.
  static func train(_ desk: inout Desk) {
    desk.press("d space")
    desk.take(.training(.preparing))
    desk.take(.training(.begun(score: 0.8710)))
    for batch in 1...40 { desk.take(.training(.progress(progress(1, batch)))) }
    desk.take(.training(.epoch(report(1, 0.9015))))
    for batch in 1...20 { desk.take(.training(.progress(progress(2, batch)))) }
  }

  private static func progress(_ epoch: Int, _ batch: Int) -> TrainingProgress {
    let x = Double(40 * (epoch - 1) + batch)
    return TrainingProgress(
      epoch: epoch, epochs: 3, batch: batch, batches: 40, loss: 1 / x, hard: 0.3 + 1 / x,
      soft: 0.05 + 0.5 / x,
      secondsLeft: 120 - x)
  }

  static func report(_ epoch: Int, _ score: Double, isBest: Bool = true) -> EpochReport {
    EpochReport(
      epoch: epoch, loss: 0.4, hard: 0.4, soft: 0.1, trainAccuracy: 0.9, score: score, seconds: 8,
      isBest: isBest)
  }

  private func desk() throws -> Desk {
    var desk = try Desk()
    desk.load()
    return desk
  }

  @Test func slidersAreTheRecipes() throws {
    var desk = try desk()
    desk.press("d l")
    #expect(desk.state.recipe.distillation?.alpha == 0.75)
    desk.press("j H pause")
    let cooler = try #require(desk.state.recipe.distillation?.temperature)
    #expect(cooler < 2 && cooler > 0.5)
    desk.press("j 0 '.01 enter j 7 enter j end")
    let settings = try #require(desk.state.recipe.distillation)
    #expect(settings.learningRate == 0.01 && settings.epochs == 7 && settings.batchSize == 512)
    desk.press("u")
    #expect(desk.state.recipe.distillation?.batchSize == 64)
    #expect(desk.state.overlay == .distilling)
    desk.press("k 0 enter")
    #expect(desk.state.message?.kind == .failure)
    #expect(desk.state.recipe.distillation?.epochs == 7)
  }

  @Test func lookingChangesNothing() throws {
    var desk = try desk()
    desk.press("d j j k backspace escape")
    #expect(desk.state.recipe == .empty && desk.state.overlay == nil)
  }

  @Test func theBestIsTakenOverAndUndone() throws {
    var desk = try desk()
    desk.press("L L pause d t")
    #expect(desk.state.message?.text.contains("Nothing has been trained") == true)
    let before = desk.state.recipe
    desk.press("escape")
    Self.train(&desk)
    desk.press("t")
    #expect(desk.effects.last == .takeOver)
    let taken = Recipe(weights: [WeightRule(layers: ["*"], bits: 8)], trained: ContentHash("trained"))
    desk.take(.tookOver(taken))
    #expect(desk.state.recipe == taken)
    #expect(desk.effects.contains { if case .apply(_, let recipe) = $0 { recipe == taken } else { false } })
    #expect(desk.state.settings.layers.allSatisfy { $0.weightBits == 8 })
    #expect(desk.state.reference.name == "original")
    // Sliders go on from it, and so does putting them back.
    desk.press("escape L pause")
    #expect(desk.state.recipe.trained == taken.trained && desk.state.recipe != taken)
    desk.press("r pause")
    #expect(desk.state.recipe == Recipe(trained: taken.trained))
    desk.press("u u u")
    #expect(desk.state.recipe == before)
    desk.press("U")
    #expect(desk.state.recipe == taken)
    desk.take(.tookOver(taken))
    #expect(desk.state.message?.text.contains("already") == true)
  }

  /// A trained model may have fewer layers, and going back more again: every frame between can be drawn.
  @Test func layersMayBeOthers() throws {
    var subject = Sample.tower(9)
    subject.trained = { $0 == ContentHash("small") ? Sample.tower(4) : nil }
    var desk = Desk(subject, 118, 30)
    func draw() -> String { Screen.draw(desk.state).dump() }
    desk.press("L pause down down down down down down down down l")
    #expect(desk.state.focus.row.layer == 7)
    let before = desk.state.recipe
    desk.take(.tookOver(Recipe(trained: ContentHash("small"))))
    #expect(desk.state.subject.layers.count == 4 && desk.state.settings.layers.count == 4)
    #expect(desk.state.focus.row.layer == nil)
    #expect(draw().contains("trained") && !draw().contains("features.4"))
    desk.press("down down l")
    _ = draw()
    desk.press("u u")
    #expect(desk.state.recipe == before)
    #expect(draw().contains("features.7"))
    // One that is not to be had any more has the original's layers, and its cost says why.
    desk.take(.tookOver(Recipe(trained: ContentHash("gone"))))
    #expect(desk.state.subject.layers.count == 9)
    _ = draw()
  }

  @Test func startsPausesGoesOnAndStops() throws {
    var desk = try desk()
    desk.press("L L pause d space")
    var trained = desk.state.recipe
    trained.distillation = DistillationSettings()
    #expect(desk.effects.last == .train(trained))
    #expect(desk.state.distilling.status == .preparing)
    desk.take(.training(.begun(score: 0.87)))
    #expect(desk.state.distilling.status == .running)
    desk.press("space")
    #expect(desk.effects.last == .pauseTraining(true))
    desk.take(.training(.paused(true)))
    #expect(desk.state.distilling.status == .paused)
    desk.press("space")
    #expect(desk.effects.last == .pauseTraining(false))
    desk.take(.training(.paused(false)))
    desk.press("x")
    #expect(desk.effects.last == .stopTraining)
    desk.take(.training(.ended(.stopped)))
    #expect(desk.state.distilling.status == .stopped)
    desk.press("space")
    #expect(desk.effects.last == .train(trained))
  }

  @Test func aSliderMovesTheTrainingThatGoesOn() throws {
    var desk = try desk()
    Self.train(&desk)
    desk.press("l")
    #expect(desk.effects.last == .changeTraining(DistillationSettings(alpha: 0.75)))
    desk.take(.training(.changed(at: 1.5)))
    #expect(desk.state.distilling.changes == [1.5])
    // Undo from elsewhere is a change like any other.
    desk.press("pause escape u")
    #expect(desk.effects.last == .changeTraining(DistillationSettings()))
    let count = desk.effects.count
    desk.take(.training(.ended(.finished)))
    desk.press("U")
    #expect(!desk.effects[count...].contains(.changeTraining(DistillationSettings(alpha: 0.75))))
  }

  @Test func anotherWidthBeginsAnew() throws {
    var desk = try desk()
    Self.train(&desk)
    desk.press("j j j j j h")
    let settings = try #require(desk.state.recipe.distillation)
    #expect(settings.student == .width(0.95))
    #expect(desk.effects.last == .changeTraining(settings))
    #expect(desk.state.message?.text == "Another student has other weights: its training begins anew.")
    desk.take(.training(.restarted))
    let distilling = desk.state.distilling
    #expect(distilling.status == .preparing && distilling.slider == .width)
    #expect(distilling.hard.isEmpty && distilling.scores.isEmpty && distilling.best == nil)
    #expect(distilling.recipe == desk.state.recipe && !desk.state.isTrainingOther)
    desk.take(.training(.begun(score: 0.5)))
    #expect(desk.state.distilling.status == .running && desk.state.distilling.startScore == 0.5)
    desk.press("5 0 enter")
    #expect(desk.state.recipe.distillation?.student == .width(0.5))
    desk.press("end")
    #expect(desk.state.recipe.distillation?.student == .compressed)
    desk.take(.training(.ended(.finished)))
    #expect(!desk.state.isTrainingOther)
    desk.press("h")
    #expect(desk.state.isTrainingOther)
  }

  @Test func otherSlidersStayLiveMeanwhile() throws {
    var desk = try desk()
    Self.train(&desk)
    #expect(!desk.state.isTrainingOther)
    desk.press("escape L")
    desk.measure(9000)
    #expect(desk.state.measurement.isExact)
    #expect(desk.state.distilling.status == .running && desk.state.isTrainingOther)
    #expect(desk.screen.dump().contains("training 50 %"))
    desk.take(.training(.ended(.failed("epoch 2, step 3: the loss is nan"))))
    #expect(desk.state.message?.kind == .failure)
  }

  @Test func curvesKeepTheirShapeHoweverLong() throws {
    var desk = try desk()
    desk.press("d space")
    for batch in 1...5000 {
      desk.take(
        .training(
          .progress(
            TrainingProgress(
              epoch: 1, epochs: 1, batch: batch, batches: 5000, loss: 1, hard: Double(batch)))))
    }
    let points = desk.state.distilling.hard
    #expect((300...600).contains(points.count))
    #expect(points.last?.y == 5000 && points.first?.y == 1)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test func theBestStateIsExported() throws {
    var desk = try desk()
    desk.press("d e")
    #expect(desk.state.overlay == .distilling)
    desk.press("escape")
    Self.train(&desk)
    desk.take(.training(.epoch(Self.report(2, 0.89, isBest: false))))
    #expect(desk.state.distilling.best?.epoch == 1)
    desk.press("space e enter")
    #expect(
      desk.effects.last
        == .exportTrained(
          model: "lenet-fashion-distilled.onnx", recipe: "lenet-fashion-distilled.json", overwrite: false))
  }
}
