package import MigrationJournal

/// The state of a migration as a row of the journal keeps it: a part of what the rules fold.
///
/// It has a name of its own here, because the rules' state has the same name as the row's.
package typealias StoredState = MigrationState
