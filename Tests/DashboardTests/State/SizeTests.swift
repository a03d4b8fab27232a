import Compression
import Dashboard
import Testing
import Workbench

struct SizeTests {
  private func sizes(_ desk: Desk, _ recipe: Recipe) throws -> Sizes {
    try Sizes(of: try #require(desk.compressor).apply(recipe))
  }

  private func asked(_ desk: Desk) -> [[Recipe]] {
    desk.effects.compactMap { if case .measureSizes(let recipes) = $0 { recipes } else { nil } }
  }

  @Test func nothingIsEncodedUnasked() throws {
    var desk = try Desk()
    desk.load()
    desk.press("L i i i i i")
    #expect(desk.state.sizeKind == .dense)
    desk.effects = []
    desk.press("l")
    #expect(asked(desk).isEmpty)
  }

  @Test func theShownSizeIsAskedForAndShown() throws {
    var desk = try Desk()
    desk.load()
    desk.press("i")
    #expect(asked(desk) == [[.empty]])
    #expect(desk.screen.dump().contains("counting"))
    desk.take(.sized(.empty, try sizes(desk, .empty)))
    #expect(desk.screen.dump().contains("Sparse"))
    #expect(!desk.screen.dump().contains("counting"))
    desk.press("i")
    #expect(desk.screen.dump().contains("no integers"))
    desk.press("w home")
    let recipe = desk.state.recipe
    #expect(asked(desk) == [[.empty], [recipe]])
    #expect(desk.screen.dump().contains("counting"))
    desk.take(.sized(recipe, try sizes(desk, recipe)))
    #expect(desk.screen.dump().contains("Huffman"))
    #expect(!desk.screen.dump().contains("counting"))
    // Known already.
    desk.press("u i i")
    #expect(asked(desk).count == 2)
    #expect(desk.screen.dump().contains("zstd file"))
  }

  @Test func whatANewRecipeDropsIsAskedForAgain() throws {
    var desk = try Desk()
    desk.press("i L pause L")
    #expect(asked(desk).map(\.count) == [1, 2, 2])
    #expect(asked(desk).last == [desk.state.recipe, .empty])
    desk.take(.sized(desk.state.recipe, nil))
    #expect(asked(desk).count == 3)
    #expect(desk.screen.dump().contains("not known"))
  }

  @Test func zerosAreSaidToSaveNoTime() throws {
    var desk = try Desk()
    desk.press("i")
    #expect(desk.state.message?.text.contains("no time") == false)
    desk.press("i i i i L i")
    #expect(desk.state.message?.text.contains("no time on a dense runtime") == true)
    desk.press("i")
    // On the smallest usual terminal too.
    #expect(desk.state.message.map { $0.text.count <= 78 } == true)
    desk.press("i")
    #expect(desk.state.message?.text.contains("as much as any") == true)
  }
}
