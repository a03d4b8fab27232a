/// Samples to observe layers with, where there are some, and whether that still is wanted.
struct SampleSource: Sendable {
  var data: CalibrationData?
  var isCancelled: @Sendable () -> Bool
}
