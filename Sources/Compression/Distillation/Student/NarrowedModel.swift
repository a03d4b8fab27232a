import Graph

extension Compressor {
  /// The model with so many of the channels of each group that go together, which are the most important ones by their L1
  /// norm and keep their weights. Of an attention whole heads go. What cannot be shortened, as what reaches inputs and
  /// outputs, stays as it is.
  ///
  /// - Parameter width: the share that is kept of each group, above 0 to 1; at least one channel is.
  /// - Throws: `RecipeError` where no group can be shortened, or `CompressionError.cancelled`.
  public func narrowed(
    to width: Double, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Model {
    if width == 1 { return model }
    let channels = planner.channelGroups.groups
    let free = channels.filter { $0.obstacle == nil && $0.channels > 1 }
    let removing = try removal(of: narrowable(free, width: width, isCancelled), width: width)
    guard !removing.pruning.isEmpty else {
      let reason = channels.first { $0.obstacle != nil }.flatMap { group in
        group.obstacle.map { "; of layer '\(model.layers[group.layers[0]].name)' \($0)" }
      }
      throw Self.failure("no channels of the model can be taken out" + (reason ?? ""))
    }
    do {
      let graph = try apply(removing, isCancelled: isCancelled).graph
      return try Model(graph, name: model.name, path: model.path)
    } catch  where error is CompressionError || error is RecipeError {
      if case CompressionError.cancelled = error { throw error }
      throw Self.failure("the model cannot be made narrower: \(error)")
    }
  }

  private static func failure(_ reason: String) -> RecipeError {
    RecipeError(field: "distillation.width", reason: reason)
  }

  /// Groups whose channels can go: all, unless something in the graph cannot follow, which then is found one by one.
  private func narrowable(
    _ groups: [ChannelGroup], width: Double, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [ChannelGroup] {
    func canGo(_ groups: [ChannelGroup]) throws -> Bool {
      do {
        _ = try estimate(removal(of: groups, width: width), isCancelled: isCancelled)
        return true
      } catch CompressionError.layer {
        return false
      } catch is RecipeError {
        return false
      }
    }
    return try canGo(groups) ? groups : groups.filter { try canGo([$0]) }
  }

  /// The recipe by which they go. A layer of a group stands for all of it.
  private func removal(of groups: [ChannelGroup], width: Double) -> Recipe {
    func rule(_ groups: [ChannelGroup], _ amount: Amount) -> PruningRule? {
      if groups.isEmpty { return nil }
      return PruningRule(
        layers: groups.map { Recipe.pattern(for: model.layers[$0.layers[0]].name) }, scope: .layer,
        unit: .channel(remove: true), norm: 1, amount: amount)
    }
    let share = Amount.fraction(1 - width)
    let small = groups.filter { share.count(of: $0.channels) >= $0.channels }
    let others = groups.filter { share.count(of: $0.channels) < $0.channels }
    return Recipe(
      pruning: [rule(others, share)].compactMap { $0 }
        + small.compactMap { rule([$0], .count($0.channels - 1)) })
  }
}
