import Compression
import Dashboard
import Testing

struct DistillingSliderTests {
  @Test func everyPlaceIsAValueThatIsReadBack() {
    for slider in DistillingSlider.allCases {
      for tick in 0...slider.scale.lastTick {
        var settings = DistillationSettings()
        slider.set(tick, in: &settings)
        #expect(slider.tick(settings) == tick, "\(slider) at \(tick)")
      }
    }
  }

  @Test func theStandardValuesArePlaces() {
    let standard = DistillationSettings()
    for slider in DistillingSlider.allCases {
      var settings = standard
      slider.set(slider.tick(standard), in: &settings)
      #expect(settings == standard, "\(slider)")
    }
  }

  @Test func whatLiesBetweenPlacesIsShownAsItIs() {
    #expect(DistillingSlider.batchSize.text(DistillationSettings(batchSize: 100)) == "100")
  }

  @Test func aStudentOfAnotherKindIsCalledSo() {
    func text(_ student: DistillationSettings.Student) -> String {
      DistillingSlider.width.text(DistillationSettings(student: student))
    }
    #expect(text(.compressed) == "100 %" && text(.width(0.25)) == "25 %" && text(.width(0.125)) == "12.5 %")
    #expect(text(.withoutBlocks(["a"])) == "no blocks" && text(.file("a.onnx")) == "a file")
  }

  @Test func fewerEpochsThanTheWarmUpShortenIt() {
    var settings = DistillationSettings(warmUpEpochs: 3, epochs: 5)
    DistillingSlider.epochs.set(0, in: &settings)
    #expect(settings.epochs == 1 && settings.warmUpEpochs == 1)
  }
}
