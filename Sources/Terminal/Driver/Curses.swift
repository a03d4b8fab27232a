import CCurses
import Foundation

/// ncurses, as much of it as we use: what the terminal is and can do, and painting a buffer upon it. The only
/// file that knows of ncurses.
///
/// Input is read elsewhere, byte by byte; ncurses never sees it.
final class Curses {
  let depth: ColorDepth
  private let screen: OpaquePointer
  private let palette: Palette
  private let isUnicode: Bool

  /// What ncurses was last given, to leave alone the rows that are as they were.
  private var painted: Buffer?
  private var pairs: [ColorPair: Int32] = [:]
  /// Finding the nearest colours takes a while, so each style is looked up once.
  private var styles: [Style: (attributes: attr_t, pair: Int32)] = [:]
  private var lastStyle: (style: Style, attributes: attr_t, pair: Int32)?
  private var row: UnsafeMutablePointer<cchar_t>
  private var rowCapacity: Int

  private struct ColorPair: Hashable {
    let foreground: Int32
    let background: Int32
  }

  /// Begins a screen on standard output. `TERM` names its type.
  init(environment: [String: String], isUnicode: Bool) throws(DriverError) {
    guard let name = environment["TERM"], !name.isEmpty else { throw .noTerminalType }
    // LINES and COLUMNS in the environment must not freeze the size.
    use_env(false)
    use_tioctl(true)
    guard let screen = Self.open(name, environment: environment) else {
      throw .unknownTerminalType(name)
    }
    self.screen = screen
    self.isUnicode = isUnicode
    rowCapacity = 512
    row = .allocate(capacity: rowCapacity)
    guard pare_string_capability("cup") != nil else {
      endwin()
      throw .cannotMoveCursor(name)
    }
    // cbreak and not raw, so that Ctrl-Z and Ctrl-C go on working.
    cbreak()
    noecho()
    nonl()
    // Otherwise ncurses leaves a frame half painted when a key is pressed.
    typeahead(-1)
    leaveok(pare_stdscr(), true)
    _ = curs_set(0)
    depth = Self.startColors(environment: environment)
    palette = Palette(depth)
    Self.freeControlS()
    def_prog_mode()
  }

  deinit {
    row.deallocate()
    delscreen(screen)
  }

  /// A terminal that says by COLORTERM that it has direct colour gets it where terminfo knows how.
  private static func open(_ name: String, environment: [String: String]) -> OpaquePointer? {
    let claimsDirect = ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
    if claimsDirect, !name.hasSuffix("-direct"), (environment["NO_COLOR"] ?? "").isEmpty {
      let family = name.hasSuffix("-256color") ? String(name.dropLast("-256color".count)) : name
      if let screen = pare_open(family + "-direct") { return screen }
    }
    return pare_open(name)
  }

  private static func startColors(environment: [String: String]) -> ColorDepth {
    guard (environment["NO_COLOR"] ?? "").isEmpty, has_colors(), start_color() == OK,
      use_default_colors() == OK
    else { return .none }
    if pare_takes_rgb() { return .direct }
    return switch pare_colors() {
    case 256...: .indexed
    case 16...: .sixteen
    case 8...: .eight
    default: .none
    }
  }

  /// Ctrl-S would freeze the screen for no reason that anybody could see.
  private static func freeControlS() {
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
    settings.c_iflag &= ~tcflag_t(IXON)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }

  /// What brings the terminal back to order from any state, for a handler that can call nothing.
  var resetSequence: [UInt8] {
    ["sgr0", "op", "cnorm", "rmcup"].flatMap { name -> [UInt8] in
      guard let text = pare_string_capability(name) else { return [] }
      return Self.withoutPadding(Array(String(cString: text).utf8))
    }
  }

