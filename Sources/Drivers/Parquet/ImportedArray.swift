internal import CArrow

/// An array taken over from Arrow, released when the last column that views its buffers is gone.
///
/// SAFETY: `@unchecked Sendable` holds because the structures and buffers are constant after `init`, and the
/// interface allows release on any thread.
@safe
final class ImportedArray: @unchecked Sendable {
    private var array: ArrowArray

    /// Takes over a structure that the caller must not use again.
    init(_ array: ArrowArray) { unsafe self.array = array }

    deinit {
        guard let release = unsafe array.release else { return }
        unsafe release(&array)
    }

    var rowCount: Int { unsafe Int(array.length) }

    var childCount: Int { unsafe Int(array.n_children) }

    /// Column `index` of a batch.
    func child(_ index: Int) -> ImportedColumn? {
        guard index < childCount, let children = unsafe array.children,
            let child = unsafe children[index]
        else { return nil }
        return unsafe ImportedColumn(child.pointee, owner: self)
    }

    /// The array itself as a column.
    var column: ImportedColumn { unsafe ImportedColumn(array, owner: self) }
}

/// One array inside an imported one.
@safe
struct ImportedColumn {
    private let array: ArrowArray
    let owner: ImportedArray

    /// SAFETY: `array` is `owner`'s or a part of it, and its buffers match its format.
    init(_ array: ArrowArray, owner: ImportedArray) {
        unsafe self.array = array
        self.owner = owner
    }

    var count: Int { unsafe Int(array.length) }

    /// Elements before the first one, in every buffer.
    var offset: Int { unsafe Int(array.offset) }

    /// Whether a row may be NULL.
    var mayHaveNulls: Bool { unsafe array.null_count != 0 }

    var dictionary: ImportedColumn? {
        guard let entries = unsafe array.dictionary else { return nil }
        return unsafe ImportedColumn(entries.pointee, owner: owner)
    }

    /// Buffer `index`, or nil where it is absent.
    func buffer(_ index: Int) -> UnsafeRawPointer? {
        guard unsafe index < Int(array.n_buffers), let buffers = unsafe array.buffers else {
            return nil
        }
        return unsafe buffers[index]
    }
}
