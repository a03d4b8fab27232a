import Testing

@Suite struct GraphPlaceholder {}
