import Graph

/// How a data set is to be read.
public struct DataOptions: Hashable, Sendable {
  /// Numbers that take the place of the data's own.
  public var preprocessing: Preprocessing
  /// nil for what the data allows: classification where there are labels, fidelity where there are none.
  public var task: DataTask?
  /// The model's output that is judged; nil for the first.
  public var output: String?
  /// The column of a table that holds the label; nil for the last.
  public var label: LabelColumn?
  /// The file of labels that belongs to a file of images; nil where it is to be found beside it.
  public var labels: String?
  /// Names of the classes, in the order of their numbers.
  public var classes: [String]
  /// Numbers for sizes that the model names and leaves open, by their names.
  public var sizes: [String: Int]
  /// The model's inputs; empty where no model is known.
  public var inputs: [ValueInfo]

  public init(
    preprocessing: Preprocessing = Preprocessing(), task: DataTask? = nil, output: String? = nil,
    label: LabelColumn? = nil, labels: String? = nil, classes: [String] = [],
    sizes: [String: Int] = [:], inputs: [ValueInfo] = []
  ) {
    self.preprocessing = preprocessing
    self.task = task
    self.output = output
    self.label = label
    self.labels = labels
    self.classes = classes
    self.sizes = sizes
    self.inputs = inputs
  }

  /// The input that takes the samples of data which has one kind of them: the first that is not a number alone.
  var mainInput: ValueInfo? { inputs.first { $0.dims?.isEmpty != true } ?? inputs.first }
}

/// A column of a table.
public enum LabelColumn: Hashable, Sendable {
  case name(String)
  /// From 0; negative from the end.
  case index(Int)

  /// A number is an index, anything else a name.
  public init(_ text: String) { self = Int(text).map { .index($0) } ?? .name(text) }
}
