import Testing

@Suite struct DashboardPlaceholder {}
