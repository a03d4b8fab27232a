import Testing

@Suite struct WorkbenchPlaceholder {}
