import CMalloc

/// Gives freed memory back that lies between what is in use: a session allocates and frees so much of all sizes, and keeps some
/// of it for so long, that the heap would grow for thousands of moves.
struct HeapTrim {
  private var evaluations = 0
  /// Often enough to stay level, and seldom enough to take no time.
  private static let period = 32

  mutating func evaluated() {
    evaluations += 1
    guard evaluations.isMultiple(of: Self.period) else { return }
    malloc_trim(0)
  }
}
