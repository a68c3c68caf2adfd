/// How far a split has been read: whole pieces, then parts and rows of the next one.
package struct SplitPlace: Sendable, Hashable {
    /// Pieces claimed before.
    package var piece = 0
    /// Where the piece's bytes begin, for splits that know.
    package var byteOffset = 0
    /// Decoded parts of the piece before.
    package var part = 0
    /// Rows of the part before.
    package var rows = 0

    package init() {}
}

extension SplitPlace {
    func write(to output: inout StateWriter) {
        for number in [piece, byteOffset, part, rows] { output.write(number) }
    }
}
