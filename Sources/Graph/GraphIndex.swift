import Synchronization

/// What is worked out of a graph once and asked for again and again, for each layer and for each move.
final class GraphIndex: Sendable {
  private struct Known {
    var producers: [String: Int]?
    var consumers: [String: [Int]]?
    var constantValues: Set<String>?
  }

  private let known = Mutex(Known())

  func producers(_ graph: Graph) -> [String: Int] {
    known.withLock { known in
      let producers = known.producers ?? graph.producers
      known.producers = producers
      return producers
    }
  }

  func consumers(_ graph: Graph) -> [String: [Int]] {
    known.withLock { known in
      let consumers = known.consumers ?? graph.consumers
      known.consumers = consumers
      return consumers
    }
  }

  func constantValues(_ graph: Graph) -> Set<String> {
    known.withLock { known in
      let values = known.constantValues ?? graph.constantValues
      known.constantValues = values
      return values
    }
  }
}
