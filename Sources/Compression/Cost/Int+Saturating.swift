/// Arithmetic on numbers not below 0 that ends at the greatest one instead of trapping: multiplications of sizes that
/// are possible one by one can come to more.
extension Int {
  func plus(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func times(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
