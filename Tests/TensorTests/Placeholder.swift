import Testing

@Suite struct TensorPlaceholder {}
