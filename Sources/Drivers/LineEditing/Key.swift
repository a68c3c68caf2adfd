/// What a person pressed.
package enum Key: Hashable, Sendable {
    case character(Character)
    case enter
    case tab
    case backspace
    case delete
    case left
    case right
    case up
    case down
    case home
    case end
    case wordLeft
    case wordRight
    /// A letter with Ctrl: `a` to `z`.
    case control(Character)
    /// A key that means nothing here.
    case unknown
}

/// Turns a terminal's bytes into keys.
///
/// Fed one byte at a time, because a key's bytes may arrive apart.
package struct KeyDecoder {
    private var pending: [UInt8] = []

    package init() {}

    /// Whether the bytes so far begin a key.
    package var isInsideKey: Bool { !pending.isEmpty }

    /// Takes a byte; nil where the key is not whole yet.
    package mutating func take(_ byte: UInt8) -> Key? {
        pending.append(byte)
        guard let key = decoded() else { return nil }
        pending = []
        return key
    }

    private func decoded() -> Key? {
        let first = pending[0]
        switch first {
        case 0x1B: return escape()
        case 0x0D, 0x0A: return .enter
        case 0x09: return .tab
        case 0x7F, 0x08: return .backspace
        case 0x01...0x1A: return .control(Character(Unicode.Scalar(first + 0x60)))
        case 0x00...0x1F: return .unknown
        default: return character()
        }
    }

    private func character() -> Key? {
        let first = pending[0]
        let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 0, first < 0xF5 else { return .unknown }
        guard pending.count == length else { return nil }
        guard let text = String(validating: pending, as: UTF8.self), let one = text.first else {
            return .unknown
        }
        return .character(one)
    }

    /// `ESC [ … letter`, `ESC O letter`, `ESC letter`.
    private func escape() -> Key? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "b"): return .wordLeft
        case UInt8(ascii: "f"): return .wordRight
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            guard pending.count > 2, let last = pending.last else { return nil }
            guard (0x40...0x7E).contains(last) else { return pending.count < 12 ? nil : .unknown }
            return sequence(String(decoding: pending[2...], as: UTF8.self))
        default: return .unknown
        }
    }

    private func sequence(_ text: String) -> Key {
        switch text {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H", "1~", "7~": .home
        case "F", "4~", "8~": .end
        case "3~": .delete
        case "1;5D", "5D", "1;3D": .wordLeft
        case "1;5C", "5C", "1;3C": .wordRight
        default: .unknown
        }
    }
}
