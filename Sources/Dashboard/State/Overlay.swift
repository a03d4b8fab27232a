import Terminal

/// What lies over the screen and takes the keys.
package enum Overlay: Hashable, Sendable {
  /// An exact value is being typed for the focused slider.
  case entry(TextField)
  /// The first line that is shown.
  case help(offset: Int)
  case snapshots(SnapshotList)
  case export(ExportForm)
  case themes(ThemePicker)
  /// How the score falls with each layer.
  case sensitivity(SensitivityView)
  /// The switches of the model as a whole, and the selected one.
  case modelSwitches(ModelSwitch)
  case distilling
}

/// The list of snapshots.
package struct SnapshotList: Hashable, Sendable {
  package var selected: Int
  package var offset: Int
  /// The name that is being typed for the selected one.
  package var renaming: TextField?

  package init(selected: Int = 0, offset: Int = 0, renaming: TextField? = nil) {
    self.selected = selected
    self.offset = offset
    self.renaming = renaming
  }
}

/// Where to write the compressed model and the recipe; an empty path writes nothing.
package struct ExportForm: Hashable, Sendable {
  package enum Field: Int, CaseIterable, Hashable, Sendable { case model, recipe }

  package var model: TextField
  package var recipe: TextField
  package var field: Field
  /// Files that are there already and would be written over.
  package var existing: [String]
  /// Whether the best state of the training is written, in place of the settings.
  package var isTrained = false
  package var isWriting: Bool
  package var failure: String?

  package init(model: String, recipe: String) {
    self.model = TextField(model, placeholder: "no model is written")
    self.recipe = TextField(recipe, placeholder: "no recipe is written")
    field = .model
    existing = []
    isWriting = false
    failure = nil
  }

  package subscript(field: Field) -> TextField {
    get { field == .model ? model : recipe }
    set { if field == .model { model = newValue } else { recipe = newValue } }
  }
}

/// The themes, of which the selected one is shown at once.
package struct ThemePicker: Hashable, Sendable {
  package var names: [String]
  package var selected: Int
  package var offset: Int
  /// What Escape goes back to.
  package var original: Theme
}
