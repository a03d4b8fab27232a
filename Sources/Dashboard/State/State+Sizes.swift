import Compression
import Workbench

/// Which size is shown, and asking for those that are not known.
extension State {
  /// Sizes of this many recipes are kept.
  private static let sizesLimit = 200

  /// What the size is compared with.
  var referenceRecipe: Recipe {
    marked.flatMap { marked in snapshots.first { $0.snapshot.name == marked && $0.cost != nil } }?.snapshot
      .recipe ?? .empty
  }

  /// Whether sizes that were asked for have not come yet.
  var isMeasuringSizes: Bool { requestedSizes.contains { sizes[$0] == nil } }

  mutating func cycleSize() {
    sizeKind = sizeKind.next
    var text = "Size: \(sizeKind.explanation)."
    if cost.nonzeroParameters < cost.parameters {
      text +=
        sizeKind.gainsFromZeros
        ? " Zeros save bytes, but no time on a dense runtime." : " Zeros take as much as any weight."
    }
    message = .note(text)
  }

  mutating func take(_ sizes: Sizes?, of recipe: Recipe) {
    if self.sizes.count >= Self.sizesLimit {
      let needed: Set = [self.recipe, referenceRecipe]
      self.sizes = self.sizes.filter { needed.contains($0.key) }
    }
    self.sizes.updateValue(sizes, forKey: recipe)
  }

  /// Asks for the sizes to show, once.
  mutating func wantedSizes() -> [Effect] {
    guard sizeKind != .dense, costFailure == nil else { return [] }
    var wanted = [recipe]
    if referenceRecipe != recipe { wanted.append(referenceRecipe) }
    wanted.removeAll { sizes[$0] != nil }
    if wanted.allSatisfy(requestedSizes.contains) { return [] }
    requestedSizes = wanted
    return [.measureSizes(wanted)]
  }
}
