import Compression
import Dashboard
import Terminal
import Testing

@Suite struct SliderMeaningTests {
  /// What the screen says of a layer whose channels are taken out, before anything else is done.
  private func sentence(layers: [String], nodes: [String]) -> String {
    var subject = Sample.tower(3)
    subject.coupling = { _ in ChannelCoupling(channels: 64, layers: layers, nodes: nodes, readers: []) }
    var desk = Desk(subject, 118, 30)
    desk.press("j c c")
    desk.take(.probed(.layer(0), failures: [:]))
    desk.press("pause L L L pause")
    return desk.screen.dump()
  }

  @Test func saysWhatShrinksWithALayer() {
    #expect(
      sentence(layers: ["dw"], nodes: ["bn1"]).contains("Removes 19 of 64 channels; dw, bn1 shrink with it."))
    #expect(sentence(layers: [], nodes: ["bn1"]).contains("Removes 19 of 64 channels; bn1 shrinks with it."))
    #expect(
      sentence(layers: ["a", "b", "c", "d", "e"], nodes: ["bn1"])
        .contains("Removes 19 of 64 channels; a, b, c and 3 more shrink with it."))
    #expect(
      sentence(layers: [], nodes: [])
        .contains("19 of 64 channels are taken out, the smallest L2 norm first."))
  }
}
