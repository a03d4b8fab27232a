/// An elementwise function that a step does to its own result while a part of it is in the cache.
struct Rider {
  /// Of so many elements from a place on: in place.
  let forward: (_ start: Int, _ count: Int) -> Void
  /// Makes of the gradient behind the function that in front of it, in place.
  let backward: (_ start: Int, _ count: Int) -> Void
}

/// A step that goes through its result part by part, and can take a function along.
protocol RiderHost: AnyObject {
  var rider: Rider? { get set }
}
