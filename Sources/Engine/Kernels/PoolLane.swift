/// A vector of channels, or one channel, that a pooling loop takes at a time.
protocol PoolLane {
  static var lanes: Int { get }
  static var bottom: Self { get }
  static func load(_ pointer: UnsafePointer<Float>) -> Self
  func store(_ pointer: UnsafeMutablePointer<Float>)
  /// Writes lane `k` at `pointer[k * stride]`, for the first `count` lanes.
  func scatter(_ pointer: UnsafeMutablePointer<Float>, stride: Int, count: Int)
  func larger(_ other: Self) -> Self
  func plus(_ other: Self) -> Self
  func times(_ factor: Float) -> Self
}

extension Float: PoolLane {
  static var lanes: Int { 1 }
  static var bottom: Float { -.infinity }
  @inline(__always) static func load(_ pointer: UnsafePointer<Float>) -> Float { pointer.pointee }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) { pointer.pointee = self }
  @inline(__always) func scatter(_ pointer: UnsafeMutablePointer<Float>, stride: Int, count: Int) {
    pointer.pointee = self
  }
  @inline(__always) func larger(_ other: Float) -> Float { self > other ? self : other }
  @inline(__always) func plus(_ other: Float) -> Float { self + other }
  @inline(__always) func times(_ factor: Float) -> Float { self * factor }
}

extension PoolLane where Self: SIMD, Scalar == Float, MaskStorage.Scalar: FixedWidthInteger & SignedInteger {
  static var lanes: Int { scalarCount }
  static var bottom: Self { Self(repeating: -.infinity) }
  @inline(__always) static func load(_ pointer: UnsafePointer<Float>) -> Self {
    UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }
  @inline(__always) func scatter(_ pointer: UnsafeMutablePointer<Float>, stride: Int, count: Int) {
    for lane in 0..<count { pointer[lane * stride] = self[lane] }
  }
  @inline(__always) func larger(_ other: Self) -> Self { self.replacing(with: other, where: other .> self) }
  @inline(__always) func plus(_ other: Self) -> Self { self + other }
  @inline(__always) func times(_ factor: Float) -> Self { self * factor }
}

extension SIMD4: PoolLane where Scalar == Float {}
extension SIMD8: PoolLane where Scalar == Float {}
extension SIMD16: PoolLane where Scalar == Float {}
