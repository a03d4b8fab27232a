import Formats

extension Dataset {
  /// What results on this data depend on beside the data: the task, and the output that is judged.
  var judgement: String { task.rawValue + (output.map { " of \($0)" } ?? "") }
}