  /// terminfo writes a delay as `$<5>`; nothing today needs it.
  private static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: "$<".utf8), let end = bytes[index...].firstIndex(of: UInt8(ascii: ">"))
      {
        index = end + 1
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  func resize(_ size: Size) {
    resizeterm(Int32(max(1, size.rows)), Int32(max(1, size.columns)))
    painted = nil
  }

  /// Gives the terminal back; `paint` takes it again.
  func leave() {
    endwin()
    painted = nil
  }

  /// Forgets what the terminal shows, so that the next frame is painted whole.
  func forget() {
    clearok(pare_stdscr(), true)
    painted = nil
  }

  /// Whether painting `buffer` would change anything.
  func shows(_ buffer: Buffer) -> Bool { painted == buffer }

  /// Shows `buffer`, from the top left. ncurses finds what has changed.
  func paint(_ buffer: Buffer, size: Size) {
    if painted?.size != buffer.size {
      painted = nil
      werase(pare_stdscr())
    }
    let columns = min(buffer.size.columns, size.columns)
    reserve(columns)
    for y in 0..<min(buffer.size.rows, size.rows) {
      let range = (y * buffer.size.columns)..<((y + 1) * buffer.size.columns)
      if let painted, painted.cells[range] == buffer.cells[range] { continue }
      let count = fillRow(buffer.cells[range].prefix(columns))
      _ = pare_put_row(Int32(y), row, Int32(count))
    }
    painted = buffer
    wnoutrefresh(pare_stdscr())
    doupdate()
  }

  private func reserve(_ columns: Int) {
    guard columns > rowCapacity else { return }
    row.deallocate()
    rowCapacity = columns
    row = .allocate(capacity: columns)
  }

  /// Makes ncurses' cells of ours; returns how many, as it counts a wide character once.
  private func fillRow(_ cells: ArraySlice<Cell>) -> Int {
    var count = 0
    for cell in cells where !cell.isContinuation {
      let (attributes, pair) = attributes(of: cell.style)
      let scalar = shown(cell.scalar)
      // Where the wide half is clipped away, and where we and the C library disagree, a blank keeps the columns.
      let mark = cell.mark.value != 0 && isUnicode ? wchar_t(cell.mark.value) : 0
      if pare_make_cell(row + count, wchar_t(scalar.value), mark, attributes, pair) != OK {
        _ = pare_make_cell(row + count, 0x3f, 0, attributes, pair)
      }
      count += 1
      if cell.scalar.columns == 2, scalar.columns == 1 {
        _ = pare_make_cell(row + count, 0x20, 0, attributes, pair)
        count += 1
      }
    }
    return count
  }

  private func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value < 0x7f { return scalar }
    guard isUnicode else { return scalar.asciiStandIn }
    return Int(wcwidth(wchar_t(scalar.value))) == scalar.columns ? scalar : "?"
  }

  private func attributes(of style: Style) -> (attr_t, Int32) {
    if let lastStyle, lastStyle.style == style { return (lastStyle.attributes, lastStyle.pair) }
    let known = styles[style] ?? look(up: style)
    lastStyle = (style, known.attributes, known.pair)
    return known
  }

  private func look(up style: Style) -> (attributes: attr_t, pair: Int32) {
    let set = style.attributes
    let attributes = pare_attributes(
      set.contains(.bold), set.contains(.dim), set.contains(.underline), set.contains(.reverse),
      set.contains(.italic))
    let found = (attributes, pair(of: style))
    styles[style] = found
    return found
  }

  private func pair(of style: Style) -> Int32 {
    guard depth != .none else { return 0 }
    let indices = palette.indices(style.foreground, on: style.background)
    let colors = ColorPair(foreground: Int32(indices.foreground), background: Int32(indices.background))
    if colors == ColorPair(foreground: -1, background: -1) { return 0 }
    if let known = pairs[colors] { return known }
    var number = Int32(pairs.count + 1)
    if number >= pare_color_pairs() || init_extended_pair(number, colors.foreground, colors.background) != OK
    {
      // Out of pairs: keep the foreground if any pair has it, since that is what tells things apart.
      number = pairs.first { $0.key.foreground == colors.foreground }?.value ?? 0
    }
    pairs[colors] = number
    return number
  }
}
