import Formats
import Graph
import Tensor
import Testing

/// Models that are put together field by field: old ones, and wrong ones.
@Suite struct ModelDecoderTests {
  private func message(_ build: (inout WireWriter) -> Void) -> WireWriter {
    var message = WireWriter()
    build(&message)
    return message
  }

  private func read(
    ir: Int = 8, graph: (inout WireWriter) -> Void = { _ in },
    model: (inout WireWriter) -> Void = { _ in }
  ) throws -> Graph {
    let whole = message {
      $0.int(1, ir)
      $0.message(7, message(graph))
      model(&$0)
    }
    var bytes: [UInt8] = []
    try whole.forEachRun { bytes.append(contentsOf: $0) }
    let storage = Storage(byteCount: bytes.count)
    storage.bytes.copyBytes(from: bytes)
    return try ONNXReader.read(storage, 0..<bytes.count, path: "old.onnx")
  }

  private func opset(_ version: Int) -> (inout WireWriter) -> Void {
    { $0.message(8, message { $0.int(2, version) }) }
  }

  @Test func attributesWithoutType() throws {
    let attributes: [(inout WireWriter) -> Void] = [
      {
        $0.text(1, "i")
        $0.int(3, -2)
      },
      {
        $0.text(1, "f")
        $0.float(2, 0.5)
      },
      {
        $0.text(1, "s")
        $0.text(4, "SAME")
      },
      {
        $0.text(1, "ints")
        $0.int(8, 1)
        $0.int(8, 2)
      },
      {
        $0.text(1, "floats")
        $0.packedFloats(7, [1, 2])
      }, { $0.text(1, "nothing") },
    ]
    let graph = try read(
      ir: 1,
      graph: {
        $0.message(
          1,
          message {
            $0.text(2, "y")
            $0.text(4, "Old")
            for attribute in attributes { $0.message(5, message(attribute)) }
          })
      })
    let node = graph.nodes[0]
    #expect(graph.opset(of: node.type) == 1)
    #expect(try node.int("i") == -2)
    #expect(try node.float("f") == 0.5)
    #expect(try node.string("s") == "SAME")
    #expect(try node.ints("ints") == [1, 2])
    #expect(try node.floats("floats") == [1, 2])
    #expect(try node.ints("nothing") == [])
    #expect(try node.floats("nothing") == [])
  }

  @Test func attributesThatAreNotRead() throws {
    let graph = try read(
      graph: {
        $0.message(
          1,
          message {
            $0.text(4, "Odd")
            $0.message(
              5,
              message {
                $0.text(1, "bytes")
                $0.payload(4, Tensor([UInt8(0xff), 0xfe]))
                $0.int(20, 3)
              })
            $0.message(
              5,
              message {
                $0.text(1, "kind")
                $0.int(20, 99)
              })
            $0.message(
              5,
              message {
                $0.text(1, "sparse")
                $0.int(20, 11)
              })
          })
      }, model: opset(17))
    for name in ["bytes", "kind", "sparse"] {
      guard case .unsupported? = graph.nodes[0].attributes[name] else {
        Issue.record("\(name) was read")
        continue
      }
    }
  }

  @Test func initializersAreNoInputs() throws {
    let graph = try read(
      ir: 3,
      graph: {
        $0.message(
          5,
          message {
            $0.packedInts(1, [1])
            $0.int(2, 1)
            $0.text(8, "w")
            $0.float(4, 2)
          })
        for name in ["x", "w"] { $0.message(11, message { $0.text(1, name) }) }
      }, model: opset(8))
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.constants["w"]?.floats == [2])
  }

  @Test func sizesThatMeanAny() throws {
    let dims: [WireWriter] = [
      message { _ in }, message { $0.int(1, 0) }, message { $0.int(1, -1) }, message { $0.text(2, "") },
      message { $0.text(2, "T") }, message { $0.int(1, 5) },
    ]
    let shape = message { for dim in dims { $0.message(1, dim) } }
    let info = message {
      $0.text(1, "x")
      $0.message(
        2,
        message {
          $0.message(
            1,
            message {
              $0.int(1, 1)
              $0.message(2, shape)
            })
        })
    }
    let graph = try read(graph: { $0.message(11, info) }, model: opset(17))
    #expect(graph.inputs[0].dims?.map(\.description) == ["x.0", "x.1", "x.2", "x.3", "T", "5"])
  }

  @Test func wrongModels() {
    expectReason("old.onnx", "opset_import") { _ = try read() }
    expectReason("old.onnx", "sparse tensor without values") {
      _ = try read(graph: { $0.message(15, WireWriter()) }, model: opset(17))
    }
    let tensor = message {
      $0.packedInts(1, [0])
      $0.int(2, 1)
      $0.text(8, "w")
    }
    expectReason("'w' twice") {
      _ = try read(
        graph: {
          $0.message(5, tensor)
          $0.message(5, tensor)
        }, model: opset(17))
    }
    expectReason("without a name") {
      _ = try read(
        graph: {
          $0.message(
            5,
            message {
              $0.int(2, 1)
              $0.float(4, 1)
            })
        }, model: opset(17))
    }
    expectReason("node 'y' has no operator") {
      _ = try read(graph: { $0.message(1, message { $0.text(2, "y") }) }, model: opset(17))
    }
    expectReason("pare.width.w", "'many'") {
      _ = try read(
        graph: { $0.message(5, tensor) },
        model: {
          $0.message(8, WireWriter())
          $0.message(
            14,
            message {
              $0.text(1, "pare.width.w")
              $0.text(2, "many")
            })
        })
    }
    expectReason("is not UTF-8") {
      _ = try read(graph: { $0.payload(2, Tensor([UInt8(0xff)])) }, model: opset(17))
    }
    expectReason("wrong kind") { _ = try read(graph: { $0.int(1, 5) }, model: opset(17)) }
  }
}
