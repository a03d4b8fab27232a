import Testing

@Suite struct CompressionPlaceholder {}
