/// An operator that adds `biasFactor` times an input to what it computes, one number for each output channel; the
/// input may be left out.
public protocol BiasAdding: Operator {
  var biasInput: Int { get }
  var biasFactor: Float { get }
}
