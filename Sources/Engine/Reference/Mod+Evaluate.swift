import Graph

extension Mod: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T {
    let rest = T.remainder(left, right)
    let isOpposite = rest != .zero && (rest < .zero) != (right < .zero)
    return isOpposite && !followsDividend ? T.sum(rest, right) : rest
  }
}
