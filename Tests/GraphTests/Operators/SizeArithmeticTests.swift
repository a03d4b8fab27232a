import Graph
import Tensor
import Testing

/// Sizes that a graph computes by comparing and choosing.
@Suite struct SizeArithmeticTests {
  private let sizes = Facts(dtype: .int64, dims: [3], elements: [batch, 50, batch * 4])

  /// What `expand` makes of a shape with -1: Equal and Where.
  @Test func choosesSizes() throws {
    let wanted = Facts(dtype: .int64, dims: [3], elements: [-1, 50, batch])
    let isOpen = try Probe("Equal", [wanted, .number(-1)], opset: 19)
    #expect(isOpen.outputs[0].dtype == .bool)
    #expect(isOpen.outputs[0].elements == [1, 0, 0])
    let chosen = try Probe("Where", [isOpen.outputs[0], sizes, wanted])
    #expect(chosen.outputs[0].elements == [batch, 50, batch])
  }

  @Test(
    arguments: [
      ("Equal", [.unknown, 1, .unknown]), ("Less", [.unknown, 0, .unknown]),
      ("Greater", [.unknown, 0, .unknown]),
      ("Max", [.unknown, 50, .unknown]), ("Min", [.unknown, 50, .unknown]), ("Mod", [.unknown, 0, .unknown]),
    ] as [(OperatorType, [Dim])])
  func leavesOpenWhatNamesDecide(type: OperatorType, elements: [Dim]) throws {
    #expect(try Probe(type, [sizes, .number(50)]).outputs[0].elements == elements)
  }

  @Test(
    arguments: [
      ("Greater", [1, 1, 1]), ("LessOrEqual", [0, 0, 0]), ("Less", [0, 0, 0]), ("GreaterOrEqual", [1, 1, 1]),
      ("Max", [batch, 50, batch * 4]), ("Min", [-1, -1, -1]), ("Mod", [0, 0, 0]),
    ] as [(OperatorType, [Dim])])
  func namesAreNeverNegative(type: OperatorType, elements: [Dim]) throws {
    #expect(try Probe(type, [sizes, .number(-1)]).outputs[0].elements == elements)
  }

  @Test(
    arguments: [
      ("Neg", [batch * -1, -50, batch * -4]), ("Abs", [batch, 50, batch * 4]),
    ] as [(OperatorType, [Dim])])
  func functionsOfSizes(type: OperatorType, elements: [Dim]) throws {
    #expect(try Probe(type, [sizes]).outputs[0].elements == elements)
  }

  @Test func reducesSizes() throws {
    let product = try Probe("ReduceProd", [sizes], ["keepdims": .int(0)])
    #expect(product.dims == [])
    #expect(product.outputs[0].elements == [batch * batch * 200])
    let list = Facts.list(3, 5, 4)
    #expect(try Probe("ReduceSum", [list]).outputs[0].elements == [12])
    #expect(try Probe("ReduceMax", [list]).outputs[0].elements == [5])
    #expect(try Probe("ReduceMin", [list]).outputs[0].elements == [3])
  }

  /// What scaling by a factor becomes: Cast, Mul, Floor, Cast.
  @Test func followsSizesThroughRealNumbers() throws {
    let real = try Probe("Cast", [sizes], ["to": .int(1)]).outputs[0]
    let doubled = try Probe("Mul", [real, Facts(Tensor(scalar: Float(2)))]).outputs[0]
    let whole = try Probe("Floor", [doubled]).outputs[0]
    #expect(try Probe("Cast", [whole], ["to": .int(7)]).outputs[0].elements == [batch * 2, 100, batch * 8])
    let third = try Probe("Div", [real, Facts(Tensor(scalar: Float(3)))]).outputs[0]
    #expect(third.elements == nil)
  }

  @Test func forgetsWhatATypeCannotHold() throws {
    let bytes = Facts(Tensor([UInt8(200), 3]))
    #expect(try Probe("Add", [bytes, bytes]).outputs[0].elements == [.unknown, 6])
    let large = Facts(dtype: .int64, dims: [2], elements: [Dim(1 << 24 + 1), 7])
    #expect(try Probe("Cast", [large], ["to": .int(1)]).outputs[0].elements == [.unknown, 7])
    #expect(try Probe("Cast", [large], ["to": .int(9)]).outputs[0].elements == [1, 1])
  }

  @Test func truthsOfSizes() throws {
    let (yes, open) = (
      Facts(dtype: .bool, dims: [2], elements: [1, 0]),
      Facts(dtype: .bool, dims: [2], elements: [.unknown, 1])
    )
    #expect(try Probe("Not", [yes]).outputs[0].elements == [0, 1])
    #expect(try Probe("And", [yes, open]).outputs[0].elements == [.unknown, 0])
    #expect(try Probe("Or", [yes, open]).outputs[0].elements == [.unknown, 1])
    #expect(try Probe("Xor", [yes, open]).outputs[0].elements == [.unknown, 1])
  }

  /// Both double at each step, and would soon take all memory.
  @Test func givesUpWhatGrowsWithoutEnd() throws {
    var product = Facts(dtype: .int64, dims: [], elements: [batch])
    var list = Facts(dtype: .int64, dims: [2], elements: [batch, 1])
    for _ in 0..<40 {
      product = try Probe("Mul", [product, product]).outputs[0]
      list = try Probe("Concat", [list, list], ["axis": .int(0)]).outputs[0]
    }
    #expect(product.elements == nil)
    #expect(list.elements == nil)
    #expect(list.dims == [Dim(2 << 40)])
  }
}
