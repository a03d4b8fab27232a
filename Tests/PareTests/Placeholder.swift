import Testing

@Suite struct PareplaceHolder {}
