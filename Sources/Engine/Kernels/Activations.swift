import Graph

// Exp, Log and Softplus run by their definitions: oneDNN 2.6 makes infinity of the exponential of NaN, and is off by 1e-6
// where the results of the other two are near zero.

extension Abs: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .abs) }
}

extension Elu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .elu(alpha: alpha)) }
}

extension Gelu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .gelu(byTanh: approximates)) }
}

extension HardSwish: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .hardSwish) }
}

extension MicrosoftGelu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .gelu(byTanh: false)) }
}

extension Mish: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .mish) }
}

extension Sqrt: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .sqrt) }
}
