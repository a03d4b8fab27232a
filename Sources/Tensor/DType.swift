/// The element type of a tensor. Raw values are ONNX's `TensorProto.DataType` numbers, so that a file's
/// number converts without a table.
public enum DType: Int, Sendable, Hashable, CaseIterable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case bfloat16 = 16
  case float8e4m3fn = 17
  case float8e5m2 = 19
  case uint4 = 21
  case int4 = 22

  /// Bits of one element as stored; 4-bit types are packed two to a byte.
  public var bits: Int {
    switch self {
    case .uint4, .int4: 4
    case .uint8, .int8, .bool, .float8e4m3fn, .float8e5m2: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float32, .int32, .uint32: 32
    case .float64, .int64, .uint64: 64
    }
  }

  /// Whether the type holds real numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Bytes that `count` elements take, packed.
  public func byteCount(of count: Int) -> Int { (count * bits + 7) / 8 }
}

/// A Swift type that is stored bit for bit as a `DType`.
public protocol TensorElement: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension UInt16: TensorElement { public static var dtype: DType { .uint16 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension UInt32: TensorElement { public static var dtype: DType { .uint32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension UInt64: TensorElement { public static var dtype: DType { .uint64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }
