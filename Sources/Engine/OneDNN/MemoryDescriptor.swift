import COneDNN
import Graph
import Tensor

/// The shape and physical layout of float32 memory, as oneDNN sees it.
///
/// Unchecked, because it holds a C structure: numbers alone, copied with the value.
struct MemoryDescriptor: @unchecked Sendable {
  var raw: dnnl_memory_desc_t

  /// Row-major.
  init(plain dims: [Int]) { self.init(dims, tag: Self.plainTag(rank: dims.count)) }

  /// Whatever oneDNN finds best.
  init(any dims: [Int]) { self.init(dims, tag: dnnl_format_tag_any) }

  /// With strides in elements.
  init(_ dims: [Int], strides: [Int]) {
    raw = dnnl_memory_desc_t()
    let dims = Self.padded(dims)
    let strides = Self.padded(strides.map { max($0, 1) })
    let status = dnnl_memory_desc_init_by_strides(
      &raw, Int32(dims.rank), dims.values, dnnl_f32, strides.values)
    precondition(status == dnnl_success)
  }

  /// Dims and layout of a value.
  init(_ dims: [Int], order: MemoryOrder) {
    switch order {
    case .plain: self.init(plain: dims)
    case .blocked(let block): self.init(dims, tag: Self.blockedTag(rank: dims.count, block: block))
    case .channelsLast: self.init(dims, tag: Self.channelsLastTag(rank: dims.count))
    case .strided(let strides): self.init(dims, strides: strides)
    }
  }

  init(raw: dnnl_memory_desc_t) { self.raw = raw }

  private init(_ dims: [Int], tag: dnnl_format_tag_t) {
    raw = dnnl_memory_desc_t()
    let dims = Self.padded(dims)
    let status = dnnl_memory_desc_init_by_tag(&raw, Int32(dims.rank), dims.values, dnnl_f32, tag)
    precondition(status == dnnl_success, "no descriptor for \(dims)")
  }

  /// Size of the last axis.
  var lastSize: Int {
    withUnsafeBytes(of: raw.dims) { Int($0.bindMemory(to: Int64.self)[Int(raw.ndims) - 1]) }
  }

  var byteCount: Int {
    var copy = raw
    return dnnl_memory_desc_get_size(&copy)
  }

  func isSame(as other: MemoryDescriptor) -> Bool {
    var (a, b) = (raw, other.raw)
    return dnnl_memory_desc_equal(&a, &b) != 0
  }

  /// The layout in the engine's terms; nil where it is none that the engine's own kernels read.
  func order(dims: [Int]) -> MemoryOrder? {
    if isSame(as: MemoryDescriptor(plain: dims)) { return .plain }
    guard (3...5).contains(dims.count) else { return nil }
    return [.channelsLast, .blocked(16), .blocked(8)].first { isSame(as: MemoryDescriptor(dims, order: $0)) }
  }

  /// oneDNN has no scalars: they are one element.
  private static func padded(_ dims: [Int]) -> (rank: Int, values: [Int64]) {
    let dims = dims.isEmpty ? [1] : dims
    return (dims.count, (dims + Array(repeating: 0, count: 12 - dims.count)).map { Int64($0) })
  }

  private static func plainTag(rank: Int) -> dnnl_format_tag_t {
    switch rank {
    case 0, 1: dnnl_a
    case 2: dnnl_ab
    case 3: dnnl_abc
    case 4: dnnl_abcd
    case 5: dnnl_abcde
    default: dnnl_abcdef
    }
  }

  private static func channelsLastTag(rank: Int) -> dnnl_format_tag_t {
    switch rank {
    case 3: dnnl_acb
    case 4: dnnl_acdb
    default: dnnl_acdeb
    }
  }

  private static func blockedTag(rank: Int, block: Int) -> dnnl_format_tag_t {
    switch (rank, block) {
    case (3, 16): dnnl_aBc16b
    case (3, _): dnnl_aBc8b
    case (4, 16): dnnl_aBcd16b
    case (4, _): dnnl_aBcd8b
    case (5, 16): dnnl_aBcde16b
    default: dnnl_aBcde8b
    }
  }
}
