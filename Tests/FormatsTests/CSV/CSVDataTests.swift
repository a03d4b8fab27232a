import Formats
import Tensor
import Testing

@Suite struct CSVDataTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func load(_ text: String, _ options: DataOptions = DataOptions()) throws -> Dataset {
    try Dataset.load(try directory.write(text, to: "data.csv"), options)
  }

  @Test func theLastColumnIsTheLabel() throws {
    let data = try load("1,2.5,0\r\n-3,4e1,1\r\n\r\n")
    #expect(data.samples.shape == [2, 2])
    #expect(data.samples.floats == [1, 2.5, -3, 40])
    #expect(data.classLabels == [0, 1])
  }

  @Test func namesMayHeadTheColumns() throws {
    let text = "kind,\"length, cm\",width\nb,1,2\n\"a \"\"x\"\"\",3,4\nb,5,6"
    let data = try load(text, DataOptions(label: .name("kind")))
    #expect(data.samples.floats == [1, 2, 3, 4, 5, 6])
    #expect(data.classes == [#"a "x""#, "b"])
    #expect(data.classLabels == [1, 0, 1])
    #expect(try load(text, DataOptions(label: .index(-3))).classLabels == [1, 0, 1])
    let named = DataOptions(label: .index(0), classes: ["b", #"a "x""#])
    #expect(try load(text, named).classLabels == [0, 1, 0])
  }

  @Test func targetsAreNumbers() throws {
    let data = try load("a,price\n1,2.5\n2,3\n", DataOptions(task: .regression))
    #expect(data.labels?.floats == [2.5, 3])
    #expect(try load("1,2\n3,4\n", DataOptions(task: .fidelity)).samples.floats == [1, 2, 3, 4])
  }

  @Test func saysWhatIsWrong() throws {
    expectReason("line 2 has 1 fields") { _ = try load("1,2\n3\n") }
    expectReason("line 2, field 1: 'x' is no number") { _ = try load("1,2\nx,3\n") }
    expectReason("line 2, field 1: 'nan' is no number") { _ = try load("1,2\nnan,3\n") }
    expectReason("line 1 opens a quote") { _ = try load("\"1,2\n3,4\n") }
    expectReason("behind a closing quote") { _ = try load("\"1\"2,3\n") }
    expectReason("no column 'z'") { _ = try load("a,b\n1,2\n", DataOptions(label: .name("z"))) }
    expectReason("no column 2") { _ = try load("1,2\n", DataOptions(label: .index(2))) }
    expectReason("no column but the label's") { _ = try load("1\n2\n") }
    expectReason("holds no samples") { _ = try load("a,b\n") }
    expectReason("--task regression") { _ = try load("1,2.5\n") }
    expectReason("line 1: label 'x' is no number") { _ = try load("1,x\n", DataOptions(task: .regression)) }
    expectReason("none of the classes") { _ = try load("1,x\n", DataOptions(classes: ["y"])) }
    expectReason("no directory of pictures") {
      _ = try load("1,2\n", DataOptions(preprocessing: Preprocessing(geometry: ImageGeometry(crop: 3))))
    }
  }
}
